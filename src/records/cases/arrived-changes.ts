import { formatInstant, type Instant } from '../../model/instant.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** A case change in our own ids, as far as we know them: what the accesses speak of too. */
export interface ArrivedChange {
  readonly messageId: string;
  readonly receivedAt: Instant;
  readonly at: Instant;
  readonly kind: string;
  readonly caseId: string;
  readonly agentId: string | undefined;
  readonly customerId: string | undefined;
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: string | undefined;
  readonly initiatedBy: string | undefined;
}

export interface ArrivalPlace {
  readonly receivedAt: Instant;
  readonly messageId: string;
}

type Row = {
  [Name in keyof ArrivedChange]: undefined extends ArrivedChange[Name] ? string | null : ArrivedChange[Name];
};

const arrivedSql = `
select cc.message_id as "messageId", cc.received_at as "receivedAt", cc.at, cc.kind, coalesce(sc.id, cc.case_ref) as "caseId",
  coalesce(ag.id, cc.agent_ref) as "agentId", cu.id as "customerId", cc.queue_ref as "queueRef", cc.topic, cc.channel,
  cc.initiated_by as "initiatedBy"
from case_change cc
left join support_case sc on sc.ref = cc.case_ref
left join agent ag on ag.ref = cc.agent_ref
left join customer cu on cu.ref_hash = cc.customer_ref_hash
where (cc.received_at, cc.message_id) > ($1, $2)
order by cc.received_at, cc.message_id
limit $3`;

/** Case changes in the order in which they arrived, from after `place` on. */
export const readArrivedChanges = async (
  db: CaseboundDatabase,
  place: ArrivalPlace,
  countMax: number,
): Promise<readonly ArrivedChange[]> => {
  const { rows } = await db.pool
    .query<Row>({
      name: 'arrived-changes',
      text: arrivedSql,
      values: [formatInstant(place.receivedAt), place.messageId, countMax],
    })
    .catch((cause: unknown) => Promise.reject(asDatabaseFault(cause)));
  return rows.map((row) => ({
    ...row,
    agentId: row.agentId ?? undefined,
    customerId: row.customerId ?? undefined,
    queueRef: row.queueRef ?? undefined,
    topic: row.topic ?? undefined,
    channel: row.channel ?? undefined,
    initiatedBy: row.initiatedBy ?? undefined,
  }));
};
