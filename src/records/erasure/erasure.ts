import { createHash } from 'node:crypto';
import type { AgentId, CustomerId, ErasureId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Role } from '../../model/role.ts';

/** Whose erasure: a customer, or an agent as a person with data of their own. */
export type ErasedSubject =
  | { readonly subjectClass: 'customer'; readonly id: CustomerId }
  | { readonly subjectClass: 'actor'; readonly id: AgentId };

/** On which ground it is done, GDPR article 17 (1) or its like elsewhere. */
export const erasureBases = [
  'no-longer-needed',
  'consent-withdrawn',
  'objection',
  'unlawful',
  'legal-duty',
  'child-service',
  'contract-ended',
] as const;
export type ErasureBasis = (typeof erasureBases)[number];

/**
 * `asked`: judged and written down. `ordered`: its entry is in the ledger. `destroyed`: the key and what the vault
 * held are gone, for good. `done`: everything else is gone too, and the second entry says so. `blocked`: a hold was
 * put on before anything was destroyed.
 */
export type ErasureState = 'asked' | 'ordered' | 'destroyed' | 'done' | 'blocked';

/** How many of each kind were destroyed. */
export interface DestroyedCounts {
  readonly keys: number;
  /** The row that held all sealed fields and masks. */
  readonly vaultRows: number;
  /** Blind indexes by which the customer was found. */
  readonly lookUps: number;
  /** Sealed disclosures, one an entry. */
  readonly disclosures: number;
  readonly approvals: number;
  readonly sessions: number;
  /** Rows that pointed to the person and now point to nobody. */
  readonly links: number;
}

export interface Erasure {
  readonly id: ErasureId;
  /** The organisation's own number of the request. */
  readonly request: string;
  readonly subjectClass: ErasedSubject['subjectClass'];
  /** Forgotten once nothing can be left under it. */
  readonly subjectId: string | undefined;
  readonly basis: ErasureBasis;
  readonly decidedBy: AgentId;
  readonly decidedRole: Role;
  readonly decidedAt: Instant;
  readonly state: ErasureState;
  readonly orderedKey: string;
  readonly doneKey: string;
  /** What stands in place of a customer's id, or of an agent's reference, from the destruction on. */
  readonly standIn: string;
  readonly orderedSeq: number | undefined;
  readonly destroyedAt: Instant | undefined;
  readonly destroyed: DestroyedCounts;
  readonly doneSeq: number | undefined;
  readonly doneAt: Instant | undefined;
  /** Disclosures of the two entries, for the certificate. */
  readonly orderedTold: readonly string[] | undefined;
  readonly doneTold: readonly string[] | undefined;
}

/** What is kept of an id for ever, so that asking twice is answered once: nobody can guess 131 bits of chance. */
export const subjectHash = (id: string): Buffer => createHash('sha256').update(id).digest();
