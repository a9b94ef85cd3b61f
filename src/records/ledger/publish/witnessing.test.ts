import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { signerKeyOf } from '../../../../test/support/sample-log.ts';
import { paperLog } from '../../../../test/support/sample-submissions.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { readAddCheckpoint } from '../../../analysis/tlog/checkpoint/add-checkpoint.ts';
import { judgeSubmission, judgeSubmitter } from '../../../analysis/tlog/checkpoint/judge-submission.ts';
import { judgeCheckpoint, readTrustPolicy } from '../../../analysis/tlog/checkpoint/trust-policy.ts';
import type { WitnessReply } from '../../../analysis/tlog/checkpoint/witness-answer.ts';
import { formatSignatureLine } from '../../../analysis/tlog/note/note.ts';
import { cosignText } from '../../../analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { emptyRoot } from '../../../analysis/tlog/tree/merkle-hash.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import { instantOf } from '../../../model/instant.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { SimulatedClock } from '../../../platform/clock/simulated-clock.ts';
import { FolderLogStore } from '../../../platform/log-store/folder-log-store.ts';
import { PostgresLedger } from '../postgres-ledger.ts';
import { LedgerPublisher } from './publisher.ts';
import { Witnessing } from './witnessing.ts';

const signer = signerKeyOf('ledger.example/2026', 1, 1);
const names = ['w0', 'w1', 'w2'] as const;
const keys = names.map((name, at) => signerKeyOf(`${name}.example`, 4, 20 + at));
const policyText = [
  `log ${formatVerifierKey(signer.verifierKey)}`,
  ...names.map(
    (name, at) =>
      `witness ${name} ${formatVerifierKey(keys[at]?.verifierKey ?? signer.verifierKey)} http://${name}`,
  ),
  'group two 2 w0 w1 w2',
  'quorum two',
  '',
].join('\n');
const policy = readTrustPolicy(Buffer.from(policyText));

const text = (status: number, body: string, contentType = 'text/plain'): WitnessReply => ({
  status,
  contentType,
  body: Buffer.from(body),
});

/** A witness in memory that keeps C2SP's rules; tests set `mood` to make it misbehave. */
const memoryWitness = (at: number) => {
  const witness = {
    latest: { size: 0, root: emptyRoot } as TreeHead,
    asked: 0,
    mood: undefined as undefined | (() => WitnessReply | { unreachable: string }),
    answer(body: string): WitnessReply | { unreachable: string } {
      witness.asked += 1;
      if (witness.mood) return witness.mood();
      const asked = readAddCheckpoint(Buffer.from(body));
      const refusal = judgeSubmitter(asked, [signer.verifierKey]) ?? judgeSubmission(asked, witness.latest);
      if (refusal?.kind === 'other-size') return text(409, `${refusal.size}\n`, 'text/x.tlog.size');
      if (refusal)
        return text(
          { 'unknown-log': 404, 'not-signed': 403, 'other-root': 409, 'bad-proof': 422 }[refusal.kind],
          'no\n',
        );
      witness.latest = asked.signed;
      return text(
        200,
        formatSignatureLine(cosignText(asked.signed.note.text, 1_790_000_000, keys[at] ?? signer)),
      );
    },
  };
  return witness;
};

const world = async () => {
  const folder = join(temporaryDirectory(), 'log');
  const { db, drop } = await freshDatabase({ connectionsMax: 12 });
  onTestFinished(drop);
  const clock = new SimulatedClock(instantOf(1_790_000_000_000));
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const store = new FolderLogStore(folder, systemChance);
  const witnesses = names.map((_, at) => memoryWitness(at));
  const told: [string, string | undefined][] = [];
  const start = () => {
    const witnessing: Witnessing = new Witnessing({
      db,
      store,
      signer,
      clock,
      policy,
      roundMsMin: 2_000,
      send: async (url, body) =>
        witnesses[names.findIndex((name) => url.endsWith(name))]?.answer(body) ?? { unreachable: 'nobody' },
      onWitness: (name, problem) => void told.push([name, problem]),
      onCosigned: (size) => publisher.serveCosigned(size),
    });
    const publisher: LedgerPublisher = new LedgerPublisher({
      db,
      store,
      signer,
      clock,
      outsideHeads: (signed) => witnessing.outsideHeads(signed),
    });
    onTestFinished(() => publisher.close());
    const publish = async (): Promise<void> => {
      // A turn that ended a moment ago may still hold the lock: then this one waits.
      for (let did = ''; did !== 'idle'; ) did = (await publisher.step()).did;
    };
    const round = async (): Promise<void> => {
      clock.advance(2_000);
      if (publisher.head) witnessing.turn(publisher.head);
      await witnessing.settled();
    };
    return { witnessing, publisher, publish, round };
  };
  const append = (count: number) =>
    Promise.all(Array.from({ length: count }, () => ledger.append({ kind: 'config/v1', at: clock.now() })));
  const served = (name = 'checkpoint') => judgeCheckpoint(readFileSync(join(folder, name)), policy);
  return { db, folder, clock, store, witnesses, told, start, append, served };
};

describe('witnessing', () => {
  it('serves each new head with the cosignatures of all who answer, and proves each step to them', async () => {
    const { append, served, start, witnesses } = await world();
    const { publish, round } = start();
    for (const [count, size] of [
      [3, 3],
      [300, 303],
      [1, 304],
    ] as const) {
      await append(count);
      await publish();
      await round();
      expect(served()).toMatchObject({ size, cosigners: names.map((name) => ({ name })) });
      expect(served('checkpoint.witnessed').size).toBe(size);
    }
    expect(witnesses.map(({ latest }) => latest.size)).toEqual([304, 304, 304]);
  });

  it('asks on a fixed clock, and nobody twice for one head', async () => {
    const { append, clock, start, witnesses } = await world();
    const { publish, publisher, round, witnessing } = start();
    const [witness] = witnesses;
    const turn = async (): Promise<void> => {
      if (publisher.head) witnessing.turn(publisher.head);
      await witnessing.settled();
    };
    await append(1);
    await publish();
    await round();
    const asked = witness?.asked;
    await round();
    expect(witness?.asked).toBe(asked);
    await append(1);
    await publish();
    await turn();
    expect(witness?.latest.size).toBe(2);
    await append(1);
    await publish();
    clock.advance(1_999);
    await turn();
    expect(witness?.latest.size).toBe(2);
    clock.advance(1);
    await turn();
    expect(witness?.latest.size).toBe(3);
  });

  it('needs the quorum and no more: one dead witness changes nothing but its own cosignature', async () => {
    const { append, served, start, told, witnesses } = await world();
    const [dead] = witnesses;
    if (dead) dead.mood = () => ({ unreachable: 'it cannot be reached (ECONNREFUSED)' });
    const { publish, round } = start();
    await append(2);
    await publish();
    await round();
    expect(served('checkpoint.witnessed')).toMatchObject({
      size: 2,
      cosigners: [{ name: 'w1' }, { name: 'w2' }],
    });
    expect(told).toContainEqual(['w0', 'it cannot be reached (ECONNREFUSED)']);
    const tries = dead?.asked;
    await round();
    await round();
    await round();
    // 2, 4, 8 s: a witness in trouble is left alone longer and longer.
    expect((dead?.asked ?? 0) - (tries ?? 0)).toBeLessThanOrEqual(2);
    if (dead) dead.mood = undefined;
    for (let at = 0; at < 20; at += 1) await round();
    expect(served('checkpoint.witnessed').cosigners).toHaveLength(3);
    expect(told.at(-1)).toEqual(['w0', undefined]);
  });

  it('goes on publishing without a quorum, and says that nothing is witnessed', async () => {
    const { append, served, start, witnesses, db } = await world();
    const { publish, round } = start();
    await append(1);
    await publish();
    await round();
    for (const witness of witnesses.slice(1)) witness.mood = () => text(503, 'busy\n');
    await append(4);
    await publish();
    await round();
    expect(served('checkpoint.witnessed').size).toBe(1);
    expect(() => served()).toThrow(/quorum is not reached: 1 of 3/);
    const { rows } = await db.pool.query(
      'select size, witnessed_at is null as waits from ledger_checkpoint order by size',
    );
    expect(rows).toEqual([
      { size: 1, waits: false },
      { size: 5, waits: true },
    ]);
  });

  it('learns from a conflict where a witness stands', async () => {
    const { append, db, served, start, witnesses } = await world();
    const first = start();
    await append(5);
    await first.publish();
    await first.round();
    await append(5);
    await first.publish();
    await first.round();
    await first.publisher.close();
    // What the database believes of a witness is a hint and no more.
    await db.pool.query('update ledger_witness set size = case when witness like $1 then 5 else 0 end', [
      'w0%',
    ]);
    const second = start();
    await append(1);
    await second.publish();
    await second.round();
    expect(served().cosigners).toHaveLength(3);
    expect(witnesses.map(({ latest }) => latest.size)).toEqual([11, 11, 11]);
  });

  it('believes no cosignature that does not hold, is of another head or another key, or has no time', async () => {
    const { append, served, start, told, witnesses } = await world();
    const { publish, publisher, round } = start();
    await append(2);
    await publish();
    const [w0, w1, w2] = witnesses;
    if (!w0 || !w1 || !w2) throw new Error('three witnesses');
    const note = publisher.head?.note?.split('\n\n')[0] ?? '';
    const line = (of: string, time: number, key = keys[0] ?? signer) =>
      formatSignatureLine(cosignText(`${of}\n`, time, key));
    const lies = [
      line(note.replace('\n2\n', '\n3\n'), 1),
      line(note, 1, signerKeyOf('w0.example', 4, 99)),
      line(note, 0),
      line(note, 1).slice(0, -3),
      '',
      'x'.repeat(100_000),
    ];
    for (const lie of lies) {
      w0.mood = () => text(200, lie);
      for (let at = 0; at < 200; at += 1) await round();
    }
    expect(told.filter(([name]) => name === 'w0').length).toBeGreaterThanOrEqual(4);
    expect(served().cosigners.map(({ name }) => name)).toEqual(['w1', 'w2']);
  });

  it.each([
    [400, /cannot read/],
    [403, /another key/],
    [404, /does not know this log/],
    [422, /another history/],
    [409, /another root/],
    [302, /status 302/],
  ])('says what a witness that answers %i needs', async (status, words) => {
    const { append, start, told, witnesses } = await world();
    const { publish, round } = start();
    await append(1);
    await publish();
    await round();
    if (witnesses[0]) witnesses[0].mood = () => text(status, 'no\n');
    await append(1);
    await publish();
    await round();
    expect(told.at(-1)).toEqual(['w0', expect.stringMatching(words)]);
  });
});

describe('before its first signature the publisher asks the witnesses, and signs nothing', () => {
  const restoredTo = async (db: Awaited<ReturnType<typeof world>>['db'], size: number): Promise<void> => {
    await db.pool.query('delete from entry where seq >= $1', [size]);
    await db.pool.query('delete from ledger_checkpoint where size > $1', [size]);
    await db.pool.query('update ledger_head set size = $1', [size]);
    await db.pool.query(
      'update ledger_publisher set size = $1, root = (select root from ledger_checkpoint where size = $1)',
      [size],
    );
    await db.pool.query('delete from ledger_witness');
  };

  it.each([5, 0])('after a restore to %i entries, also with the folder lost', async (size) => {
    const { append, db, folder, start } = await world();
    const before = start();
    await append(5);
    await before.publish();
    await append(5);
    await before.publish();
    await before.round();
    await before.publisher.close();
    await restoredTo(db, size);
    const store = new FolderLogStore(folder, systemChance);
    await store.removeFolder('checkpoint');
    await append(20);
    await expect(start().publish()).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.stringMatching(
        /witness w0 holds .* 10 entries.* signed only.*Way out.*ledger restart/s,
      ),
    });
  });

  it('when a witness holds a size that this database never signed', async () => {
    const { append, start, witnesses } = await world();
    const first = start();
    await append(9);
    await first.publish();
    await first.publisher.close();
    const other = paperLog(signer);
    witnesses[1]?.answer(String(other.submission(0, 4)));
    if (witnesses[1]) witnesses[1].latest = { size: 4, root: other.rootAt(4) };
    await expect(start().publish()).rejects.toMatchObject({
      message: expect.stringMatching(/another history/),
    });
  });

  it('while fewer answer than the quorum takes, and goes on when they do', async () => {
    const { append, start, witnesses, served } = await world();
    for (const witness of witnesses.slice(0, 2))
      witness.mood = () => ({ unreachable: 'no answer within 5000 ms' });
    const { publish, round } = start();
    await append(3);
    await expect(publish()).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.stringMatching(/1 of 3 witnesses answer \(not: w0, no answer .*recorded meanwhile/),
    });
    for (const witness of witnesses) witness.mood = undefined;
    await publish();
    await round();
    expect(served().size).toBe(3);
  });

  it('and stops signing when a witness turns out to know more while it runs', async () => {
    const { append, publish, publisher, witnessing, round, witnesses } = await (async () => {
      const made = await world();
      return { ...made, ...made.start() };
    })();
    await append(3);
    await publish();
    await round();
    if (witnesses[2]) witnesses[2].mood = () => text(409, '40\n', 'text/x.tlog.size');
    await append(3);
    await publish();
    await round();
    const head = publisher.head;
    expect(() => head && witnessing.turn(head)).toThrow(/witness w2 holds a checkpoint of 40 entries/);
  });
});
