/**
 * How long it takes to erase a customer with very many entries, with everything that belongs to it: both entries
 * durable, the key destroyed, all disclosures deleted, every access under a stand-in. Beside it, in the same run and
 * on the same database, the bare statements that delete and change as many rows of another customer.
 *
 *     node bench/erase-customer.ts [ENTRIES]
 *
 * Then the published log is compared byte for byte with what it was, and proofs made before are checked again. Uses
 * an embedded database and a folder of its own among the temporary files; both are removed. Limit: 10 s for 100,000.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '../src/analysis/tlog/checkpoint/checkpoint.ts';
import { verifyTlogProof } from '../src/analysis/tlog/checkpoint/tlog-proof.ts';
import { leafHash } from '../src/analysis/tlog/entry/entry.ts';
import { makeSignerKey } from '../src/analysis/tlog/note/signer-key.ts';
import { plain } from '../src/model/plain.ts';
import { isRefusal } from '../src/model/refusal.ts';
import { systemChance } from '../src/platform/chance/system-chance.ts';
import { systemClock } from '../src/platform/clock/system-clock.ts';
import { FolderLogStore } from '../src/platform/log-store/folder-log-store.ts';
import { startEmbedded } from '../src/platform/postgres/embedded-server.ts';
import { proveEntry } from '../src/records/ledger/publish/prove-entry.ts';
import { LedgerPublisher } from '../src/records/ledger/publish/publisher.ts';
import { openCaseboundDatabase } from '../src/records/schema/open-casebound-database.ts';
import { erase } from '../src/workflows/erase/erase.ts';
import type { ErasePorts } from '../src/workflows/erase/erase-ports.ts';
import { ErasureGround } from '../test/support/erasure-ground.ts';

const entryCount = Number(process.argv[2] ?? 100_000);
const limitSeconds = 10;
const proofsChecked = 200;

const folder = mkdtempSync(join(tmpdir(), 'casebound-bench-'));
// As root the database runs as another account, which has to be able to enter.
chmodSync(folder, 0o755);
const embedded = await startEmbedded({ dataDir: join(folder, 'postgres'), share: false });
const db = await openCaseboundDatabase(embedded.connection, systemClock.now());

const seconds = async (act: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1_000;
};
/** Processor seconds that the database's processes have used: on a busy machine the time by the clock says little. */
const databaseCpuSeconds = (): number => {
  const server = embedded.findPid();
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
        const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
        return parent === server || Number(name) === server ? (user ?? 0) + (system ?? 0) : 0;
      } catch {
        return 0;
      }
    });
  return ticks.reduce((sum, own) => sum + own, 0) / 100;
};
const tilesIn = (root: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.staging'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')] as const),
  );

try {
  const ground = new ErasureGround(db);
  const [rosa, omar] = [await ground.customer(), await ground.customer()];
  const agents = await Promise.all(Array.from({ length: 50 }, () => ground.person('agent')));
  const pia = await ground.person('responder');
  const perTurn = 500;
  let seqs: readonly number[] = [];
  for (let done = 0; done < entryCount; done += perTurn)
    for (const about of [rosa, omar]) {
      const agent = agents[(done / perTurn) % agents.length];
      const appended = await ground.look(
        about,
        agent?.agentId as never,
        Math.min(perTurn, entryCount - done),
      );
      if (about === rosa) seqs = [...seqs, ...appended.slice(0, 2)];
    }
  await db.pool.query('analyze');
  const store = new FolderLogStore(join(folder, 'log'), systemChance);
  const signer = makeSignerKey({ name: 'bench.example', type: 1, seed: plain(Buffer.alloc(32, 1)) });
  const publisher = new LedgerPublisher({ db, store, signer, clock: systemClock });
  for (let did = ''; did !== 'idle'; ) did = (await publisher.step()).did;
  const checkpoint = openCheckpoint((await store.read('checkpoint')) ?? Buffer.of(), signer.verifierKey);
  const proofs = [];
  for (const seq of seqs.slice(0, proofsChecked)) proofs.push(await proveEntry(store, checkpoint, seq));
  const before = tilesIn(join(folder, 'log'));

  const { ports } = ground;
  const { erasures } = ports;
  const steps = { destroy: 0, clear: 0 };
  const timed: ErasePorts = {
    ...ports,
    erasures: {
      ...erasures,
      async destroy(erasure, now) {
        const start = performance.now();
        const outcome = await erasures.destroy(erasure, now);
        steps.destroy += (performance.now() - start) / 1_000;
        return outcome;
      },
      async clear(erasure) {
        const start = performance.now();
        const cleared = await erasures.clear(erasure);
        steps.clear += (performance.now() - start) / 1_000;
        return cleared;
      },
    },
  };
  const cpuBefore = databaseCpuSeconds();
  const took = await seconds(async () => {
    const subject = { subjectClass: 'customer', id: rosa.id } as const;
    const outcome = await erase(timed, pia, { subject, request: 'BENCH-1', basis: 'objection' });
    if (isRefusal(outcome) || outcome.state !== 'done') throw new Error('the customer was not erased');
  });
  const cpuErased = databaseCpuSeconds();
  const floor = await seconds(async () => {
    await db.pool.query(`delete from disclosure where subject_id = $1 and subject_class = 'customer'`, [
      omar.id,
    ]);
    await db.pool.query('update access set customer_id = $2 where customer_id = $1', [omar.id, 'cus_other']);
  });

  const cpuFloor = databaseCpuSeconds();
  const after = tilesIn(join(folder, 'log'));
  const changed = [...before].filter(([path, hash]) => after.get(path) !== hash).length;
  const policy = { logs: [{ key: signer.verifierKey, url: undefined }], parties: new Map(), quorum: 'none' };
  for (const { entry, proof } of proofs)
    verifyTlogProof({ proof: Buffer.from(proof), leafHash: leafHash(entry) }, policy);
  const left = await ground.count('disclosure where subject_id = $1', rosa.id);
  await publisher.close();
  const row = (name: string, value: string): string => `${name.padEnd(52)} ${value}`;
  console.log(
    [
      row('entries of the customer', `${entryCount} of ${2 * entryCount}`),
      row('erased in', `${took.toFixed(2)} s (limit ${limitSeconds} s for 100,000)`),
      row('  processor time of the database', `${(cpuErased - cpuBefore).toFixed(2)} s`),
      row(
        '  of which key and vault; what is left under the id',
        `${steps.destroy.toFixed(2)} s; ${steps.clear.toFixed(2)} s`,
      ),
      row(
        '  bare statements on as many rows',
        `${floor.toFixed(2)} s, ${(cpuFloor - cpuErased).toFixed(2)} s of processor time`,
      ),
      row('disclosures left', `${left}`),
      row('files of the log changed', `${changed} of ${before.size}`),
      row('old proofs that still pass', `${proofs.length} of ${proofs.length}`),
    ].join('\n'),
  );
  if (left > 0 || changed > 0 || took > (limitSeconds * entryCount) / 100_000 + 1) process.exitCode = 1;
} finally {
  await db.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}
