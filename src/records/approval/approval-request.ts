import type { FieldName } from '../../model/field.ts';
import type { AgentId, ApprovalId, CaseId, CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

/** A second person asked to agree to a look, and what they said. */
export interface ApprovalRequest {
  readonly id: ApprovalId;
  /** The entry that asked. Decisions in the ledger name the request by it. */
  readonly seq: number;
  readonly askedBy: AgentId;
  readonly caseId: CaseId;
  readonly customerId: CustomerId;
  /** The fields to be revealed; none: the masked view. */
  readonly fields: readonly FieldName[];
  /** The asker's words, sealed under the customer's key: see `reasonContext`. */
  readonly reason: Buffer;
  readonly askedAt: Instant;
  /** Undecided: until when it waits. Granted: until when it holds. */
  readonly endsAt: Instant;
  readonly decision: ApprovalDecision | undefined;
}

export interface ApprovalDecision {
  readonly granted: boolean;
  readonly decidedBy: AgentId;
  readonly decidedAt: Instant;
}

/** Bound into the sealed reason: sealed words that were moved to another request do not open. */
export const reasonContext = (id: ApprovalId): string => `${id} reason`;
