import type { AgentId, CaseId, CustomerId, HoldId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

/** What a hold covers. A range is a stretch of time, from including, to excluding, whoever was concerned. */
export type HoldCover =
  | { readonly scope: 'customer'; readonly id: CustomerId }
  | { readonly scope: 'agent'; readonly id: AgentId }
  | { readonly scope: 'case'; readonly id: CaseId }
  | { readonly scope: 'range'; readonly from: Instant; readonly to: Instant };

/** A legal hold: while it stands, nothing that it covers is erased or purged. */
export interface Hold {
  readonly id: HoldId;
  /** The entry that put it on. */
  readonly seq: number;
  readonly cover: HoldCover;
  /** When it ends by itself; undefined: only when it is lifted. */
  readonly until: Instant | undefined;
  /** Why, sealed under the key of whoever put it on. */
  readonly reason: Buffer;
  readonly putBy: AgentId;
  readonly putAt: Instant;
  /** The first of the two people whom lifting takes. */
  readonly liftAsked: { readonly by: AgentId; readonly at: Instant } | undefined;
  readonly lifted: { readonly by: AgentId; readonly at: Instant } | undefined;
}

/** What binds a sealed reason to its hold. */
export const holdReasonContext = (id: HoldId): string => `hold ${id}`;
