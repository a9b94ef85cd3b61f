import type { Access } from '../../model/access.ts';
import { Fault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import type { ViewId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

type Nullable<T> = {
  [Name in keyof T]: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};
/** Whose accesses, and between which moments, both included. */
export type AccessesOf = ({ readonly agentId: string } | { readonly vendorId: string }) & {
  readonly from: Instant;
  readonly to: Instant;
};

type AccessRow = Nullable<Access> & { fields: FieldName[] };

const columns = `seq, at, action, outcome, refusal, agent_id as "agentId", session_id as "sessionId", team_id as "teamId",
  site_id as "siteId", vendor_id as "vendorId", customer_id as "customerId", case_id as "caseId", view_id as "viewId",
  fields, queue_ref as "queueRef", topic, channel, initiated_by as "initiatedBy", reason_mark as "reasonMark"`;

const accessOf = (row: AccessRow): Access => ({
  ...row,
  refusal: row.refusal ?? undefined,
  teamId: row.teamId ?? undefined,
  siteId: row.siteId ?? undefined,
  vendorId: row.vendorId ?? undefined,
  customerId: row.customerId ?? undefined,
  caseId: row.caseId ?? undefined,
  viewId: row.viewId ?? undefined,
  queueRef: row.queueRef ?? undefined,
  topic: row.topic ?? undefined,
  channel: row.channel ?? undefined,
  initiatedBy: row.initiatedBy ?? undefined,
  reasonMark: row.reasonMark ?? undefined,
});

/** Reads accesses from place `fromSeq` on, in ledger order, at most `countMax`. */
export const readAccesses = async (
  db: CaseboundDatabase,
  fromSeq: number,
  countMax: number,
): Promise<Access[]> => {
  const { rows } = await db.pool.query<AccessRow>({
    name: 'read-accesses',
    text: `select ${columns} from access where seq >= $1 order by seq limit $2`,
    values: [fromSeq, countMax],
  });
  return rows.map(accessOf);
};

/** Reads the accesses since an instant, in ledger order, in pages: how an in-memory reader is rebuilt. */
export async function* accessesSince(
  db: CaseboundDatabase,
  since: Instant,
  pageMax: number,
): AsyncGenerator<Access[]> {
  let fromSeq = 0;
  for (;;) {
    const { rows } = await db.pool.query<AccessRow>({
      name: 'accesses-since',
      text: `select ${columns} from access where at >= $1 and seq >= $2 order by seq limit $3`,
      values: [formatInstant(since), fromSeq, pageMax],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(accessOf);
    fromSeq = last.seq + 1;
  }
}

/** Accesses below a place of the ledger, in its order: all, or those of one account or vendor between two moments. */
export async function* accessesBelow(
  db: CaseboundDatabase,
  { size, of }: { readonly size: number; readonly of?: AccessesOf },
  pageMax: number,
): AsyncGenerator<Access[]> {
  const who = of && ('agentId' in of ? ['agent_id', of.agentId] : ['vendor_id', of.vendorId]);
  const filter = who ? `and ${who[0]} = $4 and at >= $5 and at <= $6` : '';
  let fromSeq = 0;
  for (;;) {
    const { rows } = await db.pool.query<AccessRow>({
      text: `select ${columns} from access where seq >= $1 and seq < $2 ${filter} order by seq limit $3`,
      values: [
        fromSeq,
        size,
        pageMax,
        ...(of && who ? [who[1], formatInstant(of.from), formatInstant(of.to)] : []),
      ],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(accessOf);
    fromSeq = last.seq + 1;
  }
}

/** How many entries the ledger holds: the place that the next one takes. */
export const readSize = async (db: CaseboundDatabase): Promise<number> => {
  const { rows } = await db.pool.query<{ size: number }>({
    name: 'ledger-size',
    text: 'select size from ledger_head',
  });
  if (!rows[0]) throw new Fault('bug', 'the ledger has no head');
  return rows[0].size;
};

/** The view id that the permitted view at this place was given. */
export const readViewId = async (db: CaseboundDatabase, seq: number): Promise<ViewId> => {
  const { rows } = await db.pool.query<{ view_id: ViewId | null }>({
    name: 'read-view-id',
    text: 'select view_id from access where seq = $1',
    values: [seq],
  });
  const viewId = rows[0]?.view_id;
  if (!viewId) throw new Fault('bug', 'a recorded view has no view id');
  return viewId;
};
