/**
 * How many full entries a second become durable, how soon an entry is acknowledged at a steady 1,000 a second, and how
 * soon it is under a signed and under a witnessed checkpoint. The publisher runs as in the server, with a witness on
 * loopback. Beside it, before and after, in the same database: the same number of bytes in plain batches.
 *
 *     node bench/ledger/durable-entries.ts [SECONDS]
 *
 * Goals: >= 5,000/s for 60 s and >= 0.4 x the plain batches; ack p99 <= 100 ms; checkpoint <= 1 s; witnessed <= 10 s.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readTrustPolicy } from '../../src/analysis/tlog/checkpoint/trust-policy.ts';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { witnessServer } from '../../src/interfaces/witness/witness-server.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { GroupedWork } from '../../src/platform/grouping/grouped-work.ts';
import { FolderLogStore } from '../../src/platform/log-store/folder-log-store.ts';
import { postBytes } from '../../src/platform/outbound/post-bytes.ts';
import { LedgerPublisher } from '../../src/records/ledger/publish/publisher.ts';
import { Witnessing } from '../../src/records/ledger/publish/witnessing.ts';
import { WitnessMemory } from '../../src/records/witness/witness-memory.ts';
import { cosignCheckpoint } from '../../src/workflows/cosign-checkpoint/cosign-checkpoint.ts';
import { signerKeyOf } from '../../test/support/sample-log.ts';
import { fullDrafts, openGround, row, spread } from './ground.ts';

const seconds = Number(process.argv[2] ?? 60);
const outstanding = 2_048;
const batchMax = 512;
const ground = await openGround();
const { db, folder, ledger } = ground;
const { draft } = fullDrafts();
const signer = signerKeyOf('bench.example', 1, 1);
const witnessSigner = signerKeyOf('witness.example', 4, 2);
const memory = new WitnessMemory(join(folder, 'witness'), systemChance, [signer.verifierKey]);
const witness = { signer: witnessSigner, logKeys: [signer.verifierKey], memory, clock: systemClock };
const server = witnessServer({
  cosign: (body) => cosignCheckpoint(witness, body),
  onAnswered: () => undefined,
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address ? address.port : 0;
const policy = readTrustPolicy(
  Buffer.from(
    `witness w ${formatVerifierKey(witnessSigner.verifierKey)} http://127.0.0.1:${port}\nquorum w\n`,
  ),
);
const store = new FolderLogStore(join(folder, 'log'), systemChance);
const witnessing: Witnessing = new Witnessing({
  db,
  store,
  signer,
  clock: systemClock,
  policy,
  send: (url, body) =>
    postBytes(
      { url: `${url}/add-checkpoint`, contentType: 'text/plain', body: Buffer.from(body) },
      { answerMsMax: 5_000, answerBytesMax: 65_536 },
    ),
  roundMsMin: 2_000,
  onWitness: (name, problem) => console.error(name, problem),
  onCosigned: (size) => publisher.serveCosigned(size),
});
const publisher: LedgerPublisher = new LedgerPublisher({
  db,
  store,
  signer,
  clock: systemClock,
  outsideHeads: (head) => witnessing.outsideHeads(head),
});
let publishing = true;
const published = (async () => {
  while (publishing) {
    let did = '';
    while (did !== 'idle' && publishing) did = (await publisher.step()).did;
    if (publisher.head) witnessing.turn(publisher.head);
    await pause(500);
  }
})();

/** Keeps so many appends under way, for so long; how many were acknowledged a second. */
const asFastAsItGoes = async (append: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      await append();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, one));
  return done / ((performance.now() - start) / 1_000);
};

/** Offers 1,000 a second whatever comes back; how long each took. */
const atThousand = async (append: () => Promise<unknown>): Promise<number[]> => {
  const took: number[] = [];
  const waiting: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < seconds * 1_000; ) {
    const due = Math.min(seconds * 1_000, Math.floor(performance.now() - start));
    for (; sent < due; sent += 1) {
      const asked = performance.now();
      waiting.push(append().then(() => void took.push(performance.now() - asked)));
    }
    await pause(2);
  }
  await Promise.all(waiting);
  return took;
};

/** What one entry takes in bytes, as the database stores it outside of its indexes. */
const bytesOf = async (): Promise<number> => {
  const { rows } = await db.pool.query<{ bytes: number }>(
    `select (select avg(length(bytes) + length(leaf_hash)) from entry where seq < 1000)::bigint
       + (select sum(length(sealed)) / 1000 from disclosure where seq < 1000)::bigint
       + (select avg(pg_column_size(a.*)) from access a where seq < 1000)::bigint as bytes`,
  );
  return rows[0]?.bytes ?? 0;
};

try {
  await Promise.all(Array.from({ length: 1_000 }, () => ledger.append(draft())));
  const bytes = await bytesOf();
  await db.pool.query('create table plain (seq bigint primary key, bytes bytea not null)');
  const filler = Buffer.from(systemChance.bytes(bytes));
  let next = 0;
  const plain = new GroupedWork<undefined, true>(
    async (asks) => {
      const from = next;
      next += asks.length;
      await db.pool.query({
        name: 'plain-batch',
        text: 'insert into plain (seq, bytes) select $1::bigint + n - 1, b from unnest($2::bytea[]) with ordinality as e (b, n)',
        values: [from, asks.map(() => filler)],
      });
      return asks.map(() => true as const);
    },
    { waitingMax: 4_096, batchMax },
  );
  const plainAppend = () => plain.add(undefined);
  const before = await asFastAsItGoes(plainAppend);
  const entries = await asFastAsItGoes(() => ledger.append(draft()));
  const after = await asFastAsItGoes(plainAppend);
  const plainRate = (before + after) / 2;
  // The backlog goes first: delays are those of a steady load.
  while (
    ((await publisher.step()).size ?? 0) <
    ((await db.pool.query('select size from ledger_head')).rows[0]?.size ?? 0)
  );
  const acked: { readonly seq: number; readonly at: number }[] = [];
  const ackMs = await atThousand(async () => {
    const { seq } = await ledger.append(draft());
    acked.push({ seq, at: Date.now() });
  });
  await pause(5_000);
  const plainMs = await atThousand(plainAppend);
  publishing = false;
  await published;
  await witnessing.settled();
  const { rows } = await db.pool.query<{ size: number; at: number; witnessed: number | null }>(
    'select size, at, witnessed_at as witnessed from ledger_checkpoint order by size',
  );
  const delays = (pick: (head: (typeof rows)[number]) => number | null): number[] =>
    acked.flatMap(({ seq, at }) => {
      const head = rows.find((one) => one.size > seq && pick(one) !== null);
      const time = head && pick(head);
      return time == null ? [] : [Math.max(0, time - at)];
    });
  console.log(
    [
      row('bytes an entry', `${bytes}`),
      row('durable entries/s', `${Math.round(entries)} for ${seconds} s`),
      row(
        '  same bytes in plain batches, before and after',
        `${Math.round(before)} and ${Math.round(after)} rows/s`,
      ),
      row('  ratio', (entries / plainRate).toFixed(2)),
      row('ack at 1,000/s', spread(ackMs, 'ms')),
      row('  plain batches at 1,000/s', spread(plainMs, 'ms')),
      row(
        'entry to its checkpoint',
        spread(
          delays(({ at }) => at),
          'ms',
        ),
      ),
      row(
        'entry to a witnessed checkpoint',
        spread(
          delays(({ witnessed }) => witnessed),
          'ms',
        ),
      ),
    ].join('\n'),
  );
} finally {
  publishing = false;
  await published.catch(() => undefined);
  await witnessing.settled();
  await publisher.close();
  server.closeAllConnections();
  server.close();
  await ground.close();
}
