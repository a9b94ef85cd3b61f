import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { policyOfKey, readKey, verifyLog } from '../../../../test/support/independent-verifier.ts';
import { readLogFolder } from '../../../../test/support/shared-vectors.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { openCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { formatNote } from '../../../analysis/tlog/note/note.ts';
import { cosignText, makeSignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { emptyRoot } from '../../../analysis/tlog/tree/merkle-hash.ts';
import { instantOf } from '../../../model/instant.ts';
import { plain } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { SimulatedClock } from '../../../platform/clock/simulated-clock.ts';
import { FolderLogStore } from '../../../platform/log-store/folder-log-store.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { PostgresLedger } from '../postgres-ledger.ts';
import type { OutsideHead } from './publish-ports.ts';
import { LedgerPublisher, type StepOutcome } from './publisher.ts';
import { startNewLog } from './start-new-log.ts';

const clock = new SimulatedClock(instantOf(1_790_000_000_000));
const signer = makeSignerKey({ name: 'ledger.example/2026', type: 1, seed: plain(Buffer.alloc(32, 1)) });
const stopped = expect.objectContaining({ code: 'ledger-stopped' });

/** A database with a ledger, a folder, and publishers that work on both. */
const world = async () => {
  const folder = join(temporaryDirectory(), 'log');
  const { db, drop } = await freshDatabase({ connectionsMax: 12 });
  onTestFinished(drop);
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const store = new FolderLogStore(folder, systemChance);
  const publishers: LedgerPublisher[] = [];
  onTestFinished(async () => {
    for (const publisher of publishers) await publisher.close();
  });
  const publisherOn = (on: LogStore = store, outside: readonly OutsideHead[] = []): LedgerPublisher => {
    const publisher = new LedgerPublisher({
      db,
      store: on,
      signer,
      clock,
      outsideHeads: async () => outside,
    });
    publishers.push(publisher);
    return publisher;
  };
  const append = async (count: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: count }, () => ledger.append({ kind: 'config/v1', at: clock.now() })),
    );
  };
  /** The size that an outsider with the key and the folder finds, after checking all of it. */
  const verifiedSize = async (held: readonly Uint8Array[] = []): Promise<number> => {
    const files = readLogFolder(folder);
    const key = readKey(formatVerifierKey(signer.verifierKey));
    return (await verifyLog(async (path) => files.get(path), policyOfKey(key), { held })).size;
  };
  const notes = async (): Promise<{ size: number; note: string }[]> =>
    (
      await db.pool.query<{ size: number; note: string }>(
        'select size, note from ledger_checkpoint order by size',
      )
    ).rows;
  return { db, folder, ledger, store, publisherOn, append, verifiedSize, notes };
};

const until = async (publisher: LedgerPublisher, did: StepOutcome['did']): Promise<StepOutcome> => {
  for (let turn = 0; turn < 200; turn += 1) {
    const outcome = await publisher.step();
    if (outcome.did === did) return outcome;
  }
  throw new Error(`never ${did}`);
};

describe('the publisher', () => {
  it('publishes what is committed, and an outsider with the key can check all of it', async () => {
    const { append, folder, publisherOn, verifiedSize, notes } = await world();
    const publisher = publisherOn();
    expect(await publisher.step()).toEqual({ did: 'idle', size: 0 });
    let size = 0;
    for (const count of [1, 1, 3, 250, 1, 1, 300, 255, 1, 600]) {
      await append(count);
      size += count;
      expect(await publisher.step()).toEqual({ did: 'published', size });
      expect(await publisher.step()).toEqual({ did: 'idle', size });
      expect(await verifiedSize()).toBe(size);
    }
    // Whoever kept any earlier checkpoint finds it unchanged in today's log.
    expect(await verifiedSize((await notes()).map(({ note }) => Buffer.from(note)))).toBe(size);
    const partial = [...readLogFolder(folder).keys()].filter((path) => path.includes('.p/'));
    expect(new Set(partial.map((path) => path.replace(/\/\d+$/, '')))).toEqual(
      new Set(['tile/entries/005.p', 'tile/0/005.p', 'tile/1/000.p']),
    );
  });

  it('takes a long backlog in pieces', async () => {
    const { append, db, publisherOn, verifiedSize } = await world();
    await append(300);
    // Committed rows are what counts, however they came: 40,000 copies keep the test short.
    await db.pool.query(`
      insert into entry (seq, at, kind, bytes, leaf_hash)
      select 300 + n, e.at, e.kind, e.bytes, e.leaf_hash from entry e, generate_series(0, 39999) n where e.seq = 0`);
    await db.pool.query('update ledger_head set size = 40300');
    const publisher = publisherOn();
    const sizes: number[] = [];
    for (let did = ''; did !== 'idle'; ) {
      const outcome = await publisher.step();
      did = outcome.did;
      sizes.push(outcome.size);
    }
    expect(sizes).toEqual([16_384, 32_768, 40_300, 40_300]);
    expect(await verifiedSize()).toBe(40_300);
  });

  it('lets one of two work while the other waits, and the other goes on when it is gone', async () => {
    const { append, publisherOn, verifiedSize } = await world();
    const [first, second] = [publisherOn(), publisherOn()];
    await append(5);
    expect((await first.step()).did).toBe('published');
    expect((await second.step()).did).toBe('waiting');
    await first.close();
    await append(5);
    expect(await until(second, 'published')).toEqual({ did: 'published', size: 10 });
    expect((await first.step()).did).toBe('waiting');
    expect(await verifiedSize()).toBe(10);
  });

  it('signs nothing when another publisher has begun its turn, however late it wakes', async () => {
    const { append, db, folder, publisherOn, notes, verifiedSize } = await world();
    let wake: () => void = () => {};
    const store = new FolderLogStore(folder, systemChance);
    const slow: LogStore = {
      read: (path) => store.read(path),
      replace: (file) => store.replace(file),
      removeFolder: (path) => store.removeFolder(path),
      async add(files) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        await store.add(files);
      },
    };
    const late = publisherOn(slow);
    await append(5);
    const sleeping = late.step();
    await expect
      .poll(() => db.pool.query('select epoch from ledger_publisher').then(({ rows }) => rows[0].epoch))
      .toBe(1);
    // Its lock is gone without its knowing, as after a network cut.
    await db.pool.query(`update ledger_publisher set epoch = epoch + 1`);
    await append(1);
    wake();
    expect(await sleeping).toEqual({ did: 'superseded', size: 0 });
    // What is not signed for good is never served, not even for a moment.
    expect(await store.read('checkpoint')).toBeUndefined();
    expect(await notes()).toEqual([]);
    const next = publisherOn();
    expect(await until(next, 'published')).toEqual({ did: 'published', size: 6 });
    expect(await verifiedSize()).toBe(6);
  });

  it('goes on after its connection is cut', async () => {
    const { append, db, publisherOn, verifiedSize } = await world();
    const publisher = publisherOn();
    await append(5);
    await publisher.step();
    await db.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
    );
    await append(5);
    await expect(publisher.step()).rejects.toMatchObject({ code: 'storage-down' });
    expect(await until(publisher, 'published')).toEqual({ did: 'published', size: 10 });
    expect(await verifiedSize()).toBe(10);
  });
});

describe('what the publisher refuses to sign', () => {
  it('is a database that was restored from an older copy, and it says who knows more and the way out', async () => {
    const { append, db, publisherOn, verifiedSize, folder } = await world();
    const before = publisherOn();
    await append(5);
    await before.step();
    const copy = await db.pool.query('select * from ledger_publisher');
    await append(5);
    await before.step();
    await before.close();
    // What a restore does: everything after the copy is gone.
    await db.pool.query('delete from entry where seq >= 5');
    await db.pool.query('delete from ledger_checkpoint where size > 5');
    await db.pool.query('update ledger_head set size = 5');
    await db.pool.query('update ledger_publisher set size = 5, root = $1', [copy.rows[0].root]);
    await append(7);
    const after = publisherOn();
    for (let turn = 0; turn < 2; turn += 1)
      await expect(until(after, 'published')).rejects.toMatchObject({
        code: 'ledger-stopped',
        message: expect.stringMatching(
          /published checkpoint holds .* 10 entries.* signed only 5.*restore the newest.*restart/s,
        ),
      });
    expect(await verifiedSize()).toBe(10);
    // The way out: a new name, a new folder, the same entries.
    const renamed = makeSignerKey({
      name: 'ledger.example/2026-2',
      type: 1,
      seed: plain(Buffer.alloc(32, 2)),
    });
    await startNewLog(db, renamed.verifierKey.name);
    const newFolder = `${folder}-2`;
    const store = new FolderLogStore(newFolder, systemChance);
    const again = new LedgerPublisher({ db, store, signer: renamed, clock });
    expect(await until(again, 'published')).toEqual({ did: 'published', size: 12 });
    await again.close();
    await expect(startNewLog(db, 'ledger.example/2026')).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('is a log of which somebody outside holds a later or another head', async () => {
    const { append, publisherOn, store, notes } = await world();
    await append(5);
    const later = publisherOn(store, [{ by: 'witness W', size: 6, root: undefined }]);
    await expect(later.step()).rejects.toMatchObject({
      message: expect.stringMatching(/witness W holds .* 6 entries/),
    });
    expect(await notes()).toEqual([]);
    const first = publisherOn();
    await first.step();
    await first.close();
    const other = publisherOn(store, [{ by: 'an export', size: 5, root: emptyRoot }]);
    await expect(until(other, 'idle')).rejects.toMatchObject({
      message: expect.stringMatching(/another history/),
    });
  });

  it('is an entry whose bytes changed in the database, or that is missing', async () => {
    const { append, db, publisherOn, notes } = await world();
    await append(5);
    const publisher = publisherOn();
    await db.pool.query(
      'update entry set bytes = set_bit(bytes, 100, 1 - get_bit(bytes, 100)) where seq = 3',
    );
    await expect(publisher.step()).rejects.toMatchObject({
      message: expect.stringMatching(/entry 3 .*leaf hash/),
    });
    await db.pool.query('delete from entry where seq = 3');
    await expect(until(publisher, 'published')).rejects.toMatchObject({
      message: expect.stringMatching(/entry 3 is missing/),
    });
    expect(await notes()).toEqual([]);
  });

  it('is a tile that does not come back as it was written', async () => {
    const { append, store, publisherOn, notes } = await world();
    const flipping = (target: RegExp): LogStore => ({
      add: (files) => store.add(files),
      replace: (file) => store.replace(file),
      removeFolder: (path) => store.removeFolder(path),
      async read(path) {
        const bytes = await store.read(path);
        if (bytes && target.test(path)) bytes[40] = (bytes[40] ?? 0) ^ 1;
        return bytes;
      },
    });
    await append(300);
    for (const target of [/^tile\/entries\/000/, /^tile\/entries\/001/, /^tile\/0\/001/, /^tile\/0\/000/]) {
      const publisher = publisherOn(flipping(target));
      await expect(until(publisher, 'published')).rejects.toMatchObject({ code: 'not-verified' });
      await publisher.close();
    }
    expect(await notes()).toEqual([]);
    expect(await until(publisherOn(), 'published')).toEqual({ did: 'published', size: 300 });
  });

  it('is a tile in the folder that the database does not give', async () => {
    const { append, publisherOn, store } = await world();
    await append(300);
    await store.add([{ path: 'tile/0/000', bytes: Buffer.alloc(8_192) }]);
    await expect(publisherOn().step()).rejects.toEqual(stopped);
  });

  it('is a log with a damaged tile at its edge: it is found when a publisher begins, with nothing new to publish', async () => {
    const { append, publisherOn, folder } = await world();
    await append(20);
    const first = publisherOn();
    await first.step();
    await first.close();
    const path = join(folder, 'tile/0/000.p/20');
    const bytes = readFileSync(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(until(publisherOn(), 'idle')).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.stringMatching(/tile\/0\/000\.p\/20/),
    });
  });

  it('is a database whose entries were rewritten, hashes and all, even with the folder gone', async () => {
    const { append, db, publisherOn, folder } = await world();
    await append(20);
    const first = publisherOn();
    await first.step();
    await first.close();
    rmSync(folder, { recursive: true });
    await db.pool.query(
      'update entry set (bytes, leaf_hash) = (select bytes, leaf_hash from entry where seq = 2) where seq = 1',
    );
    await expect(until(publisherOn(), 'idle')).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.stringMatching(/do not give the root that was signed/),
    });
  });

  it('is a log whose published checkpoint is damaged: it may be the one that knows more', async () => {
    const { append, publisherOn, store, folder, verifiedSize } = await world();
    await append(3);
    const first = publisherOn();
    await first.step();
    await first.close();
    const note = (await store.read('checkpoint')) ?? Buffer.of();
    note[0] = (note[0] ?? 0) ^ 1;
    await store.replace({ path: 'checkpoint', bytes: note });
    const second = publisherOn();
    await expect(until(second, 'idle')).rejects.toMatchObject({
      message: expect.stringMatching(/remove the broken file/),
    });
    rmSync(join(folder, 'checkpoint'));
    await until(second, 'idle');
    expect(await verifiedSize()).toBe(3);
  });
});

describe('after a crash the publisher', () => {
  it('goes on from every point at which it can stop, with one root for each size', async () => {
    const { append, db, folder, store, publisherOn, verifiedSize, notes } = await world();
    const signed = new Map<number, string>();
    /** Stops the process, so to speak, at its n-th touch of the folder. */
    const dyingAt = (count: number): LogStore => {
      let left = count;
      const touch = <T>(work: () => Promise<T>): Promise<T> => {
        left -= 1;
        if (left < 0) throw new Error('killed');
        return work();
      };
      return {
        read: (path) => touch(() => store.read(path)),
        replace: (file) => touch(() => store.replace(file)),
        removeFolder: (path) => touch(() => store.removeFolder(path)),
        async add(files) {
          for (const file of files) await touch(() => store.add([file]));
        },
      };
    };
    let points = 0;
    for (let died = true; died; points += 1) {
      await append(90);
      const dying = publisherOn(dyingAt(points));
      died = await until(dying, 'published').then(
        () => false,
        () => true,
      );
      await dying.close();
      for (const { size, note } of await notes()) {
        const { root } = openCheckpoint(Buffer.from(note), signer.verifierKey);
        expect(signed.get(size) ?? root.toString('hex')).toBe(root.toString('hex'));
        signed.set(size, root.toString('hex'));
      }
      // A reader finds a whole log at every moment, as soon as there was one.
      if (existsSync(join(folder, 'checkpoint'))) await verifiedSize();
      // Every third time the next one dies too, so that what several left behind comes together.
      if (points % 3 === 0) {
        const healthy = publisherOn();
        await until(healthy, 'idle');
        await healthy.close();
      }
      expect(points).toBeLessThan(100);
    }
    expect(points).toBeGreaterThan(10);
    const last = publisherOn();
    const { size } = await until(last, 'idle');
    expect(size).toBe((await db.pool.query('select size from ledger_head')).rows[0].size);
    expect(await verifiedSize((await notes()).map(({ note }) => Buffer.from(note)))).toBe(size);
  }, 120_000);

  it('serves the checkpoint that was signed but not yet served, and leaves cosignatures on it', async () => {
    const { append, store, publisherOn, notes } = await world();
    const publisher = publisherOn();
    await append(3);
    await publisher.step();
    const older = (await store.read('checkpoint')) ?? Buffer.of();
    await append(3);
    await publisher.step();
    await store.replace({ path: 'checkpoint', bytes: older });
    await publisher.step();
    const note = (await notes()).at(-1)?.note ?? '';
    expect(String(await store.read('checkpoint'))).toBe(note);
    const { note: parsed } = openCheckpoint(Buffer.from(note), signer.verifierKey);
    const witness = makeSignerKey({ name: 'w.example', type: 4, seed: plain(Buffer.alloc(32, 7)) });
    const signatures = [...parsed.signatures, cosignText(parsed.text, 5, witness)];
    const cosigned = formatNote({ text: parsed.text, signatures });
    await store.replace({ path: 'checkpoint', bytes: Buffer.from(cosigned) });
    await publisher.step();
    expect(String(await store.read('checkpoint'))).toBe(cosigned);
  });

  it('writes a lost folder anew, byte for byte', async () => {
    const { append, folder, publisherOn } = await world();
    const first = publisherOn();
    for (const count of [200, 200, 200]) {
      await append(count);
      await first.step();
    }
    await first.close();
    const files = readLogFolder(folder);
    rmSync(folder, { recursive: true });
    await until(publisherOn(), 'idle');
    const again = readLogFolder(folder);
    const essential = [...files.keys()].filter(
      (path) => !path.includes('.p/') || path.endsWith('.p/88') || path === 'tile/1/000.p/2',
    );
    for (const path of essential) expect(again.get(path)).toEqual(files.get(path));
  });
});
