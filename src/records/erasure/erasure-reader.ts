import { type Selectable, sql } from 'kysely';
import type { ErasureId } from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import type { Role } from '../../model/role.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import { type ErasedSubject, type Erasure, type ErasureBasis, subjectHash } from './erasure.ts';

/** What a look or an import that was under way at the destruction may still have written is gone by then. */
const settledMs = 3_600_000;

export interface ErasureReader {
  find(id: ErasureId): Promise<Erasure | undefined>;
  /** The erasure of this person that was not blocked. */
  findOf(subject: ErasedSubject): Promise<Erasure | undefined>;
  /** The erasure under this number of a request that was not blocked. */
  findByRequest(request: string): Promise<Erasure | undefined>;
  /** Is there such a person to erase? `here` for an agent who still works. */
  presence(subject: ErasedSubject): Promise<'none' | 'here' | 'left'>;
  /** Those with steps left to do at this instant, oldest first. */
  unfinished(now: Instant, countMax: number): Promise<readonly Erasure[]>;
  /** Newest first. */
  list(countMax: number): Promise<readonly Erasure[]>;
  /** Standing holds that cover this person or what is known of them. */
  isHeld(subject: ErasedSubject, now: Instant): Promise<boolean>;
  /** How many entries of the ledger name this person in their class. */
  entryCount(subject: ErasedSubject): Promise<number>;
}

export const erasureOf = (row: Selectable<Tables['erasure']>): Erasure => ({
  id: row.id,
  request: row.request,
  subjectClass: row.subject_class,
  subjectId: row.subject_id ?? undefined,
  basis: row.basis as ErasureBasis,
  decidedBy: row.decided_by,
  decidedRole: row.decided_role as Role,
  decidedAt: row.decided_at,
  state: row.state,
  orderedKey: row.ordered_key,
  doneKey: row.done_key,
  standIn: row.stand_in,
  orderedSeq: row.ordered_seq ?? undefined,
  destroyedAt: row.destroyed_at ?? undefined,
  destroyed: {
    keys: row.keys,
    vaultRows: row.vault_rows,
    lookUps: row.look_ups,
    disclosures: row.disclosures,
    approvals: row.approvals,
    sessions: row.sessions,
    links: row.links,
  },
  doneSeq: row.done_seq ?? undefined,
  doneAt: row.done_at ?? undefined,
  orderedTold: row.ordered_told?.split('\n'),
  doneTold: row.done_told?.split('\n'),
});

/**
 * $1 the person, $2 now. A hold on a customer keeps the agents who looked, a hold on an agent the customers they
 * looked at, a hold on a case both, a hold on a stretch of time everyone of whom something was recorded in it: what
 * one side's entries stand for is evidence about the other.
 */
const heldSql = (subjectClass: ErasedSubject['subjectClass']): string => {
  const own = subjectClass === 'customer' ? 'customer_id' : 'agent_id';
  const other = subjectClass === 'customer' ? 'agent_id' : 'customer_id';
  const [scope, otherScope] = subjectClass === 'customer' ? ['customer', 'agent'] : ['agent', 'customer'];
  const matter =
    subjectClass === 'customer'
      ? `select from support_case c left join customer cu on cu.ref_hash = c.customer_ref_hash
         where c.id = h.target_id and (cu.id = $1 or c.found_customer_id = $1)`
      : `select from agent ag join support_case c on c.id = h.target_id
         where ag.id = $1 and (c.holder_ref = ag.ref or ag.ref = any (c.helper_refs)
           or exists (select from case_change cc where cc.case_ref = c.ref and cc.agent_ref = ag.ref))`;
  return `
select exists (
  select from hold h
  where h.lifted_at is null and (h.until_at is null or h.until_at > $2::timestamptz)
    and case h.scope
      when '${scope}' then h.target_id = $1
      when '${otherScope}' then exists (select from access a where a.${own} = $1 and a.${other} = h.target_id)
      when 'case' then exists (select from access a where a.${own} = $1 and a.case_id = h.target_id)
        or exists (${matter})
      else exists (select from disclosure d join entry e on e.seq = d.seq
        where d.subject_id = $1 and d.subject_class = '${subjectClass}' and e.at >= h.from_at and e.at < h.to_at)
        or exists (select from access a where a.${own} = $1 and a.at >= h.from_at and a.at < h.to_at)
    end
) as held`;
};

/** One statement for each class; it also runs inside the destroying transaction, where its answer counts. */
export const heldStatements = { customer: heldSql('customer'), actor: heldSql('actor') } as const;

export const erasureReader = (db: CaseboundDatabase): ErasureReader => {
  const store = db.kysely;
  const standing = () => store.selectFrom('erasure').selectAll().where('state', '<>', 'blocked');
  const stateOf = async ({ subjectClass, id }: ErasedSubject): Promise<string | undefined> => {
    const text =
      subjectClass === 'customer'
        ? `select 'left' as state from customer where id = $1`
        : 'select state from agent where id = $1';
    const { rows } = await faulting(db.pool.query<{ state: string }>(text, [id]));
    return rows[0]?.state;
  };
  return {
    async find(id) {
      const row = await faulting(
        store.selectFrom('erasure').selectAll().where('id', '=', id).executeTakeFirst(),
      );
      return row && erasureOf(row);
    },
    async findOf({ id }) {
      const row = await faulting(standing().where('subject_hash', '=', subjectHash(id)).executeTakeFirst());
      return row && erasureOf(row);
    },
    async findByRequest(request) {
      const row = await faulting(standing().where('request', '=', request).executeTakeFirst());
      return row && erasureOf(row);
    },
    async presence(subject) {
      const state = await stateOf(subject);
      if (state === undefined) return 'none';
      return state === 'left' ? 'left' : 'here';
    },
    async unfinished(now, countMax) {
      const rows = await faulting(
        standing()
          .where('forgotten_at', 'is', null)
          .where(sql<boolean>`(state <> 'done' or destroyed_at < ${timestamp(later(now, -settledMs))})`)
          .orderBy('decided_at')
          .limit(countMax)
          .execute(),
      );
      return rows.map(erasureOf);
    },
    async list(countMax) {
      const rows = await faulting(
        store.selectFrom('erasure').selectAll().orderBy('decided_at', 'desc').limit(countMax).execute(),
      );
      return rows.map(erasureOf);
    },
    async isHeld({ subjectClass, id }, now) {
      const { rows } = await faulting(
        db.pool.query<{ held: boolean }>(heldStatements[subjectClass], [id, formatInstant(now)]),
      );
      return rows[0]?.held !== false;
    },
    async entryCount({ subjectClass, id }) {
      // A customer's entries are numbered as they come.
      const text =
        subjectClass === 'customer'
          ? 'select last_no as count from customer_chain where customer_id = $1'
          : `select count(*) as count from disclosure where subject_id = $1 and subject_class = 'actor'`;
      const { rows } = await faulting(db.pool.query<{ count: number }>(text, [id]));
      return rows[0]?.count ?? 0;
    },
  };
};
