import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ErasureGround } from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { projectDir } from '../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Fault } from '../../model/fault.ts';
import { type CustomerId, newId } from '../../model/id.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { openKeyRingFile } from '../../platform/keys/key-ring-file.ts';
import { keyRingRotation } from '../../platform/keys/key-ring-rotation.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { WrappedKeyWriter } from '../../records/wrapped-keys/wrapped-key-writer.ts';
import { erase } from '../erase/erase.ts';
import { type RewrapPorts, rewrap } from './rewrap.ts';

const chance = systemChance;
let fresh: FreshDatabase;
let ground: ErasureGround;
let file = '';
beforeAll(async () => {
  fresh = await freshDatabase();
});
beforeEach(async () => {
  await fresh.db.pool.query(
    'truncate keys.customer_key, keys.agent_key, keys.ring, keys.rewrap, keys.retired, customer, lookup_hash',
  );
  file = join(temporaryDirectory(), 'key-ring');
  ground = new ErasureGround(fresh.db, await openKeyRingFile({ file, chance, neededKeyIds: [] }));
  entriesBefore = 0;
  entriesBefore = await keyEntries();
});
afterAll(() => fresh.drop());

const ports = (): RewrapPorts => ({
  clock: ground.clock,
  chance,
  keys: ground.keys,
  rotation: keyRingRotation({ file, chance, ring: ground.keys }),
  ledger: ground.ledger,
  agentSealer: ground.agentSealer,
  openWriter: () => WrappedKeyWriter.open(ground.db),
});
interface KeyRow {
  readonly id: CustomerId;
  readonly wrapping_key_id: string;
  readonly wrapped: Buffer;
}
const keyRows = async (): Promise<KeyRow[]> =>
  (
    await ground.db.pool.query<KeyRow>(
      'select customer_id as id, wrapping_key_id, wrapped from keys.customer_key order by customer_id',
    )
  ).rows;
const unwrapped = async (rows: readonly KeyRow[]): Promise<string[]> => {
  // As a process that starts now.
  const keys = await openKeyRingFile({ file, chance, neededKeyIds: [] });
  const opened = rows.map((row) =>
    keys.unwrap({ wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped }, row.id),
  );
  return (await Promise.all(opened)).map((key) => key.exposeForWrapping().toString('hex'));
};
/** Keys alone: what a rewrapping is about. */
const addKeys = async (count: number): Promise<void> => {
  const ids = Array.from({ length: count }, () => newId('customer', chance));
  const wrapped = await Promise.all(ids.map((id) => ground.keys.wrap(SubjectKey.generate(chance), id)));
  await ground.db.pool.query(
    `insert into keys.customer_key (customer_id, wrapping_key_id, wrapped)
     select * from unnest($1::text[], $2::text[], $3::bytea[])`,
    [ids, wrapped.map((one) => one.wrappingKeyId), wrapped.map((one) => one.wrapped)],
  );
};
let entriesBefore = 0;
const keyEntries = async () => (await ground.count("entry where kind = 'key/v1'")) - entriesBefore;

describe('rewrapping', () => {
  it('puts everyone’s same key under a new wrapping key and destroys the old one, on record', async () => {
    await addKeys(600);
    await ground.agentSealer((await ground.person('agent')).agentId);
    const before = await keyRows();
    const opened = await unwrapped(before);
    const old = ground.keys.wrappingKeyId;
    const told: number[] = [];
    const done = await rewrap({ ...ports(), onProgress: (count) => void told.push(count) });
    expect(done).toEqual({ outcome: 'done', rewrapped: 601, destroyed: [old] });
    expect(told).toEqual([250, 500, 600, 601]);
    expect(await unwrapped(await keyRows())).toEqual(opened);
    expect(ground.keys.wrappingKeyIds).toHaveLength(1);
    expect(await ground.count('keys.agent_key where wrapping_key_id = $1', old)).toBe(0);
    expect(await keyEntries()).toBe(1);
  });

  it('makes a copy of the database from before useless: who was erased since cannot be brought back', async () => {
    const rosa = await ground.customer();
    const pia = await ground.person('responder');
    const backup = await keyRows();
    const request = {
      subject: { subjectClass: 'customer', id: rosa.id },
      request: 'DSR-1',
      basis: 'objection',
    } as const;
    await erase(ground.ports, pia, request);
    expect(await unwrapped(backup)).toHaveLength(1);
    await rewrap(ports());
    await expect(unwrapped(backup)).rejects.toMatchObject({ code: 'vault-closed' });
    const [row] = backup;
    const restored = ground.db.pool.query('insert into keys.customer_key values ($1, $2, $3)', [
      row?.id,
      row?.wrapping_key_id,
      row?.wrapped,
    ]);
    await expect(restored).rejects.toMatchObject({ code: 'CB001' });
  });

  it('loses no key that a process wraps under the old one meanwhile, and takes none after', async () => {
    await addKeys(300);
    const stale = await openKeyRingFile({ file, chance, neededKeyIds: [] });
    const late = async (): Promise<void> => {
      const id = newId('customer', chance);
      const { wrapped, wrappingKeyId } = await stale.wrap(SubjectKey.generate(chance), id);
      await ground.db.pool.query('insert into keys.customer_key values ($1, $2, $3)', [
        id,
        wrappingKeyId,
        wrapped,
      ]);
    };
    let left = 2;
    await rewrap({
      ...ports(),
      onProgress: () => {
        if (left > 0) void late();
        left -= 1;
      },
    });
    const rows = await keyRows();
    expect(new Set(rows.map((row) => row.wrapping_key_id))).toEqual(new Set([ground.keys.wrappingKeyId]));
    expect(await unwrapped(rows)).toHaveLength(rows.length);
    await expect(late()).rejects.toMatchObject({ code: 'CB001' });
    await stale.refresh();
    await late();
    await unwrapped(await keyRows());
  });

  it('is done by one process at a time', async () => {
    await addKeys(300);
    const outcomes = (await Promise.all([rewrap(ports()), rewrap(ports())])).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['done', 'elsewhere']);
  });

  it('destroys nothing when a key does not open', async () => {
    await addKeys(10);
    const [row] = await keyRows();
    await ground.db.pool.query(`update keys.customer_key set wrapped = '\\x00' where customer_id = $1`, [
      row?.id,
    ]);
    await expect(rewrap(ports())).rejects.toMatchObject({ code: 'vault-closed' });
    expect(ground.keys.wrappingKeyIds).toHaveLength(2);
    await ground.db.pool.query('update keys.customer_key set wrapped = $2 where customer_id = $1', [
      row?.id,
      row?.wrapped,
    ]);
    expect(await rewrap(ports())).toMatchObject({ outcome: 'done', rewrapped: 10 });
  });

  it('stops between two batches when it is told to, and goes on later', async () => {
    await addKeys(600);
    const stop = new AbortController();
    expect(await rewrap({ ...ports(), stop: stop.signal, onProgress: () => stop.abort() })).toMatchObject({
      outcome: 'stopped',
      rewrapped: 250,
    });
    expect(await rewrap(ports())).toMatchObject({ outcome: 'done', rewrapped: 600 });
  });
});

describe('a rewrapping that was cut short', () => {
  it('at any step, ends the same when it is begun again: no key lost, one entry, one wrapping key', async () => {
    await addKeys(3);
    const opened = await unwrapped(await keyRows());
    let cuts = 0;
    for (let n = 1; n < 60; n += 1) {
      let calls = 0;
      const cut = <T extends object>(room: T, names: readonly string[]): T =>
        new Proxy(room, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target);
            if (typeof value !== 'function') return value;
            if (!names.includes(String(name))) return value.bind(target);
            return async (...args: unknown[]) => {
              const answer: unknown = await value.apply(target, args);
              calls += 1;
              if (calls === n) throw new Fault('storage-down', 'cut');
              return answer;
            };
          },
        });
      const real = ports();
      const cutting: RewrapPorts = {
        ...real,
        rotation: cut(real.rotation, ['addWrappingKey', 'destroyOldWrappingKeys']),
        ledger: cut(real.ledger, ['append']),
        openWriter: async () => {
          const writer = await real.openWriter();
          return writer && cut(writer, ['begin', 'page', 'replace', 'retire', 'end']);
        },
      };
      const entries = await keyEntries();
      const done = await rewrap(cutting).then(
        () => true,
        () => false,
      );
      if (
        !done &&
        (await ground.count('keys.rewrap where ended_at is null')) + ground.keys.wrappingKeyIds.length > 1
      )
        expect(await rewrap(ports())).toMatchObject({ outcome: 'done' });
      expect([n, await unwrapped(await keyRows())]).toEqual([n, opened]);
      expect([n, await keyEntries(), ground.keys.wrappingKeyIds.length]).toEqual([n, entries + 1, 1]);
      if (done) return expect(cuts).toBeGreaterThan(8);
      cuts += 1;
    }
    throw new Error('it was cut short every time');
  });

  it('by kill -9, again and again, loses nothing', { timeout: 60_000 }, async () => {
    await addKeys(1_000);
    const opened = await unwrapped(await keyRows());
    const { connection } = fresh;
    const url =
      connection.kind === 'url'
        ? exposePlaintext(connection.url)
        : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;
    const run = (batchesMax: number): Promise<string> =>
      new Promise((resolve) => {
        const cache = join(projectDir, 'node_modules', '.cache', 'compiled');
        const child = spawn(process.execPath, [join(projectDir, 'test/support/rewrap-child.ts'), file], {
          env: { ...process.env, DATABASE_URL: url, NODE_COMPILE_CACHE: cache },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        onTestFinished(() => void child.kill('SIGKILL'));
        let said = '';
        child.stdout.on('data', (text: Buffer) => {
          said += text.toString();
          if (said.split('batch').length > batchesMax) child.kill('SIGKILL');
        });
        child.once('close', () => resolve(said));
      });
    for (const batches of [1, 2]) expect(await run(batches)).not.toContain('done');
    expect(await run(1_000)).toContain('done');
    await ground.keys.refresh();
    expect(await unwrapped(await keyRows())).toEqual(opened);
    expect([ground.keys.wrappingKeyIds.length, await keyEntries()]).toEqual([1, 1]);
  });
});
