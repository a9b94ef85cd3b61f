import type { Channel, Initiator } from './case.ts';
import type { FieldName } from './field.ts';
import type { AgentId, CaseId, CustomerId, SessionId, SiteId, TeamId, VendorId, ViewId } from './id.ts';
import type { Instant } from './instant.ts';
import type { RefusalCode } from './refusal.ts';

/**
 * What was tried. `lookup` finds a customer and shows nothing; `view` shows masks; `reveal` unmasks named
 * fields; `contact` starts a call or a mail without showing the value; `export` takes records out.
 */
export const actions = ['lookup', 'view', 'reveal', 'contact', 'export'] as const;
export type Action = (typeof actions)[number];

/** One look at a customer, or a refused try of one: the atom that every reader of the sequence follows. */
export interface Access {
  /** Position in the ledger: whole, from 0, without gaps. The order of events is this, not `at`. */
  readonly seq: number;
  readonly at: Instant;
  readonly action: Action;
  readonly outcome: 'permitted' | 'refused';
  readonly refusal: RefusalCode | undefined;
  readonly agentId: AgentId;
  readonly sessionId: SessionId;
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  readonly vendorId: VendorId | undefined;
  readonly customerId: CustomerId | undefined;
  readonly caseId: CaseId | undefined;
  readonly viewId: ViewId | undefined;
  readonly fields: readonly FieldName[];
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: Channel | undefined;
  readonly initiatedBy: Initiator | undefined;
  /** Keyed hash of the reason's normalised text: equal reasons can be counted, none can be read. */
  readonly reasonMark: string | undefined;
}
