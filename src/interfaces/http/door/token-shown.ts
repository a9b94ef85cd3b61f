import { hashSessionToken } from '../../../records/session/session-token.ts';
import type { DoorCookies } from './session-cookie.ts';

export interface TokenShown {
  /** By this the session is found. The token itself goes no further than here. */
  readonly hash: Buffer;
  readonly by: 'cookie' | 'bearer';
}

/**
 * The token that a request shows: from `Authorization: Bearer`, else from the cookie. Undefined when it shows
 * none, or something that none of our tokens looks like.
 */
export const tokenShown = (
  told: {
    readonly authorization: string | undefined;
    readonly cookies: Readonly<Record<string, string | undefined>>;
  },
  cookies: DoorCookies,
): TokenShown | undefined => {
  const by = told.authorization === undefined ? 'cookie' : 'bearer';
  const token =
    by === 'cookie' ? told.cookies[cookies.session] : /^Bearer (\S+)$/i.exec(told.authorization ?? '')?.[1];
  const hash = token === undefined ? undefined : hashSessionToken(token);
  return hash && { hash, by };
};
