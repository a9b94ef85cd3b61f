import { chmodSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ended, holdServer, tryHoldServer } from '../../../test/support/server-holder.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Writers } from '../../../test/support/writers.ts';
import { asDatabaseFault } from './database-fault.ts';
import type { EmbeddedOptions, EmbeddedServer, ServerNotice } from './embedded-server.ts';
import { startEmbedded } from './embedded-server.ts';
import { openDatabase } from './open-database.ts';

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> => {
  const server = await startEmbedded({ dataDir, size: { memoryMb: 512 }, ...options });
  onTestFinished(() => server.stop());
  return server;
};

// One directory for the whole file: a cluster made anew for each test would take most of the time.
let dataDir = '';
beforeAll(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'casebound-test-')), 'd');
  chmodSync(dirname(dataDir), 0o755);
});
afterAll(() => rmSync(dirname(dataDir), { recursive: true, force: true, maxRetries: 10 }));

const words = (): string => readFileSync(join(dataDir, 'server.log'), 'utf8');

const pidOf = (server: EmbeddedServer): number => {
  const pid = server.findPid();
  if (pid === undefined) throw new Error('no server runs');
  return pid;
};

/** Not so of a process that has ended and only waits for its parent to take note. */
const isWorking = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).endsWith('/cluster');
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await pause(10);
};

describe('the embedded server', { timeout: 120_000 }, () => {
  it('listens on a private socket only and keeps what it acknowledged on disk', async () => {
    const server = await start();
    const db = openDatabase(server.connection);
    onTestFinished(() => db.close());
    const { rows } = await db.pool.query(
      `select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'synchronous_commit',
        'full_page_writes', 'data_checksums', 'server_encoding', 'log_min_error_statement') order by name`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      log_min_error_statement: 'panic',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
    expect(statSync(server.connection.directory).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const role = await db.pool.query(
      'select rolsuper, rolcreaterole from pg_roles where rolname = current_user',
    );
    expect(role.rows).toEqual([{ rolsuper: false, rolcreaterole: false }]);
  });

  it('writes nothing of a row or a statement into its log, not even when a statement kills it', async () => {
    const server = await start();
    const db = openDatabase(server.connection);
    onTestFinished(() => db.close());
    await db.pool.query('drop table if exists person');
    await db.pool.query('create table person (mail text primary key, age int)');
    const refused = async (text: string, values: unknown[] = []): Promise<void> => {
      await expect(db.pool.query(text, values)).rejects.toThrow();
    };
    await db.pool.query("insert into person values ('zoe@example.org', 1)");
    await refused("insert into person values ('zoe@example.org', 2)");
    await refused('insert into person values ($1, $2)', ['yan', 'zoe@example.org']);
    await refused("select 'zoe@example.org' from nowhere");
    await refused("do $$ begin raise warning 'zoe@example.org'; raise exception 'zoe@example.org'; end $$");
    const client = await db.pool.connect();
    client.on('error', () => undefined);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const dying = client.query("select 'zoe@example.org', pg_sleep(60)").catch(() => client.release(true));
    await pause(100);
    process.kill(rows[0]?.pid ?? Number.NaN, 'SIGKILL');
    await dying;
    await until(() => words().includes('was terminated by signal 9'));
    expect(words()).not.toContain('zoe@example.org');
  });

  it('comes back when it alone is killed under load, and has every row it acknowledged', async () => {
    const server = await start();
    const db = openDatabase(server.connection, { whyDown: () => server.whyDown() });
    onTestFinished(() => db.close());
    const writers = await Writers.start(db, 6);
    for (let round = 0; round < 2; round += 1) {
      await writers.untilMoreAcknowledged(200);
      const before = pidOf(server);
      process.kill(before, 'SIGKILL');
      await until(() => (server.findPid() ?? before) !== before);
      await writers.untilMoreAcknowledged(200);
    }
    await writers.stop();
    expect(new Set(writers.faultCodes)).toEqual(new Set(['storage-down']));
    expect(await writers.countLost()).toBe(0);
  });

  it('stops without hanging while it recovers from the death of one of its processes', async () => {
    const server = await start();
    const db = openDatabase(server.connection);
    onTestFinished(() => db.close());
    const { rows } = await db.pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? Number.NaN, 'SIGKILL');
    await until(() => words().trimEnd().endsWith('reinitializing'));
    await server.stop();
    expect(server.findPid()).toBeUndefined();
    // The orderly way is the one that hangs.
    expect(words().slice(words().lastIndexOf('reinitializing'))).not.toContain(
      'received fast shutdown request',
    );
  });

  it('is gone when stopping says so', async () => {
    for (let round = 0; round < 6; round += 1) {
      const server = await startEmbedded({ dataDir, size: { memoryMb: 512 } });
      const pid = pidOf(server);
      await server.stop();
      expect(isWorking(pid)).toBe(false);
    }
  });

  it('is given up with one clear line when it keeps dying', async () => {
    const notices: ServerNotice[] = [];
    const server = await start({
      onNotice: (notice) => {
        notices.push(notice);
        if (notice.kind === 'started' && notice.pid) process.kill(notice.pid, 'SIGKILL');
      },
    });
    const fault = await server.failed;
    expect(fault.code).toBe('storage-unusable');
    expect(fault.message).toContain(`the database in ${dataDir} died 6 times within a minute`);
    expect(notices.filter((notice) => notice.kind === 'started')).toHaveLength(6);
    const db = openDatabase(server.connection, { whyDown: () => server.whyDown() });
    onTestFinished(() => db.close());
    await until(() => server.findPid() === undefined);
    expect(await db.pool.query('select 1').catch(asDatabaseFault)).toMatchObject({
      code: 'storage-unusable',
    });
  });

  it('is joined by nobody else who wants to serve: the fault names the directory and the process', async () => {
    const held = await holdServer(dataDir);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      code: 'storage-unusable',
      message: expect.stringContaining(`the database in ${dataDir} is in use by process ${held.process.pid}`),
    });
    const db = openDatabase(held.connection);
    onTestFinished(() => db.close());
    expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('is shared with guests, who leave it running for the others', async () => {
    const held = await holdServer(dataDir);
    const guest = await startEmbedded({ dataDir, share: true });
    expect(guest.findPid()).toBe(held.serverPid);
    await guest.stop();
    expect(isWorking(held.serverPid)).toBe(true);
  });

  it('is started by a guest when there is none, and stopped by the last guest to leave', async () => {
    const first = await startEmbedded({ dataDir, share: true });
    const pid = pidOf(first);
    const second = await holdServer(dataDir, { share: true });
    await first.stop();
    expect(isWorking(pid)).toBe(true);
    second.process.stdin?.write('stop\n');
    await ended(second.process);
    expect(isWorking(pid)).toBe(false);
  });

  it('started by a guest is taken over by the process that serves', async () => {
    const guest = await startEmbedded({ dataDir, share: true });
    const server = await start();
    await guest.stop();
    expect(server.findPid()).toBeDefined();
    const before = pidOf(server);
    process.kill(before, 'SIGKILL');
    await until(() => (server.findPid() ?? before) !== before);
  });

  it('outlives a killed Node, is adopted by the next one and supervised again', async () => {
    const held = await holdServer(dataDir);
    const db = openDatabase(held.connection);
    onTestFinished(() => db.close());
    const writers = await Writers.start(db, 4);
    await writers.untilMoreAcknowledged(100);
    held.process.kill('SIGKILL');
    await ended(held.process);
    const notices: ServerNotice[] = [];
    const server = await start({ onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([{ kind: 'started', adopted: true, pid: held.serverPid }]);
    expect(writers.faultCodes).toEqual([]);
    process.kill(held.serverPid, 'SIGKILL');
    await until(() => (server.findPid() ?? held.serverPid) !== held.serverPid);
    await writers.untilMoreAcknowledged(100);
    await writers.stop();
    expect(await writers.countLost()).toBe(0);
  });

  it('starts at once after a kill of everything, and has every row it acknowledged', async () => {
    const held = await holdServer(dataDir);
    const db = openDatabase(held.connection);
    onTestFinished(() => db.close());
    const writers = await Writers.start(db, 6);
    await writers.untilMoreAcknowledged(300);
    held.process.kill('SIGKILL');
    process.kill(held.serverPid, 'SIGKILL');
    await start();
    await writers.untilMoreAcknowledged(100);
    await writers.stop();
    expect(new Set(writers.faultCodes)).toEqual(new Set(['storage-down']));
    expect(await writers.countLost()).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with the process on %s', async (signal) => {
    const held = await holdServer(dataDir);
    held.process.kill(signal);
    await ended(held.process);
    expect(held.process.signalCode).toBe(signal);
    expect(isWorking(held.serverPid)).toBe(false);
  });

  it('leaves ending to a program that handles it, even when a terminal signals the whole group', async () => {
    const held = await holdServer(dataDir, { handlesSignals: true });
    // Fields after the name in proc(5) stat: state, parent, process group.
    const group = readFileSync(`/proc/${held.serverPid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
    expect(Number(group)).toBe(held.serverPid);
    process.kill(-(held.process.pid ?? Number.NaN), 'SIGINT');
    await ended(held.process);
    expect(held.process.exitCode).toBe(7);
    expect(isWorking(held.serverPid)).toBe(false);
  });

  it('ends even when the process exits without stopping it', async () => {
    const held = await holdServer(dataDir);
    held.process.stdin?.write('exit\n');
    await ended(held.process);
    await until(() => !isWorking(held.serverPid));
  });

  it('is made once when several processes start it at the same time', async () => {
    const dataDir = join(temporaryDirectory(), 'd');
    const held = await Promise.all([1, 2].map(() => tryHoldServer(dataDir)));
    const winners = held.flatMap((one) => ('fault' in one ? [] : [one]));
    const losers = held.flatMap((one) => ('fault' in one ? [one.fault] : []));
    expect(winners).toHaveLength(1);
    expect(losers).toHaveLength(1);
    for (const loser of losers)
      expect(loser.message).toContain(`is in use by process ${winners[0]?.process.pid}`);
  });

  it('that lost its socket is replaced by one that can be reached', async () => {
    const held = await holdServer(dataDir);
    held.process.kill('SIGKILL');
    await ended(held.process);
    rmSync(join(dataDir, 'socket'), { recursive: true });
    const server = await start();
    expect(server.findPid()).not.toBe(held.serverPid);
    expect(existsSync(join(dataDir, 'socket', '.s.PGSQL.5432'))).toBe(true);
  });
});
