import type { Limits } from '../../analysis/budget/limits.ts';
import type { Decision } from '../../analysis/policy/policy-facts.ts';
import type { FieldName } from '../../model/field.ts';
import type { AgentId, CustomerId, SessionId, TeamId, VendorId } from '../../model/id.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { ApprovalReader } from '../../records/approval/approval-reader.ts';
import type { ApprovalWriter } from '../../records/approval/approval-writer.ts';
import type { AskerFacts, Facts } from '../../records/facts/gather-facts.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

/** Who asks, as the door knows them. */
export interface Person {
  readonly sessionId: SessionId;
  readonly idempotencyKey: string | undefined;
}

export interface ApprovalAsk {
  /** Our case id or the help desk's own reference. */
  readonly caseKey: string;
  /** Left out: the customer whom the case names. */
  readonly customerId: CustomerId | undefined;
  /** The fields to be revealed; none: the masked view. */
  readonly fields: readonly FieldName[];
  readonly reason: { readonly code: string | undefined; readonly text: string | undefined };
}

/** The look that approval is asked for, judged as things are and as they would be with approval. */
export interface Weighed {
  readonly facts: Facts;
  readonly reasonMark: string | undefined;
  readonly asIs: Decision;
  readonly ifApproved: Decision;
}

/** What asking for and giving approval stands on. */
export interface ApprovePorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly limits: Pick<Limits, 'approvalMs' | 'replayMs'>;
  readonly approvals: ApprovalReader & ApprovalWriter;
  readonly weigh: (person: Person, ask: ApprovalAsk) => Promise<Weighed>;
  /** @throws Fault `not-signed-in` when there is no such session. */
  readonly whoAsks: (sessionId: SessionId) => Promise<AskerFacts>;
  /** Where a person works now; undefined: nobody of that id. */
  readonly whereabouts: (agentId: AgentId) => Promise<Whereabouts | undefined>;
  /** The sealer of a customer for the ledger; undefined when their key is gone. */
  readonly sealerOf: (customerId: CustomerId) => Promise<Sealer | undefined>;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

export interface Whereabouts {
  readonly teamId: TeamId | undefined;
  readonly vendorId: VendorId | undefined;
}
