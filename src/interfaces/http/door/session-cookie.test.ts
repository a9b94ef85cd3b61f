import { describe, expect, it } from 'vitest';
import { doorCookies, sessionCookieOptions, signInCookieOptions } from './session-cookie.ts';

describe('the session’s cookie', () => {
  it('is bound to the host and to https', () => {
    const cookies = doorCookies(new URL('https://casebound.example'));
    expect(cookies.session).toBe('__Host-casebound');
    expect(sessionCookieOptions(cookies)).toEqual({
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
    });
    expect(signInCookieOptions(cookies)).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax' });
  });

  it('does without https on this machine alone', () => {
    for (const origin of ['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:2'])
      expect(doorCookies(new URL(origin))).toMatchObject({ session: 'casebound', secure: false });
    for (const origin of [
      'http://casebound.example',
      'http://10.0.0.1:8080',
      'ftp://localhost',
      'http://localhost.evil.example',
    ])
      expect(() => doorCookies(new URL(origin))).toThrow(/must be https/);
  });
});
