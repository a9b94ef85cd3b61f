import { type RawBuilder, sql } from 'kysely';
import { type CaseId, parseId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { type CaseRecord, type CaseRow, readCaseRow } from './case-record.ts';

/** Most cases that one question returns. */
export const casesPerPageMax = 500;

/** The last case of one page: the next page begins after it. */
export interface CasePlace {
  readonly lastChangeAt: Instant;
  readonly id: CaseId;
}

export interface HeldCase extends CaseRecord {
  readonly hands: 'holder' | 'helper';
}

export interface CasePage {
  readonly cases: readonly HeldCase[];
  /** Undefined on the last page. */
  readonly next: CasePlace | undefined;
}

export interface HeldQuestion {
  /** True: cases that are open now. False: closed ones that were this agent's when they closed. */
  readonly open: boolean;
  readonly countMax: number;
  readonly after: CasePlace | undefined;
}

export interface CaseReader {
  /** The cases that an agent holds or helps on, the one that changed last first. Answered from an index. */
  casesHeldBy(agentRef: string, question: HeldQuestion): Promise<CasePage>;
  /** By our id or by the help desk's own reference; where one text is both, our id counts. */
  caseByKey(key: string): Promise<CaseRecord | undefined>;
}

/** The statement behind `casesHeldBy`; `open` is part of the text so that the partial indexes can serve it. */
export const heldCasesSql = (
  agentRef: string,
  { open, countMax, after }: HeldQuestion,
): RawBuilder<HeldRow> => {
  const state = open ? sql`open` : sql`not open`;
  const beyond = after
    ? sql`and (last_change_at, id) < (${formatInstant(after.lastChangeAt)}::timestamptz, ${after.id})`
    : sql``;
  const page = sql`order by last_change_at desc, id desc limit ${countMax + 1}`;
  return sql<HeldRow>`
    (select *, 'holder' as hands from support_case where holder_ref = ${agentRef} and ${state} ${beyond} ${page})
    union all
    (select *, 'helper' as hands from support_case where helper_refs @> array[${agentRef}] and helper_refs <> '{}'
      and holder_ref is distinct from ${agentRef} and ${state} and ${open} ${beyond} ${page})
    ${page}`;
};

type HeldRow = CaseRow & { readonly hands: HeldCase['hands'] };

const casesHeldBy = async (
  { kysely }: CaseboundDatabase,
  agentRef: string,
  question: HeldQuestion,
): Promise<CasePage> => {
  const countMax = Math.min(Math.max(1, question.countMax), casesPerPageMax);
  const { rows } = await heldCasesSql(agentRef, { ...question, countMax }).execute(kysely);
  const cases = rows.slice(0, countMax).map((row) => ({ ...readCaseRow(row), hands: row.hands }));
  const last = cases.at(-1);
  const next = rows.length > countMax && last ? { lastChangeAt: last.lastChangeAt, id: last.id } : undefined;
  return { cases, next };
};

const caseByKey = async ({ kysely }: CaseboundDatabase, key: string): Promise<CaseRecord | undefined> => {
  // PostgreSQL refuses U+0000 in text, and no case has it in its reference.
  if (key.includes('\0')) return undefined;
  const id = parseId('case', key);
  const byId =
    id && (await sql<CaseRow>`select * from support_case where id = ${id}`.execute(kysely)).rows[0];
  const row =
    byId ?? (await sql<CaseRow>`select * from support_case where ref = ${key}`.execute(kysely)).rows[0];
  return row && readCaseRow(row);
};

export const caseReader = (db: CaseboundDatabase): CaseReader => ({
  casesHeldBy: (agentRef, question) => faulting(casesHeldBy(db, agentRef, question)),
  caseByKey: (key) => faulting(caseByKey(db, key)),
});
