import type { AgentId, BreakGlassId, CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

/** One person's leave to see one customer without a case, from one instant to another. */
export interface BrokenGlass {
  readonly id: BreakGlassId;
  /** The entry that broke it. */
  readonly seq: number;
  readonly agentId: AgentId;
  readonly customerId: CustomerId;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  /** Set when it ended before its time. */
  readonly endedAt: Instant | undefined;
}
