import type { FieldName } from '../../model/field.ts';
import type { AgentId, ApprovalId, CaseId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { type Plain, plain } from '../../model/plain.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import { type ApprovalRequest, reasonContext } from '../../records/approval/approval-request.ts';
import type { ApprovePorts, Person } from './approve-ports.ts';
import { areIndependent, judgeApprover } from './judge-approver.ts';

/** A request as those see it who may decide it. It says nothing about the customer. */
export interface ApprovalWaiting {
  readonly approvalId: ApprovalId;
  readonly askedBy: AgentId;
  readonly caseId: CaseId;
  readonly fields: readonly FieldName[];
  /** The asker's own words. */
  readonly reason: Plain<string>;
  readonly askedAt: Instant;
  readonly endsAt: Instant;
}

/** The requests that this person may decide now, oldest first. */
export const listApprovals = async (
  ports: ApprovePorts,
  person: Pick<Person, 'sessionId'>,
): Promise<readonly ApprovalWaiting[] | Refusal> => {
  const approver = await ports.whoAsks(person.sessionId);
  const cannot = judgeApprover(approver);
  if (cannot) return refuse(cannot);
  const requests = await ports.approvals.waiting(ports.clock.now());
  const shown: ApprovalWaiting[] = [];
  for (const request of requests) {
    const asker = await ports.whereabouts(request.askedBy);
    if (!asker || !areIndependent(approver, { agentId: request.askedBy, ...asker })) continue;
    const reason = await openReason(ports, request);
    if (reason) shown.push(present(request, reason));
  }
  return shown;
};

/** Undefined when the customer's key is gone: an erased customer's request has nothing left to decide. */
const openReason = async (
  { sealerOf }: ApprovePorts,
  { id, customerId, reason }: ApprovalRequest,
): Promise<Plain<string> | undefined> => {
  const sealer = await sealerOf(customerId);
  return sealer && plain(sealer.open(reason, reasonContext(id)).toString());
};

const present = (request: ApprovalRequest, reason: Plain<string>): ApprovalWaiting => ({
  approvalId: request.id,
  askedBy: request.askedBy,
  caseId: request.caseId,
  fields: request.fields,
  reason,
  askedAt: request.askedAt,
  endsAt: request.endsAt,
});
