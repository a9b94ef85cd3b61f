import { judgeReason } from '../../analysis/reason/judge-reason.ts';
import { Fault } from '../../model/fault.ts';
import { type ApprovalId, newId } from '../../model/id.ts';
import { type Instant, later } from '../../model/instant.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { reasonContext } from '../../records/approval/approval-request.ts';
import type { CustomerRecord, MatterFacts } from '../../records/facts/gather-facts.ts';
import { aboutCustomer, actedBy, approvalDisclosures, refusedTry } from './approval-entry.ts';
import type { ApprovalAsk, ApprovePorts, Person, Weighed } from './approve-ports.ts';

export interface ApprovalAsked {
  readonly approvalId: ApprovalId;
  readonly seq: number;
  /** Until when the request waits for a decision. */
  readonly endsAt: Instant;
}

/** Requests of one agent that may wait at a time: nobody can flood those who decide. */
export const waitingPerAgentMax = 10;

/**
 * Asks for a second person's approval of one look. Taken only when approval would really change the answer, so
 * that whoever holds no such case learns no more here than by looking. The entry is durable before the request is
 * there to be decided.
 * @throws Fault `unprocessable` when the look needs no approval, `too-many` when too many requests wait already
 */
export const askApproval = async (
  ports: ApprovePorts,
  person: Person,
  ask: ApprovalAsk,
): Promise<ApprovalAsked | Refusal> => {
  const now = ports.clock.now();
  const weighed = await ports.weigh(person, ask);
  const refusal = refusalOf(weighed, ask);
  if (refusal) {
    await ports.ledger.append(await refusedTry(ports, { weighed, ask, refusal }, now));
    return refuse(refusal);
  }
  if (weighed.asIs.outcome === 'permit') {
    const detail = 'This look needs no approval: go ahead.';
    throw new Fault('unprocessable', 'approval was asked for a look that needs none', { detail });
  }
  const look = await lookOf(ports, weighed);
  if ((await ports.approvals.waitingCountOf(weighed.facts.asker.agentId, now)) >= waitingPerAgentMax) {
    const detail = `${waitingPerAgentMax} of your requests wait already. Wait for a decision, or for them to expire.`;
    throw new Fault('too-many', 'too many requests for approval wait', { detail });
  }
  return request(ports, person, { now, weighed, ask, ...look });
};

/** Why the request is not taken, or undefined. The case comes before the reason: strangers learn nothing. */
const refusalOf = ({ facts, asIs, ifApproved }: Weighed, ask: ApprovalAsk): RefusalCode | undefined => {
  if (ifApproved.outcome === 'refuse') return ifApproved.refusal;
  if (asIs.outcome === 'permit') return undefined;
  // Someone is to judge by these words, so a code from the list is not enough, whatever the fields are.
  const verdict = judgeReason(
    { code: undefined, text: ask.reason.text },
    {
      codes: [],
      highestClass: 'sensitive',
      usedElsewhere: facts.reasonRepeated,
      knownWords: [facts.matter?.ref ?? '', ...ask.fields],
    },
  );
  return verdict === 'given' ? undefined : `reason-${verdict}`;
};

interface KnownLook {
  readonly matter: MatterFacts;
  readonly record: CustomerRecord;
  readonly sealer: Sealer;
}

/** The case, the customer and their key. Only rules that permit a look at nobody could leave one of them out. */
const lookOf = async ({ sealerOf }: ApprovePorts, { facts }: Weighed): Promise<KnownLook> => {
  const { matter, record } = facts;
  const sealer = record && (await sealerOf(record.customerId));
  if (!matter || !record || !sealer) throw new Fault('policy-broken', 'approval of a look at nobody');
  return { matter, record, sealer };
};

interface ToRequest extends KnownLook {
  readonly now: Instant;
  readonly weighed: Weighed;
  readonly ask: ApprovalAsk;
}

const request = async (
  ports: ApprovePorts,
  person: Person,
  { now, weighed, ask, matter, record, sealer }: ToRequest,
): Promise<ApprovalAsked> => {
  const { asker } = weighed.facts;
  const fields = [...new Set(ask.fields)].sort();
  const text = ask.reason.text ?? '';
  const appended = await ports.ledger.append(
    {
      kind: 'approval/v1',
      at: now,
      about: aboutCustomer(
        record.customerId,
        sealer,
        approvalDisclosures({ caseId: matter.id, fields, matter, reason: text }),
      ),
      by: await actedBy(ports, asker, { step: 'asked' }),
    },
    person.idempotencyKey === undefined
      ? {}
      : {
          idempotencyKey: person.idempotencyKey,
          fingerprint: JSON.stringify(['approval', asker.sessionId, matter.id, record.customerId, fields]),
        },
  );
  if (!appended.sameAsk || now - appended.at > ports.limits.replayMs)
    throw new Fault('key-reused', 'the idempotency key stands for another ask, or for one long ago');
  const id = newId('approval', ports.chance);
  await ports.approvals.add({
    id,
    seq: appended.seq,
    askedBy: asker.agentId,
    caseId: matter.id,
    customerId: record.customerId,
    fields,
    reason: sealer.seal(Buffer.from(text), reasonContext(id)),
    askedAt: appended.at,
    endsAt: later(appended.at, ports.limits.approvalMs),
  });
  // A retry finds what its first try added.
  const added = await ports.approvals.findBySeq(appended.seq);
  if (!added) throw new Fault('bug', 'a request for approval vanished while it was being added');
  return { approvalId: added.id, seq: added.seq, endsAt: added.endsAt };
};
