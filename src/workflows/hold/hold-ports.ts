import type { AgentId, HoldId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Plain } from '../../model/plain.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Role } from '../../model/role.ts';
import type { HoldCover } from '../../records/hold/hold.ts';
import type { HoldReader } from '../../records/hold/hold-reader.ts';
import type { HoldWriter } from '../../records/hold/hold-writer.ts';
import type { SealFor } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

/** What legal holds stand on. */
export interface HoldPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly holds: HoldReader & HoldWriter;
  readonly agentSealer: SealFor;
}

export interface HoldAsk {
  readonly cover: HoldCover;
  readonly reason: string;
  /** When it ends by itself; undefined: only when two people lift it. */
  readonly until: Instant | undefined;
}

export interface HoldPut {
  readonly holdId: HoldId;
  readonly seq: number;
}

export interface LiftAsk {
  readonly holdId: HoldId;
  readonly reason: string;
}

export interface LiftOutcome {
  /** `asked`: somebody else has to confirm it. `lifted`: it no longer stands. */
  readonly state: 'asked' | 'lifted';
  /** Undefined when it was so already. */
  readonly seq: number | undefined;
}

export interface HoldShown {
  readonly holdId: HoldId;
  readonly seq: number;
  readonly cover: HoldCover;
  readonly until: Instant | undefined;
  /** Undefined when it can no longer be opened: whoever gave it was erased. */
  readonly reason: Plain<string> | undefined;
  readonly putBy: AgentId;
  readonly putAt: Instant;
  readonly liftAsked: { readonly by: AgentId; readonly at: Instant } | undefined;
  readonly lifted: { readonly by: AgentId; readonly at: Instant } | undefined;
}

/** Who puts legal holds on and lifts them. */
export const holdingRoles: readonly Role[] = ['responder', 'administrator'];

export const reasonCharsMin = 10;
export const reasonCharsMax = 500;
