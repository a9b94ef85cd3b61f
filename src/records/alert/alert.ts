import type { AgentId, AlertId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

/** A lead for a person to look at. It names no customer: whoever follows it up finds the entry by `seq`. */
export interface Alert {
  readonly id: AlertId;
  readonly at: Instant;
  readonly kind: string;
  readonly agentId: AgentId | undefined;
  /** The entry it is about. Undefined: that entry was about to be written when everything stopped. */
  readonly seq: number | undefined;
  /** Each a plain sentence. */
  readonly reasons: readonly string[];
  readonly deliveredAt: Instant | undefined;
}
