import type { BreakGlassId, ErasureId, SessionId } from '../../model/id.ts';
import type { Refusal } from '../../model/refusal.ts';
import type { BrokenGlass } from '../../records/break-glass/broken-glass.ts';
import type { Erasure } from '../../records/erasure/erasure.ts';
import type { JobRun } from '../../records/job/job.ts';
import type { GlassEnded } from '../../workflows/break-glass/end-break-glass.ts';
import type { ErasureAsk, ErasureOutcome } from '../../workflows/erase/erase-ports.ts';
import type { HoldAsk, HoldPut, HoldShown, LiftAsk, LiftOutcome } from '../../workflows/hold/hold-ports.ts';
import type { Asker } from '../../workflows/reveal/ask.ts';

/** What routes call of all that destroys or ends something, and of what keeps it from being destroyed. */
export interface ErasingDoor {
  erase(sessionId: SessionId, ask: ErasureAsk): Promise<ErasureOutcome | Refusal>;
  /** Newest first, at most 200. */
  erasures(): Promise<readonly Erasure[]>;
  /** A file that is checked offline. */
  certificate(id: ErasureId): Promise<string>;
  putHold(asker: Asker, ask: HoldAsk): Promise<HoldPut | Refusal>;
  liftHold(sessionId: SessionId, ask: LiftAsk): Promise<LiftOutcome | Refusal>;
  holds(ask: { readonly ended: boolean }): Promise<readonly HoldShown[]>;
  endBreakGlass(sessionId: SessionId, id: BreakGlassId): Promise<GlassEnded | Refusal>;
  liveBreakGlass(): Promise<readonly BrokenGlass[]>;
  /** When each piece of repeating work was done last. */
  jobs(): Promise<readonly JobRun[]>;
}
