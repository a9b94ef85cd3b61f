import type { Channel, Initiator } from '../../model/case.ts';
import { Fault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import type {
  AgentId,
  CaseId,
  CustomerId,
  SessionId,
  SiteId,
  TeamId,
  VendorId,
  ViewId,
} from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import type { Role } from '../../model/role.ts';
import { GroupedWork, type GroupLimits } from '../../platform/grouping/grouped-work.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { factsSql } from './facts-sql.ts';

export interface FactsQuestion {
  readonly sessionId: SessionId;
  readonly now: Instant;
  readonly caseKey: string | undefined;
  readonly viewId: ViewId | undefined;
  readonly customerId: CustomerId | undefined;
  readonly reasonMark: string | undefined;
  readonly viewMaxMs: number;
  readonly reasonMemoryMs: number;
  readonly sessionIdleMs: number;
}

/** Everything known about one ask at one instant. Undefined means that there is no such thing. */
export interface Facts {
  readonly asker: AskerFacts;
  readonly view: ViewFacts | undefined;
  readonly matter: MatterFacts | undefined;
  /** The customer whom the case names; the one asked for may be another. */
  readonly caseCustomerId: CustomerId | undefined;
  readonly record: CustomerRecord | undefined;
  readonly approvedFields: readonly FieldName[];
  readonly approved: boolean;
  readonly breakGlass: boolean;
  readonly reasonRepeated: boolean;
}

export interface AskerFacts {
  readonly sessionId: SessionId;
  readonly sessionLive: boolean;
  readonly agentId: AgentId;
  readonly agentRef: string;
  readonly role: Role;
  readonly active: boolean;
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  readonly vendorId: VendorId | undefined;
  readonly shift:
    | { readonly startsAt: string; readonly endsAt: string; readonly timeZone: string }
    | undefined;
}

export interface ViewFacts {
  readonly seq: number;
  /** Opened in this very session, in the team the agent is still in, while the case was in the same hands. */
  readonly current: boolean;
}

export interface MatterFacts {
  readonly id: CaseId;
  readonly ref: string;
  readonly open: boolean;
  readonly hands: 'holder' | 'helper' | 'former' | 'none';
  readonly namesSomeone: boolean;
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: Channel | undefined;
  readonly initiatedBy: Initiator | undefined;
  readonly lastChangeAt: Instant;
}

/** A customer as the vault keeps them: sealed, with the wrapped key. */
export interface CustomerRecord {
  readonly customerId: CustomerId;
  readonly protected: boolean;
  readonly catalogueVersion: string;
  readonly masks: Buffer;
  readonly sealed: Buffer;
  readonly key: { readonly wrappingKeyId: string; readonly wrapped: Buffer };
}

/** Answers asks with the facts that their decision depends on. */
export interface FactGatherer {
  /**
   * @throws Fault `not-signed-in` when there is no such session, `busy` when too many wait, `storage-down` when the
   * database does not answer
   */
  gather(question: FactsQuestion): Promise<Facts>;
}

const groupLimits: GroupLimits = { waitingMax: 4_096, batchMax: 128 };

/** Asks that arrive while others are being answered share the next question to the database. */
export const factGatherer = (db: CaseboundDatabase): FactGatherer => {
  const group = new GroupedWork<FactsQuestion, FactsRow>(
    (questions) => askTogether(db, questions),
    groupLimits,
  );
  return {
    async gather(question) {
      const row = await group.add(question);
      if (row.told === null) throw new Fault('not-signed-in', 'no such session');
      return readFacts(row, JSON.parse(row.told));
    },
  };
};

/** One ask that the database cannot read must not cost the others their answer: then each is asked alone. */
const askTogether = async (
  db: CaseboundDatabase,
  questions: readonly FactsQuestion[],
): Promise<readonly FactsRow[]> => {
  try {
    const { rows } = await db.pool.query<FactsRow>({
      name: 'facts',
      text: factsSql,
      values: valuesOf(questions),
    });
    return rows;
  } catch (cause) {
    const fault = asDatabaseFault(cause);
    if (fault.code !== 'bug' || questions.length === 1) throw fault;
    return Promise.all(questions.map(async (question) => oneOf(await askTogether(db, [question]))));
  }
};

const oneOf = (rows: readonly FactsRow[]): FactsRow => {
  if (!rows[0]) throw new Fault('bug', 'an ask got no answer');
  return rows[0];
};

const valuesOf = (questions: readonly FactsQuestion[]): unknown[][] => {
  const each = (pick: (question: FactsQuestion) => string | undefined) =>
    questions.map((question) => pick(question) ?? null);
  const ago = ({ now }: FactsQuestion, ms: number): string => formatInstant(later(now, -ms));
  return [
    each((question) => question.sessionId),
    each((question) => formatInstant(question.now)),
    each((question) => question.caseKey),
    each((question) => question.viewId),
    each((question) => question.customerId),
    each((question) => ago(question, question.viewMaxMs)),
    each((question) => ago(question, question.reasonMemoryMs)),
    each((question) => question.reasonMark),
    each((question) => ago(question, question.sessionIdleMs)),
  ];
};

const readFacts = (row: FactsRow, told: Told): Facts => ({
  asker: askerOf(told),
  view: told.view ? { seq: told.view[0], current: told.view[1] } : undefined,
  matter: matterOf(told),
  caseCustomerId: told.customer[0] ?? undefined,
  record: recordOf(row, told.customer),
  approvedFields: told.approved?.flat() ?? [],
  approved: told.approved !== null,
  breakGlass: told.break_glass,
  reasonRepeated: told.reason_repeated,
});

interface FactsRow {
  /** Null when there is no such session. */
  readonly told: string | null;
  readonly masks: Buffer | null;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** What `factsSql` tells, in the order in which it tells it. */
interface Told {
  readonly session: readonly [SessionId, boolean];
  readonly agent: readonly [AgentId, string, Role, boolean];
  readonly place: readonly [TeamId | null, SiteId | null, VendorId | null];
  readonly shift: readonly [string | null, string | null, string | null];
  /** Another agent's view is no view for this one: whoever guesses or steals an id learns nothing from the answer. */
  readonly view: readonly [number, boolean] | null;
  readonly case:
    | readonly [
        CaseId,
        string,
        boolean,
        MatterFacts['hands'],
        boolean,
        string | null,
        string | null,
        Channel | null,
        Initiator | null,
        Instant,
      ]
    | null;
  readonly customer: readonly [CustomerId | null, CustomerId | null, boolean, string | null, string | null];
  /** The fields of each approval that holds now; null when there is none. */
  readonly approved: readonly (readonly FieldName[])[] | null;
  readonly break_glass: boolean;
  readonly reason_repeated: boolean;
}

const askerOf = ({ session, agent, place, shift }: Told): AskerFacts => {
  const [startsAt, endsAt, timeZone] = shift;
  return {
    sessionId: session[0],
    sessionLive: session[1],
    agentId: agent[0],
    agentRef: agent[1],
    role: agent[2],
    active: agent[3],
    teamId: place[0] ?? undefined,
    siteId: place[1] ?? undefined,
    vendorId: place[2] ?? undefined,
    shift: startsAt && endsAt && timeZone ? { startsAt, endsAt, timeZone } : undefined,
  };
};

const matterOf = ({ case: matter }: Told): MatterFacts | undefined => {
  if (!matter) return undefined;
  const [id, ref, open, hands, namesSomeone, queueRef, topic, channel, initiatedBy, lastChangeAt] = matter;
  return {
    id,
    ref,
    open,
    hands,
    namesSomeone,
    queueRef: queueRef ?? undefined,
    topic: topic ?? undefined,
    channel: channel ?? undefined,
    initiatedBy: initiatedBy ?? undefined,
    lastChangeAt,
  };
};

/** A customer whose key is gone has been erased: for a look they do not exist. */
const recordOf = (row: FactsRow, customer: Told['customer']): CustomerRecord | undefined => {
  const [, customerId, isProtected, catalogueVersion, wrappingKeyId] = customer;
  const { masks, sealed, wrapped } = row;
  if (!customerId || !masks || !sealed || !catalogueVersion || !wrappingKeyId || !wrapped) return undefined;
  return {
    customerId,
    protected: isProtected,
    catalogueVersion,
    masks,
    sealed,
    key: { wrappingKeyId, wrapped },
  };
};
