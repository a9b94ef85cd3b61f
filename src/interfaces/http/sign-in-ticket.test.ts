import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { instantOf, later } from '../../model/instant.ts';
import { keySealer } from '../../platform/keys/subject-key.ts';
import { signInMaxMs } from './door/session-cookie.ts';
import { openTicket, sealTicket } from './sign-in-ticket.ts';

const chance = { bytes: (count: number) => randomBytes(count) };
const sealer = keySealer(chance.bytes(32), chance);
const now = instantOf(1_000_000);
const pending = { state: 'state', nonce: 'nonce', verifier: 'verifier' };
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'opened';
  } catch (thrown) {
    return isFault(thrown) ? thrown.code : 'not a fault';
  }
};

describe('the ticket of a sign-in', () => {
  it('opens to what was sealed, and shows none of it', () => {
    fc.assert(
      fc.property(fc.record({ state: fc.string(), nonce: fc.string(), verifier: fc.string() }), (secrets) => {
        expect(openTicket(sealTicket(secrets, now, sealer), now, sealer)).toEqual(secrets);
      }),
    );
    expect(Buffer.from(sealTicket(pending, now, sealer), 'base64url').toString('latin1')).not.toContain(
      'verifier',
    );
  });

  it('is refused when it is missing, too old, from the future, or not sealed by us', () => {
    const ticket = sealTicket(pending, now, sealer);
    const other = keySealer(chance.bytes(32), chance);
    expect(codeOf(() => openTicket(ticket, later(now, signInMaxMs), sealer))).toBe('opened');
    expect(codeOf(() => openTicket(ticket, later(now, signInMaxMs + 1), sealer))).toBe('sign-in-failed');
    expect(codeOf(() => openTicket(ticket, later(now, -1), sealer))).toBe('sign-in-failed');
    expect(codeOf(() => openTicket(undefined, now, sealer))).toBe('sign-in-failed');
    expect(codeOf(() => openTicket(ticket, now, other))).toBe('sign-in-failed');
    const sealedOtherwise = sealer.seal(
      Buffer.from(JSON.stringify({ ...pending, at: now })),
      'something else',
    );
    expect(codeOf(() => openTicket(sealedOtherwise.toString('base64url'), now, sealer))).toBe(
      'sign-in-failed',
    );
  });

  it('is refused whatever text stands in its place', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(codeOf(() => openTicket(text, now, sealer))).toBe('sign-in-failed');
      }),
    );
  });
});
