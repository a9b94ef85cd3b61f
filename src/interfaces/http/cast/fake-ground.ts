import type { CustomerId, SessionId, ViewId } from '../../../model/id.ts';
import type { Instant } from '../../../model/instant.ts';

export interface FakeRoomsGround {
  /** What reached the rooms, in order: the word and what was handed over. */
  readonly seen: [string, object][];
  readonly customer: CustomerId;
  readonly caseRef: string;
  readonly views: ReadonlySet<ViewId>;
  readonly now: () => Instant;
  readonly isOver: (sessionId: SessionId) => boolean;
  readonly check: () => void;
}
