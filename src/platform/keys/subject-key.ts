import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import { exposePlaintext, type Plain, plain } from '../../model/plain.ts';
import type { Chance } from '../../model/ports.ts';

/** Seals and opens under one key. `context` is bound in as associated data: bytes moved elsewhere do not open. */
export interface Sealer {
  seal(plaintext: Uint8Array, context: string): Buffer;
  /** @throws Fault `vault-closed` when the bytes, the key or the context are not the ones that were sealed. */
  open(sealed: Uint8Array, context: string): Buffer;
}

export type SealPurpose = 'vault' | 'ledger';

const nonceBytes = 12;
const tagBytes = 16;

const aesGcm = (key: KeyObject, chance: Chance): Sealer => ({
  // NIST SP 800-38D: a random 96-bit nonce is safe for 2^32 seals under one key; one customer has far fewer.
  seal(plaintext, context) {
    const nonce = chance.bytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(context));
    const body = cipher.update(plaintext);
    cipher.final();
    return Buffer.concat([nonce, body, cipher.getAuthTag()]);
  },
  open(sealed, context) {
    try {
      if (sealed.length < nonceBytes + tagBytes) throw new RangeError('too short to be sealed');
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
      decipher.final();
      return body;
    } catch (cause) {
      throw new Fault('vault-closed', 'sealed bytes do not open under this key and context', { cause });
    }
  },
});

/**
 * The key of one customer or one agent: 32 random bytes, from which a key for each purpose is derived
 * (HMAC-SHA-256 as in NIST SP 800-108 counter mode with a single block). Destroying it ends everything sealed under it.
 */
export class SubjectKey {
  readonly #master: Plain<KeyObject>;
  readonly #chance: Chance;
  readonly #sealers = new Map<SealPurpose, Sealer>();

  constructor(master: Uint8Array, chance: Chance) {
    if (master.length !== 32) throw new RangeError('a subject key has 32 bytes');
    this.#master = plain(createSecretKey(master));
    this.#chance = chance;
  }
  static generate(chance: Chance): SubjectKey {
    return new SubjectKey(chance.bytes(32), chance);
  }
  sealer(purpose: SealPurpose): Sealer {
    const known = this.#sealers.get(purpose);
    if (known) return known;
    const derived = createHmac('sha256', exposePlaintext(this.#master))
      .update(`\u0001casebound ${purpose}`)
      .digest();
    const sealer = aesGcm(createSecretKey(derived), this.#chance);
    this.#sealers.set(purpose, sealer);
    return sealer;
  }
  /** The raw bytes, for wrapping only. */
  exposeForWrapping(): Buffer {
    return exposePlaintext(this.#master).export();
  }
  /** The raw bytes, for a thread of this process that seals for this subject. Erase them when it has them. */
  exposeForSealing(): Buffer {
    return exposePlaintext(this.#master).export();
  }
}

export const keySealer = (key: Uint8Array, chance: Chance): Sealer => aesGcm(createSecretKey(key), chance);
