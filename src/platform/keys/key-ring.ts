import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import type { LookupKind } from '../../model/field.ts';
import type { Chance } from '../../model/ports.ts';
import type { KeyEncryption, WrappedKey } from './key-encryption.ts';
import { keySealer, type Sealer, SubjectKey } from './subject-key.ts';

type HashUse = LookupKind | 'customer-ref' | 'reason';

/** The key material of a ring. `keys` are by id; ids are derived from the key itself, see `ringKeyId`. */
export interface RingMaterial {
  /** The wrapping key that new subject keys are wrapped under. */
  readonly currentId: string;
  readonly wrappingKeys: ReadonlyMap<string, Uint8Array>;
  readonly hashKey: Uint8Array;
}

export const ringKeyBytes = 32;
const hashBytes = 16;

/**
 * The id of a key: its kind and 16 hex digits of an HMAC under the key itself. A key that was damaged or put in
 * another's place no longer fits its id.
 */
export const ringKeyId = (kind: 'kek' | 'hash', key: Uint8Array): string =>
  `${kind}_${createHmac('sha256', key).update(`\u0001casebound ${kind} id`).digest('hex').slice(0, 16)}`;

/** Fresh material for a new ring: one wrapping key and the hash key. */
export const generateRing = (chance: Chance): RingMaterial => {
  const key = chance.bytes(ringKeyBytes);
  const currentId = ringKeyId('kek', key);
  return { currentId, wrappingKeys: new Map([[currentId, key]]), hashKey: chance.bytes(ringKeyBytes) };
};

const wrapContext = (subjectId: string): string => `casebound subject key ${subjectId}`;

/** A long import hears of a new wrapping key after this many keys; a server asks every minute. */
const wrapsPerReread = 1_000;

/** Reads the ring anew from where it is kept. */
type RereadRing = () => Promise<RingMaterial>;

/**
 * Key encryption with the keys in this process's memory. Adapters differ only in where the material comes from
 * (see key-ring-file.ts); tests make their own with `generateRing`. Another process may change the wrapping key at
 * any time: a key wrapped under one that is not known here makes the ring be read again.
 */
export class KeyRing implements KeyEncryption {
  /** Says which hash key this is without telling it. */
  readonly hashKeyId: string;
  readonly #hashKey: KeyObject;
  readonly #hashKeyByUse = new Map<HashUse, KeyObject>();
  readonly #chance: Chance;
  readonly #reread: RereadRing | undefined;
  #currentId = '';
  #wrapping: ReadonlyMap<string, Sealer> = new Map();
  #wrapsLeft = wrapsPerReread;

  constructor(material: RingMaterial, chance: Chance, reread?: RereadRing) {
    this.#chance = chance;
    this.#reread = reread;
    this.#hashKey = createSecretKey(material.hashKey);
    this.hashKeyId = ringKeyId('hash', material.hashKey);
    this.adopt(material);
  }

  get wrappingKeyId(): string {
    return this.#currentId;
  }

  /** Ids of all wrapping keys that open here, the current one first. */
  get wrappingKeyIds(): readonly string[] {
    return [this.#currentId, ...[...this.#wrapping.keys()].filter((id) => id !== this.#currentId)];
  }

  /** Takes these wrapping keys in place of those it had. @throws Fault `vault-closed` for another hash key */
  adopt(material: RingMaterial): void {
    if (ringKeyId('hash', material.hashKey) !== this.hashKeyId)
      throw new Fault('vault-closed', 'the key ring was replaced by another one: restore the one it was');
    this.#currentId = material.currentId;
    this.#wrapping = new Map(
      [...material.wrappingKeys].map(([id, key]) => [id, keySealer(key, this.#chance)] as const),
    );
  }

  /** Hears of wrapping keys that another process made or destroyed. @throws Fault `vault-closed` */
  async refresh(): Promise<void> {
    if (this.#reread) this.adopt(await this.#reread());
  }

  async wrap(key: SubjectKey, subjectId: string): Promise<WrappedKey> {
    this.#wrapsLeft -= 1;
    if (this.#wrapsLeft < 0) {
      await this.refresh();
      this.#wrapsLeft = wrapsPerReread;
    }
    const wrappingKeyId = this.#currentId;
    const raw = key.exposeForWrapping();
    const wrapped = this.#sealerOf(wrappingKeyId).seal(raw, wrapContext(subjectId));
    raw.fill(0);
    return { wrappingKeyId, wrapped };
  }

  async unwrap(wrapped: WrappedKey, subjectId: string): Promise<SubjectKey> {
    if (!this.#wrapping.has(wrapped.wrappingKeyId)) await this.refresh();
    const raw = this.#sealerOf(wrapped.wrappingKeyId).open(wrapped.wrapped, wrapContext(subjectId));
    if (raw.length !== ringKeyBytes) throw new Fault('vault-closed', 'a wrapped key has a wrong length');
    const key = new SubjectKey(raw, this.#chance);
    raw.fill(0);
    return key;
  }

  hash(use: HashUse, normalised: string): Buffer {
    return createHmac('sha256', this.#keyFor(use)).update(normalised).digest().subarray(0, hashBytes);
  }

  /** Seals what only this organisation's gateways should open: the ticket of a sign-in under way. */
  sealerFor(use: 'sign-in'): Sealer {
    return keySealer(
      createHmac('sha256', this.#hashKey).update(`\u0001casebound seal ${use}`).digest(),
      this.#chance,
    );
  }

  #sealerOf(id: string): Sealer {
    const sealer = this.#wrapping.get(id);
    if (sealer) return sealer;
    throw new Fault(
      'vault-closed',
      `the key ring lacks the wrapping key ${id}: restore the ring that has it`,
    );
  }

  // One derived key a use, so that equal values in different uses leave unequal hashes.
  #keyFor(use: HashUse): KeyObject {
    const known = this.#hashKeyByUse.get(use);
    if (known) return known;
    const derived = createSecretKey(
      createHmac('sha256', this.#hashKey).update(`\u0001casebound hash ${use}`).digest(),
    );
    this.#hashKeyByUse.set(use, derived);
    return derived;
  }
}
