import type { BudgetLeft, BudgetUse, BudgetWindows, Release } from '../../analysis/budget/budget-windows.ts';
import type { Limits } from '../../analysis/budget/limits.ts';
import { shiftStart } from '../../analysis/budget/shift-start.ts';
import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import type { Decision, Policy, PolicyFacts } from '../../analysis/policy/policy-facts.ts';
import { judgeReason, normaliseReason } from '../../analysis/reason/judge-reason.ts';
import { codesForTopic, type ReasonList } from '../../analysis/reason/reason-list.ts';
import { Fault } from '../../model/fault.ts';
import { type FieldName, findField } from '../../model/field.ts';
import type { AgentId, CustomerId, ViewId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Plain } from '../../model/plain.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import type { Sealer, SubjectKey } from '../../platform/keys/subject-key.ts';
import type { CustomerRecord, FactGatherer, Facts } from '../../records/facts/gather-facts.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import type { Asker, ReasonGiven } from './ask.ts';
import { type Asked, cutSlice, highestClassOf } from './slice.ts';

/** Starts a call or a mail to a value that the agent does not see. */
export interface ContactStarter {
  start(contact: {
    by: 'call' | 'mail';
    to: Plain<string>;
    agentRef: string;
    caseRef: string | undefined;
  }): Promise<void>;
}

/** What the four looks stand on. */
export interface LookingPorts {
  readonly db: CaseboundDatabase;
  readonly facts: FactGatherer;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly keys: KeyEncryption;
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly catalogue: FieldCatalogue;
  readonly limits: Limits;
  readonly reasons: ReasonList;
  readonly budgets: BudgetWindows;
  readonly contactStarter: ContactStarter;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

export interface Question {
  readonly caseKey?: string | undefined;
  readonly viewId?: ViewId | undefined;
  readonly customerId?: CustomerId | undefined;
  readonly reason?: ReasonGiven | undefined;
}

export interface Gathered {
  readonly now: Instant;
  readonly facts: Facts;
  readonly reasonMark: string | undefined;
  readonly customerKey: SubjectKey | undefined;
}

/** Who asks, which case, about whom: one question to the database, and the customer's key (not their fields). */
export const gather = async (ports: LookingPorts, asker: Asker, question: Question): Promise<Gathered> => {
  const now = ports.clock.now();
  const text = question.reason?.text;
  const reasonMark = text
    ? ports.keys.hash('reason', normaliseReason(text)).toString('base64url')
    : undefined;
  const { viewMaxMs, reasonMemoryMs, sessionIdleMs } = ports.limits;
  const facts = await ports.facts.gather({
    sessionId: asker.sessionId,
    now,
    caseKey: question.caseKey,
    viewId: question.viewId,
    customerId: question.customerId,
    reasonMark,
    viewMaxMs,
    reasonMemoryMs,
    sessionIdleMs,
  });
  const customerKey = facts.record && (await ports.keys.unwrap(facts.record.key, facts.record.customerId));
  return { now, facts, reasonMark, customerKey };
};

export interface Judged {
  readonly asked: Asked;
  readonly decision: Decision;
  /** Gives back the budget held for this ask; `record` calls it when the outcome is on the record or cannot be. */
  readonly release: Release;
}

export interface ToJudge {
  readonly action: Asked['action'];
  readonly fields: readonly FieldName[];
  readonly customer: Asked['customer'];
  readonly reason?: ReasonGiven | undefined;
}

/** Decides, and holds the budget that the ask would use until it is recorded. No effects besides that hold. */
export const judge = (ports: LookingPorts, gathered: Gathered, ask: ToJudge): Judged => {
  const use = budgetUse(gathered, ask.action, ask.fields.length);
  const asked: Asked = {
    action: ask.action,
    fields: ask.fields,
    customer: ask.customer,
    reason: reasonStanding(ports, gathered, ask),
    spentBudgets: ports.budgets.spent(use),
  };
  const decision = ports.policy.decide(sliceOf(ports, gathered, asked));
  return { asked, decision, release: decision.outcome === 'permit' ? ports.budgets.reserve(use) : () => {} };
};

/** Would this ask be permitted if a good reason were given and budgets allowed? For buttons, not for showing. */
export const wouldPermit = (
  ports: LookingPorts,
  gathered: Gathered,
  { action, field }: { action: 'reveal' | 'contact'; field: FieldName },
): boolean => {
  const asked: Asked = {
    action,
    fields: [field],
    reason: 'given',
    customer: 'of-this-case',
    spentBudgets: [],
  };
  const facts: Facts = { ...gathered.facts, view: { seq: 0, current: true } };
  return ports.policy.decide(sliceOf(ports, { ...gathered, facts }, asked)).outcome === 'permit';
};

export const budgetLeft = (ports: LookingPorts, gathered: Gathered): BudgetLeft =>
  ports.budgets.left(budgetUse(gathered, 'reveal', 1));

/** The sealed record and its key. Only a rule that permits a look at nobody could make this fail. */
export const unsealed = ({ facts, customerKey }: Gathered): { record: CustomerRecord; key: SubjectKey } => {
  if (!facts.record || !customerKey) throw new Fault('policy-broken', 'a look at nobody was permitted');
  return { record: facts.record, key: customerKey };
};

/** Only a reveal needs a reason: a view shows masks, a look-up and a contact show nothing. */
const reasonStanding = (ports: LookingPorts, { facts }: Gathered, ask: ToJudge): PolicyFacts['reason'] => {
  if (ask.action !== 'reveal') return 'not-asked';
  const labels = ask.fields.map((name) => findField(ports.catalogue, name)?.label ?? '');
  return judgeReason(
    { code: ask.reason?.code, text: ask.reason?.text },
    {
      codes: codesForTopic(ports.reasons, facts.matter?.topic),
      highestClass: highestClassOf(ports.catalogue, ask.fields),
      usedElsewhere: facts.reasonRepeated,
      knownWords: [facts.matter?.ref ?? '', ...ask.fields, ...labels],
    },
  );
};

const sliceOf = (ports: LookingPorts, { facts, now }: Gathered, asked: Asked): PolicyFacts =>
  cutSlice(facts, asked, { now, catalogue: ports.catalogue, limits: ports.limits });

const budgetUse = ({ facts, now }: Gathered, action: Asked['action'], fieldsCount: number): BudgetUse => ({
  agentId: facts.asker.agentId,
  teamId: facts.asker.teamId,
  vendorId: facts.asker.vendorId,
  customerId: facts.record?.customerId,
  action,
  fieldsCount,
  now,
  shiftStartedAt: shiftStart(now, facts.asker.shift),
});
