import { sql } from 'kysely';
import { Fault } from '../../model/fault.ts';
import { type AgentId, type AlertId, newId } from '../../model/id.ts';
import { formatInstant } from '../../model/instant.ts';
import type { Chance } from '../../model/ports.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Lead, LeadFound, LeadTold, LeadWord } from './lead.ts';

export interface LeadRecords {
  /** Raises a lead with its alert; undefined when it was raised before. */
  add(lead: LeadFound): Promise<AlertId | undefined>;
  find(alertId: AlertId): Promise<Lead | undefined>;
  addWord(word: LeadWord): Promise<void>;
  /** What was said after the entry `afterSeq`, oldest first, with agent and kind of the lead it is about. */
  wordsAfter(
    afterSeq: number,
    countMax: number,
  ): Promise<readonly (LeadWord & { readonly agentId: AgentId; readonly kind: string })[]>;
}

const wordOf = ({
  seq,
  at,
  alert_id,
  verdict,
  said_by,
}: {
  seq: number;
  at: LeadWord['at'];
  alert_id: AlertId;
  verdict: LeadWord['verdict'];
  said_by: AgentId;
}): LeadWord => ({ seq, at, alertId: alert_id, verdict, saidBy: said_by });

const wordsMax = 200;

export const leadRecords = (store: CaseboundDatabase['kysely'], chance: Chance): LeadRecords => ({
  async add({ source, at, agentId, kind, score, reasons, told }) {
    const id = newId('alert', chance);
    const { rows } = await faulting(
      sql<{ id: AlertId }>`
        with raised as (
          insert into alert (id, at, kind, agent_id, reasons)
          select ${id}, ${formatInstant(at)}::timestamptz, ${kind}, ${agentId}, ${[...reasons]}::text[]
          where not exists (select from lead where source = ${source})
          returning id
        )
        insert into lead (alert_id, source, agent_id, kind, score, told)
        select id, ${source}, ${agentId}, ${kind}, ${score.toFixed(3)}, ${JSON.stringify(told)} from raised
        returning alert_id as id`.execute(store),
    );
    return rows[0]?.id;
  },
  async find(alertId) {
    const row = await faulting(
      store
        .selectFrom('lead')
        .innerJoin('alert', 'alert.id', 'lead.alert_id')
        .select(['lead.source', 'lead.agent_id', 'lead.kind', 'lead.score', 'lead.told'])
        .select(['alert.at', 'alert.reasons'])
        .where('lead.alert_id', '=', alertId)
        .executeTakeFirst(),
    );
    if (!row) return undefined;
    const words = await faulting(
      store
        .selectFrom('lead_feedback')
        .selectAll()
        .where('alert_id', '=', alertId)
        .orderBy('seq')
        .limit(wordsMax)
        .execute(),
    );
    return {
      alertId,
      source: row.source,
      at: row.at,
      agentId: row.agent_id,
      kind: row.kind,
      score: Number(row.score),
      reasons: row.reasons,
      told: readTold(row.told),
      feedback: words.map(wordOf),
    };
  },
  async addWord({ seq, at, alertId, verdict, saidBy }) {
    await faulting(
      store
        .insertInto('lead_feedback')
        .values({ seq, at: formatInstant(at), alert_id: alertId, verdict, said_by: saidBy })
        .execute(),
    );
  },
  async wordsAfter(afterSeq, countMax) {
    const rows = await faulting(
      store
        .selectFrom('lead_feedback')
        .innerJoin('lead', 'lead.alert_id', 'lead_feedback.alert_id')
        .selectAll('lead_feedback')
        .select(['lead.agent_id', 'lead.kind'])
        .where('lead_feedback.seq', '>', afterSeq)
        .orderBy('lead_feedback.seq')
        .limit(countMax)
        .execute(),
    );
    return rows.map((row) => ({ ...wordOf(row), agentId: row.agent_id, kind: row.kind }));
  },
});

const readTold = (text: string): LeadTold => {
  try {
    return JSON.parse(text) as LeadTold;
  } catch (cause) {
    throw new Fault('bug', 'a lead in the database is no JSON', { cause });
  }
};
