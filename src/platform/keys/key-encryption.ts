import type { LookupKind } from '../../model/field.ts';
import type { SubjectKey } from './subject-key.ts';

/** A subject's key as the database holds it: useless without the key-encryption key of that id. */
export interface WrappedKey {
  readonly wrappingKeyId: string;
  readonly wrapped: Buffer;
}

/**
 * The key-encryption key behind a port: a file now, a key management service later. It also makes the keyed
 * hashes by which values are found without being readable.
 */
export interface KeyEncryption {
  wrap(key: SubjectKey, subjectId: string): Promise<WrappedKey>;
  /** @throws Fault `vault-closed` when the key-encryption key is missing or does not fit. */
  unwrap(wrapped: WrappedKey, subjectId: string): Promise<SubjectKey>;
  /**
   * HMAC-SHA-256, first 16 bytes, under a key derived for this use alone. The value must already be normalised.
   * `customer-ref` hashes the help desk's own reference of a customer; `reason` a reason's normalised text.
   */
  hash(use: LookupKind | 'customer-ref' | 'reason', normalised: string): Buffer;
}

/**
 * Changing the key-encryption key, behind a port as well: a file's keys are written anew, a key management service
 * makes a version and schedules the older ones for destruction.
 */
export interface KeyRotation {
  /** Ids of all wrapping keys that open now, the current one first. */
  wrappingKeyIds(): Promise<readonly string[]>;
  /**
   * Makes a new wrapping key and makes it the current one; the older ones still open. Durable when it resolves.
   * @returns its id
   */
  addWrappingKey(): Promise<string>;
  /**
   * Destroys every wrapping key but the current one: nothing wrapped under them opens ever again.
   * @returns the ids of those destroyed
   */
  destroyOldWrappingKeys(): Promise<readonly string[]>;
}
