import { describe, expect, it } from 'vitest';
import { comesFromOwnPage, isSafe } from './same-origin.ts';

const own = 'https://casebound.example';
const comes = (origin: string | undefined, fetchSite?: string) =>
  comesFromOwnPage({ origin, fetchSite }, own);

describe('a request with a cookie', () => {
  it('comes from our own page when the browser names our origin, or none and says same-origin', () => {
    expect(comes(own)).toBe(true);
    expect(comes(undefined, 'same-origin')).toBe(true);
  });

  it('comes from elsewhere when the browser names another origin, whatever else it says', () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://casebound.example',
      `${own}.evil.example`,
      `${own}:8443`,
    ])
      expect(comes(origin, 'same-origin')).toBe(false);
  });

  it('is not taken for one of ours when the browser says nothing', () => {
    for (const site of [undefined, 'none', 'same-site', 'cross-site'])
      expect(comes(undefined, site)).toBe(false);
  });

  it('may only read without that check', () => {
    expect(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(isSafe)).toEqual([
      'GET',
      'HEAD',
      'OPTIONS',
    ]);
  });
});
