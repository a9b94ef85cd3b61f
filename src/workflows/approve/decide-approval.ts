import { Fault } from '../../model/fault.ts';
import type { ApprovalId } from '../../model/id.ts';
import { type Instant, later } from '../../model/instant.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import type { ApprovalRequest } from '../../records/approval/approval-request.ts';
import type { AskerFacts } from '../../records/facts/gather-facts.ts';
import { aboutCustomer, actedBy, approvalDisclosures } from './approval-entry.ts';
import type { ApprovePorts, Person } from './approve-ports.ts';
import { areIndependent, judgeApprover } from './judge-approver.ts';

export interface ApprovalDecided {
  readonly approvalId: ApprovalId;
  readonly granted: boolean;
  readonly seq: number;
  /** Until when the approval holds; for a refusal the moment of deciding. */
  readonly endsAt: Instant;
}

/**
 * Grants or refuses a request for approval. Only someone of the organisation who is independent of the asker
 * decides; the entry is durable before the decision takes effect.
 * @throws Fault `not-found` when there is no such request, `conflict` when it was decided, has expired, or someone
 * else is deciding it right now
 */
export const decideApproval = async (
  ports: ApprovePorts,
  person: Person,
  { approvalId, granted }: { approvalId: ApprovalId; granted: boolean },
): Promise<ApprovalDecided | Refusal> => {
  const now = ports.clock.now();
  const approver = await ports.whoAsks(person.sessionId);
  const cannot = judgeApprover(approver);
  if (cannot) return refused(ports, approver, { refusal: cannot, now });
  const found = await ports.approvals.find(approvalId);
  if (!found) throw new Fault('not-found', 'no such request for approval');
  const asker = await ports.whereabouts(found.askedBy);
  if (!asker || !areIndependent(approver, { agentId: found.askedBy, ...asker }))
    return refused(ports, approver, { refusal: 'not-independent', now, asked: found.seq });
  const request = await ports.approvals.claim(approvalId, approver.agentId, now);
  if (!request) {
    const detail = 'This request was decided, has expired, or is being decided by someone else. Reload.';
    throw new Fault('conflict', 'a request for approval that cannot be decided now', { detail });
  }
  return decide(ports, approver, { request, granted, now });
};

const decide = async (
  ports: ApprovePorts,
  approver: AskerFacts,
  { request, granted, now }: { request: ApprovalRequest; granted: boolean; now: Instant },
): Promise<ApprovalDecided> => {
  const { id, customerId, caseId, fields } = request;
  try {
    const sealer = await ports.sealerOf(customerId);
    if (!sealer) throw new Fault('not-found', 'the customer of this request is gone');
    const { seq } = await ports.ledger.append({
      kind: 'approval/v1',
      at: now,
      about: aboutCustomer(customerId, sealer, approvalDisclosures({ caseId, fields })),
      by: await actedBy(ports, approver, { step: granted ? 'granted' : 'refused', asked: request.seq }),
    });
    const endsAt = granted ? later(now, ports.limits.approvalMs) : now;
    const decision = { granted, decidedBy: approver.agentId, decidedAt: now };
    if (!(await ports.approvals.settle(id, decision, endsAt)))
      throw new Fault('conflict', 'the right to decide was lost while the entry was written');
    return { approvalId: id, granted, seq, endsAt };
  } catch (thrown) {
    // Gives others a chance at once; when even that fails, the claim runs out by itself.
    await ports.approvals.unclaim(id, approver.agentId).catch(() => {});
    throw thrown;
  }
};

/** Someone tried to decide who may not: that is evidence too. */
const refused = async (
  ports: ApprovePorts,
  approver: AskerFacts,
  told: { refusal: RefusalCode; now: Instant; asked?: number },
): Promise<Refusal> => {
  const { refusal, now, asked } = told;
  await ports.ledger.append({
    kind: 'denied/v1',
    at: now,
    by: await actedBy(ports, approver, {
      action: 'decide-approval',
      refusal,
      ...(asked === undefined ? {} : { asked }),
    }),
  });
  return refuse(refusal);
};
