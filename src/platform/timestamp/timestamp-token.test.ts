import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { opensslVersion, timestampAuthority } from '../../../test/support/timestamp-authority.ts';
import { readTimestampAnswer, timestampRequest } from './timestamp-token.ts';

const openssl = opensslVersion();
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

describe.skipIf(openssl === undefined)(
  `timestamps of RFC 3161, answered by openssl ${openssl ? '' : 'skipped: openssl is not installed'}`,
  () => {
    const authorities = openssl ? [timestampAuthority('rsa:2048'), timestampAuthority('ec')] : [];
    afterAll(() => {
      for (const authority of authorities) authority.remove();
    });
    const [rsa, elliptic] = authorities;
    const ask = { digest: digestOf('a checkpoint'), nonce: randomBytes(16) };
    const answer = rsa?.reply(timestampRequest(ask)) ?? Buffer.of();

    it('are read, whatever kind of key the service has, and openssl agrees', () => {
      for (const authority of [rsa, elliptic]) {
        const bytes = authority?.reply(timestampRequest(ask)) ?? Buffer.of();
        const { at } = readTimestampAnswer(bytes, ask);
        expect(Math.abs(at - Date.now())).toBeLessThan(3_600_000);
        const folder = temporaryDirectory();
        writeFileSync(join(folder, 'answer.tsr'), bytes);
        writeFileSync(join(folder, 'stamped'), 'a checkpoint');
        const words = [
          'ts',
          '-verify',
          '-in',
          'answer.tsr',
          '-data',
          'stamped',
          '-CAfile',
          authority?.caFile ?? '',
        ];
        expect(String(execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' }))).toMatch(/OK/);
      }
    });

    it('are refused for other bytes, and for another question', () => {
      expect(() => readTimestampAnswer(answer, { ...ask, digest: digestOf('another') })).toThrow(
        /something else/,
      );
      expect(() => readTimestampAnswer(answer, { ...ask, nonce: randomBytes(16) })).toThrow(/nonce/);
    });

    it('are refused when any byte of what is signed was changed', () => {
      const start = answer.indexOf(ask.digest);
      for (const at of [start, start + 31, answer.length - 1, answer.length - 40]) {
        const bent = Buffer.from(answer);
        bent[at] = (bent[at] ?? 0) ^ 1;
        expect(() => readTimestampAnswer(bent, ask), `byte ${at}`).toThrow(/^timestamp: /);
      }
    });

    it('are refused when the service refuses, and when the answer is no answer', () => {
      const refused = Buffer.from('30053003020102', 'hex');
      expect(() => readTimestampAnswer(refused, ask)).toThrow(/refused \(status 2\)/);
      for (const bytes of [Buffer.of(), Buffer.from('<html>'), answer.subarray(0, 200), randomBytes(500)])
        expect(() => readTimestampAnswer(bytes, ask)).toThrow(
          expect.objectContaining({ code: 'not-verified' }),
        );
    });

    it('survive a nonce that begins with zeros or with a sign bit', () => {
      for (const nonce of [Buffer.alloc(16), Buffer.alloc(16, 255)]) {
        const own = { ...ask, nonce };
        expect(() =>
          readTimestampAnswer(rsa?.reply(timestampRequest(own)) ?? Buffer.of(), own),
        ).not.toThrow();
      }
    });
  },
);
