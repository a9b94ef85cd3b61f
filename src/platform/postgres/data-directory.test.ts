import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tryHoldServer } from '../../../test/support/server-holder.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { dataDirectoryAt, prepareDataDirectory, prepareSocketDirectory } from './data-directory.ts';
import { startEmbedded } from './embedded-server.ts';
import { chooseServerAccount, type ServerAccount } from './server-account.ts';

const isRoot = process.geteuid?.() === 0;
const whyNot = isRoot ? '' : ' (skipped: only root can take another account)';

const prepare = (path: string) => prepareDataDirectory(path, chooseServerAccount);

describe('a directory that the database may not use', () => {
  it('is refused with one line when a file is in the way', async () => {
    const path = join(temporaryDirectory(), 'd');
    writeFileSync(path, 'mine');
    await expect(prepare(path)).rejects.toMatchObject({
      code: 'storage-unusable',
      message: `cannot use ${path} for the database (it is a file, not a directory): give another directory with --data, or correct this one`,
    });
  });

  it('is refused with one line when part of its path is a file', async () => {
    const file = join(temporaryDirectory(), 'f');
    writeFileSync(file, 'mine');
    await expect(prepare(join(file, 'd'))).rejects.toMatchObject({
      message: expect.stringContaining('part of the path is a file'),
    });
  });

  it('is refused when it holds other things, and those are left alone', async () => {
    const path = temporaryDirectory();
    writeFileSync(join(path, 'letters.txt'), 'mine');
    const before = lstatSync(path);
    await expect(prepare(path)).rejects.toMatchObject({
      message: expect.stringContaining('it holds other things, such as letters.txt'),
    });
    expect(lstatSync(path)).toMatchObject({ mode: before.mode, uid: before.uid });
  });

  it('is refused when its links go round in circles', async () => {
    const path = join(temporaryDirectory(), 'd');
    symlinkSync(path, path);
    await expect(prepare(path)).rejects.toMatchObject({ code: 'storage-unusable' });
  });

  it.skipIf(!isRoot)(
    `is refused when the server's account cannot enter a directory above it${whyNot}`,
    async () => {
      const closed = join(temporaryDirectory(), 'closed');
      mkdirSync(closed, { mode: 0o700 });
      await expect(prepare(join(closed, 'd'))).rejects.toMatchObject({
        code: 'storage-unusable',
        message: expect.stringMatching(
          new RegExp(`cannot enter ${closed}\\): give a directory that it can reach with --data`),
        ),
      });
    },
  );

  it.skipIf(!isRoot)(`is refused when an ordinary account may not write there${whyNot}`, async () => {
    const path = join(temporaryDirectory(), 'd');
    expect(await tryHoldServer(path, { uid: 65_534, gid: 65_534 })).toMatchObject({
      fault: {
        code: 'storage-unusable',
        message: `cannot use ${path} for the database (no permission): give another directory with --data, or correct this one`,
      },
    });
  });

  it.skipIf(!isRoot)(`is refused when its cluster belongs to another account${whyNot}`, async () => {
    const path = temporaryDirectory();
    mkdirSync(join(path, 'cluster'));
    await expect(prepare(path)).rejects.toMatchObject({
      message: expect.stringMatching(/it belongs to uid 0\): chown -R \d+:\d+ /),
    });
  });
});

describe('an ordinary account', { timeout: 120_000 }, () => {
  it.skipIf(!isRoot)(
    `runs the server as itself, and root then serves from what it made${whyNot}`,
    async () => {
      const path = temporaryDirectory();
      chownSync(path, 65_534, 65_534);
      const held = await tryHoldServer(join(path, 'd'), { uid: 65_534, gid: 65_534 });
      if ('fault' in held) throw new Error(held.fault.message);
      expect(lstatSync(`/proc/${held.serverPid}`).uid).toBe(65_534);
      held.process.kill('SIGTERM');
      const server = await startEmbedded({ dataDir: join(path, 'd') });
      onTestFinished(() => server.stop());
      expect(lstatSync(`/proc/${server.findPid()}`).uid).toBe(65_534);
    },
  );
});

describe('the directory of the socket', { timeout: 120_000 }, () => {
  const account: ServerAccount | undefined = chooseServerAccount('/nowhere');

  it('is inside the data directory as long as the path fits into a socket address', () => {
    const path = temporaryDirectory();
    expect(prepareSocketDirectory(dataDirectoryAt(path), account)).toBe(join(path, 'socket'));
  });

  const tooLong = `/tmp/${'long/'.repeat(20)}d`;
  const elsewhere = `/tmp/casebound-${createHash('sha256').update(tooLong).digest('hex').slice(0, 20)}`;

  it('is a private one in /tmp when the path is too long', () => {
    onTestFinished(() => rmdirSync(elsewhere));
    expect(prepareSocketDirectory(dataDirectoryAt(tooLong), account)).toBe(elsewhere);
    expect(lstatSync(elsewhere).mode & 0o777).toBe(0o700);
    expect(prepareSocketDirectory(dataDirectoryAt(tooLong), account)).toBe(elsewhere);
  });

  it.skipIf(!isRoot)(
    `is refused when another account made it first, which could listen there${whyNot}`,
    () => {
      mkdirSync(elsewhere, { mode: 0o777 });
      chownSync(elsewhere, 12_345, 12_345);
      chmodSync(elsewhere, 0o777);
      onTestFinished(() => rmdirSync(elsewhere));
      expect(() => prepareSocketDirectory(dataDirectoryAt(tooLong), account)).toThrow('is not ours');
      expect(existsSync(elsewhere)).toBe(true);
    },
  );

  it('lets a server live under a path that no socket address could hold', async () => {
    const dataDir = join(temporaryDirectory(), 'long'.repeat(25), 'd');
    const server = await startEmbedded({ dataDir, withoutDurabilityForTests: true });
    onTestFinished(() => rmdirSync(server.connection.directory));
    expect(server.connection.directory).toMatch(/^\/tmp\/casebound-[0-9a-f]{20}$/);
    await server.stop();
  });
});
