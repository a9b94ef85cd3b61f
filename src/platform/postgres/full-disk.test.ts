import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Writers } from '../../../test/support/writers.ts';
import type { Database } from './database.ts';
import { asDatabaseFault } from './database-fault.ts';
import { type EmbeddedServer, type ServerNotice, startEmbedded } from './embedded-server.ts';
import { openDatabase } from './open-database.ts';

const mayMount =
  process.geteuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const skipped = mayMount
  ? ''
  : ' (skipped: only root with mount rights can make the small disk that this needs)';

const mountSmallDisk = (sizeMb: number): string => {
  const disk = join(temporaryDirectory(), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', disk]);
  if (mounted.status !== 0) throw new Error(`mount: ${mounted.stderr}`);
  onTestFinished(() => {
    spawnSync('umount', ['-l', disk]);
  });
  return disk;
};

/** Takes all space but a little, in one file. */
const fillUp = (disk: string, leaveBytes: number): string => {
  const path = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  const handle = openSync(path, 'w');
  const block = Buffer.alloc(65_536);
  try {
    for (let left = bavail * bsize - leaveBytes; left > 0; left -= block.length) writeSync(handle, block);
  } finally {
    closeSync(handle);
  }
  return path;
};

interface Scene {
  readonly disk: string;
  readonly server: EmbeddedServer;
  readonly db: Database<unknown>;
  readonly notices: ServerNotice['kind'][];
}

const setScene = async (): Promise<Scene> => {
  const disk = mountSmallDisk(160);
  const notices: ServerNotice['kind'][] = [];
  const server = await startEmbedded({
    dataDir: join(disk, 'd'),
    size: { memoryMb: 256 },
    onNotice: (notice) => notices.push(notice.kind),
  });
  onTestFinished(() => server.stop());
  const db = openDatabase(server.connection, { whyDown: () => server.whyDown() });
  onTestFinished(() => db.close());
  return { disk, server, db, notices };
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await pause(10);
};

describe.skipIf(!mayMount)(`on a full disk${skipped}`, { timeout: 120_000 }, () => {
  it('a write fails with storage-full, nothing acknowledged is lost, and freed space is enough to go on', async () => {
    const { disk, db, notices } = await setScene();
    const writers = await Writers.start(db, 4, 4_000);
    await writers.untilMoreAcknowledged(100);
    const ballast = fillUp(disk, 200_000);
    await until(() => writers.faultCodes.length > 20);
    rmSync(ballast);
    await writers.untilMoreAcknowledged(100);
    await writers.stop();
    expect(new Set(writers.faultCodes)).toEqual(new Set(['storage-full']));
    expect(await writers.countLost()).toBe(0);
    expect(notices).toEqual(['started']);
  });

  it('a server that died of it says so until there is space, then comes back by itself with every row', async () => {
    const { disk, server, db, notices } = await setScene();
    const writers = await Writers.start(db, 2);
    await writers.untilMoreAcknowledged(100);
    const ballast = fillUp(disk, 200_000);
    // The write-ahead log alone grows, so not even the trouble itself can be recorded: PostgreSQL has to give up.
    const growLog = async (): Promise<void> => {
      const text = `select pg_logical_emit_message(true, 'x', repeat(md5(random()::text), 20000))`;
      for (;;) await db.pool.query(text);
    };
    await growLog().catch(() => undefined);
    await until(() => server.whyDown() !== undefined);
    await until(() => server.findPid() === undefined);
    expect(await db.pool.query('select 1').catch(asDatabaseFault)).toMatchObject({ code: 'storage-full' });
    rmSync(ballast);
    await writers.untilMoreAcknowledged(100);
    await writers.stop();
    expect(server.whyDown()).toBeUndefined();
    expect(writers.faultCodes).not.toContain('bug');
    expect(await writers.countLost()).toBe(0);
    expect(notices).toEqual(['started', 'lost', 'storage-full', 'started']);
  });

  it('a first start says storage-full and leaves nothing half-made', async () => {
    const disk = mountSmallDisk(20);
    const fault = await startEmbedded({ dataDir: join(disk, 'd') }).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'storage-full', message: expect.stringContaining(disk) });
    spawnSync('mount', ['-o', 'remount,size=160m', disk]);
    const server = await startEmbedded({ dataDir: join(disk, 'd'), size: { memoryMb: 256 } });
    await server.stop();
  });
});
