import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Fault } from '../../model/fault.ts';
import { type Instant, instantOf } from '../../model/instant.ts';
import type { PendingSignIn } from '../../platform/identity/identity-provider.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { signInMaxMs } from './door/session-cookie.ts';

const context = 'sign-in ticket v1';
const ticketCharsMax = 1_000;
const ticketShape = Compile(
  Type.Object({
    state: Type.String(),
    nonce: Type.String(),
    verifier: Type.String(),
    at: Type.Integer(),
  }),
);

/** What the browser keeps while its person is away signing in: sealed, so it can neither be read nor made up. */
export const sealTicket = (pending: PendingSignIn, now: Instant, sealer: Sealer): string => {
  const { state, nonce, verifier } = pending;
  return sealer
    .seal(Buffer.from(JSON.stringify({ state, nonce, verifier, at: now })), context)
    .toString('base64url');
};

const failed = (inward: string, cause?: unknown): Fault => new Fault('sign-in-failed', inward, { cause });

const readTicket = (ticket: string, sealer: Sealer) => {
  try {
    return ticketShape.Parse(JSON.parse(sealer.open(Buffer.from(ticket, 'base64url'), context).toString()));
  } catch (cause) {
    throw failed('the ticket was not sealed by us', cause);
  }
};

/** @throws Fault `sign-in-failed` when there is none, it is not ours, or it is too old. */
export const openTicket = (ticket: string | undefined, now: Instant, sealer: Sealer): PendingSignIn => {
  if (ticket === undefined || ticket.length > ticketCharsMax) throw failed('the browser brought no ticket');
  const { at, ...pending } = readTicket(ticket, sealer);
  const age = now - instantOf(at);
  if (age < 0 || age > signInMaxMs) throw failed('the ticket is too old');
  return pending;
};
