import type { ErasureId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Role } from '../../model/role.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { ErasedSubject, Erasure, ErasureBasis } from '../../records/erasure/erasure.ts';
import type { ErasureReader } from '../../records/erasure/erasure-reader.ts';
import type { ErasureWriter } from '../../records/erasure/erasure-writer.ts';
import type { SealFor } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

/** What erasing a person stands on. */
export interface ErasePorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly erasures: ErasureReader & ErasureWriter;
  readonly agentSealer: SealFor;
  /** The disclosures of an entry's actor class. @throws Fault `not-found` when they are gone */
  readonly readTold: (seq: number, sealer: Sealer) => Promise<readonly string[]>;
}

export interface ErasureAsk {
  readonly subject: ErasedSubject;
  /** The organisation's own number of the request: letters, digits, `.`, `_` and `-`, no personal data. */
  readonly request: string;
  readonly basis: ErasureBasis;
}

export interface ErasureOutcome {
  readonly erasureId: ErasureId;
  readonly request: string;
  readonly state: Erasure['state'];
  readonly decidedAt: Instant;
  readonly doneAt: Instant | undefined;
  /** True when this person had been erased before, or was being erased: nothing new was begun. */
  readonly repeated: boolean;
}

/** Who decides on an erasure: privacy officers and administrators of the organisation. */
export const erasingRoles: readonly Role[] = ['responder', 'administrator'];

export const requestPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
