import type { CookieSerializeOptions } from '@fastify/cookie';
import { exposePlaintext, type Plain } from '../../../model/plain.ts';

/** The cookies of one origin. Over https their names carry `__Host-`, which binds them to it alone (RFC 6265bis). */
export interface DoorCookies {
  readonly session: string;
  readonly signIn: string;
  readonly secure: boolean;
}

export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * @throws Error when the origin is neither https nor plain http on this machine: a session cookie would cross
 * the network readable.
 */
export const doorCookies = (ownOrigin: URL): DoorCookies => {
  if (ownOrigin.protocol === 'https:')
    return { session: '__Host-casebound', signIn: '__Host-casebound-sign-in', secure: true };
  if (ownOrigin.protocol === 'http:' && loopbackNames.includes(ownOrigin.hostname))
    return { session: 'casebound', signIn: 'casebound-sign-in', secure: false };
  throw new Error(
    `the public address ${ownOrigin.origin} must be https, or http on localhost: put a TLS proxy in front`,
  );
};

/** Strict: no other site can make a browser send it. It ends with the browser; the server ends it before that. */
export const sessionCookieOptions = (cookies: DoorCookies): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  secure: cookies.secure,
  sameSite: 'strict',
});

export const signInMaxMs = 10 * 60_000;

/** Lax: the provider sends the browser back from another site, and this must come along. */
export const signInCookieOptions = (cookies: DoorCookies): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  secure: cookies.secure,
  sameSite: 'lax',
  maxAge: signInMaxMs / 1_000,
});

/** The one place where a session's token leaves its wrapper, towards the browser it was made for. */
export const cookieValue = (token: Plain<string>): string => exposePlaintext(token);
