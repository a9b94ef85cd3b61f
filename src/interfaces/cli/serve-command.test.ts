import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';

const main = join(import.meta.dirname, 'main.ts');
const settings = {
  CASEBOUND_OIDC_ISSUER: 'http://127.0.0.1:9/',
  CASEBOUND_OIDC_CLIENT_ID: 'casebound',
  CASEBOUND_CASE_WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
};
const { DATABASE_URL: _, ...environment } = process.env;

// Starts a whole server with its own database: on a busy machine that takes its time.
describe('casebound serve', { timeout: 180_000 }, () => {
  it('says where it is ready, answers there, and stops cleanly when told to', async () => {
    const data = temporaryDirectory();
    const child = spawn(process.execPath, [main, 'serve', '--data', data, '--port', '0'], {
      env: { ...environment, ...settings },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(line).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/);
    const { status } = await fetch(`${line.slice('ready '.length)}/healthz`);
    expect(status).toBe(200);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it.each([
    [
      { CASEBOUND_OIDC_ISSUER: '' },
      [],
      'CASEBOUND_OIDC_ISSUER: is not set; it names your OpenID Connect provider',
    ],
    [{}, ['--port', 'http'], '--port: must be a number from 0 to 65535'],
  ])('with %j and %j is wrong use, and the one line names the setting', (wrong, words, line) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'serve', ...words], {
      env: { ...environment, ...settings, ...wrong },
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `casebound: ${line}\n` });
  });
});
