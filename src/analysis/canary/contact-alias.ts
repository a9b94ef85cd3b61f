import { createHmac, timingSafeEqual } from 'node:crypto';
import { exposePlaintext, type Plain } from '../../model/plain.ts';

/** Whose view of whom an alias stands for. Another epoch gives another alias, when one was burnt. */
export interface AliasFor {
  readonly agent: string;
  readonly customer: string;
  readonly epoch: number;
}

/** Crockford's base 32 in lower case, without letters that are mistaken for others. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const aliasBytes = 10;

const digestOf = (key: Plain<Uint8Array>, { agent, customer, epoch }: AliasFor): Buffer => {
  // Lengths go in with the names: ("a", "bc") and ("ab", "c") are two pairs.
  const text = JSON.stringify(['casebound alias 1', agent, customer, epoch]);
  return createHmac('sha256', exposePlaintext(key)).update(text).digest().subarray(0, aliasBytes);
};

/**
 * The contact that one account is shown for one customer instead of the real one: sixteen letters and digits, 80 bits
 * of HMAC-SHA-256. Nobody without the key can tell whose it is, nor make one; the same pair always gets the same.
 */
export const contactAlias = (key: Plain<Uint8Array>, pair: AliasFor): string => {
  const digest = digestOf(key, pair);
  let alias = '';
  for (let bit = 0; bit < aliasBytes * 8; bit += 5) {
    const word = ((digest[bit >> 3] as number) << 8) | (digest[(bit >> 3) + 1] ?? 0);
    alias += letters[(word >> (11 - (bit & 7))) & 31];
  }
  return alias;
};

/** Does this alias stand for this pair? In constant time. */
export const isAliasOf = (key: Plain<Uint8Array>, alias: string, pair: AliasFor): boolean => {
  const own = Buffer.from(contactAlias(key, pair));
  const other = Buffer.from(alias.toLowerCase());
  return own.length === other.length && timingSafeEqual(own, other);
};
