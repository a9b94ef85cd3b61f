import { domainToASCII } from 'node:url';
import { stripInvisible } from './strip-invisible.ts';

/** RFC 5321 4.5.3.1: 64 octets of local part, 254 of address. */
const localCharsMax = 64;
const addressCharsMax = 254;
const asciiDomain = /^[a-z0-9.-]+$/;
const dottedDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * One form for all ways of writing an e-mail address: no blanks around, NFKC, lower case, the domain in ASCII
 * (RFC 5890), `mailto:` and angle brackets taken off. What stands after a plus stays: two people may differ by it.
 * Undefined when the text is no address.
 */
export const normaliseEmail = (text: string): string | undefined => {
  if (text.length > addressCharsMax * 2) return undefined;
  const folded = stripInvisible(text).normalize('NFKC').toLowerCase().normalize('NFKC');
  const bare = folded
    .trim()
    .replace(/^<(.*)>$/u, '$1')
    .replace(/^mailto:/, '')
    .trim();
  const at = bare.lastIndexOf('@');
  const local = bare.slice(0, at);
  if (at < 1 || local.length > localCharsMax || /[\s@<>,;:"()\p{Cc}]/u.test(local)) return undefined;
  const written = bare.slice(at + 1).replace(/\.$/, '');
  const domain = asciiDomain.test(written) ? written : domainToASCII(written);
  const address = `${local}@${domain}`;
  return dottedDomain.test(domain) && address.length <= addressCharsMax ? address : undefined;
};
