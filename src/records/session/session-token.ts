import { hash } from 'node:crypto';
import { type Plain, plain } from '../../model/plain.ts';
import type { Chance } from '../../model/ports.ts';

/** What the cookie holds: 32 random bytes as 43 characters of base64url. Whoever has it is the agent. */
export type SessionToken = Plain<string>;

const tokenBytes = 32;
const shape = /^[A-Za-z0-9_-]{43}$/;

export const newSessionToken = (chance: Chance): { readonly token: SessionToken; readonly hash: Buffer } => {
  const text = Buffer.from(chance.bytes(tokenBytes)).toString('base64url');
  return { token: plain(text), hash: hashText(text) };
};

// A plain SHA-256 is enough: 256 bits of chance cannot be guessed, so there is nothing to slow down.
const hashText = (text: string): Buffer => hash('sha256', text, 'buffer');

/** The hash under which a session is found, or undefined when the text is no token of ours. */
export const hashSessionToken = (text: string): Buffer | undefined =>
  shape.test(text) ? hashText(text) : undefined;
