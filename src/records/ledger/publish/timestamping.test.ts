import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { signerKeyOf } from '../../../../test/support/sample-log.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { opensslVersion, timestampAuthority } from '../../../../test/support/timestamp-authority.ts';
import { readCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { instantOf, later } from '../../../model/instant.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { SimulatedClock } from '../../../platform/clock/simulated-clock.ts';
import { FolderLogStore } from '../../../platform/log-store/folder-log-store.ts';
import { stampBy } from '../../../stamp-bytes.ts';
import { PostgresLedger } from '../postgres-ledger.ts';
import { readLedgerHeads } from './ledger-standing.ts';
import { LedgerPublisher } from './publisher.ts';
import { Timestamping, type TimestampingPorts } from './timestamping.ts';

const hourMs = 3_600_000;
const openssl = opensslVersion();

const world = async (over: Partial<TimestampingPorts> = {}) => {
  const { db, drop } = await freshDatabase();
  onTestFinished(drop);
  const clock = new SimulatedClock(instantOf(1_790_000_000_000));
  const store = new FolderLogStore(join(temporaryDirectory(), 'log'), systemChance);
  const signer = signerKeyOf('ledger.example/2026', 1, 1);
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const publisher = new LedgerPublisher({ db, store, signer, clock });
  onTestFinished(() => publisher.close());
  const told: (string | undefined)[] = [];
  const stamped: number[] = [];
  const stamping = new Timestamping({
    db,
    clock,
    origin: signer.verifierKey.name,
    onlyWitnessed: false,
    stamp: async (bytes) => {
      stamped.push(readCheckpoint(bytes).size);
      return { answer: Buffer.from('token'), at: clock.now() };
    },
    everyMs: hourMs,
    onTimestamps: (problem) => void told.push(problem),
    ...over,
  });
  const publish = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await ledger.append({ kind: 'config/v1', at: clock.now() });
    await publisher.step();
  };
  const turn = async (afterMs = 0): Promise<void> => {
    clock.advance(afterMs);
    stamping.turn();
    await stamping.settled();
  };
  return { db, clock, publish, turn, told, stamped };
};

describe('timestamping', () => {
  it('stamps the first head at once, then the newest one an hour later, and nothing when nothing is new', async () => {
    const { clock, db, publish, stamped, turn } = await world();
    await turn();
    await publish(3);
    await turn();
    await turn(hourMs);
    await publish(2);
    await turn();
    await publish(1);
    await turn(hourMs - 1);
    expect(stamped).toEqual([3, 5]);
    await turn(1);
    expect(stamped).toEqual([3, 5, 6]);
    expect((await readLedgerHeads(db)).timestamped).toEqual({ size: 6, at: clock.now() });
  });

  it('stamps only what is witnessed, where witnesses are asked', async () => {
    const { clock, db, publish, stamped, turn } = await world({ onlyWitnessed: true });
    await publish(3);
    await turn();
    expect(stamped).toEqual([]);
    await db.pool.query('update ledger_checkpoint set witnessed_at = $1', [new Date(clock.now())]);
    await publish(3);
    await turn();
    expect(stamped).toEqual([3]);
  });

  it('leaves a service in trouble alone, longer and longer, and says so once', async () => {
    let asked = 0;
    let well = false;
    const { clock, publish, told, turn } = await world({
      stamp: async () => {
        asked += 1;
        return well
          ? { answer: Buffer.of(), at: later(clock.now(), 0) }
          : { problem: 'it cannot be reached' };
      },
    });
    await publish(1);
    for (let minute = 0; minute < 30; minute += 1) await turn(60_000);
    expect(asked).toBe(5);
    expect(told).toEqual(['it cannot be reached']);
    well = true;
    await turn(hourMs);
    expect(told).toEqual(['it cannot be reached', undefined]);
  });

  it.skipIf(openssl === undefined)(
    `keeps a token that openssl accepts over the kept bytes ${openssl ? '' : 'skipped: openssl is not installed'}`,
    async () => {
      const authority = timestampAuthority();
      onTestFinished(authority.remove);
      const service = await authority.listen();
      onTestFinished(service.stop);
      const { db, publish, told, turn } = await world({ stamp: stampBy(service.url) });
      await publish(4);
      await turn();
      expect(told).toEqual([]);
      const { rows } = await db.pool.query<{ stamped: Buffer; answer: Buffer }>(
        'select * from ledger_timestamp',
      );
      const folder = temporaryDirectory();
      writeFileSync(join(folder, 'checkpoint'), rows[0]?.stamped ?? '');
      writeFileSync(join(folder, 'checkpoint.tsr'), rows[0]?.answer ?? '');
      const words = [
        'ts',
        '-verify',
        '-in',
        'checkpoint.tsr',
        '-data',
        'checkpoint',
        '-CAfile',
        authority.caFile,
      ];
      expect(String(execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' }))).toMatch(/OK/);
    },
  );

  it('says what is wrong with an address where no timestamp service is', async () => {
    const { publish, told, turn } = await world({ stamp: stampBy('http://127.0.0.1:9/') });
    await publish(1);
    await turn();
    expect(told).toEqual([expect.stringMatching(/cannot be reached/)]);
  });
});
