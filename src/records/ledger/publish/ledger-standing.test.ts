import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { readPolicy, verifyProof } from '../../../../test/support/independent-verifier.ts';
import { signerKeyOf } from '../../../../test/support/sample-log.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { readAddCheckpoint } from '../../../analysis/tlog/checkpoint/add-checkpoint.ts';
import { readTrustPolicy } from '../../../analysis/tlog/checkpoint/trust-policy.ts';
import { formatSignatureLine } from '../../../analysis/tlog/note/note.ts';
import { cosignText } from '../../../analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { instantOf } from '../../../model/instant.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { SimulatedClock } from '../../../platform/clock/simulated-clock.ts';
import { FolderLogStore } from '../../../platform/log-store/folder-log-store.ts';
import { PostgresLedger } from '../postgres-ledger.ts';
import { readEntryStanding, readLedgerHeads } from './ledger-standing.ts';
import { LedgerPublisher } from './publisher.ts';
import { Timestamping } from './timestamping.ts';
import { Witnessing } from './witnessing.ts';

describe('how well an entry is held', () => {
  it('grows from sequenced over published and witnessed to timestamped, with a proof that outsiders accept', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const clock = new SimulatedClock(instantOf(1_790_000_000_000));
    const signer = signerKeyOf('ledger.example/2026', 1, 1);
    const witness = signerKeyOf('witness.example', 4, 2);
    const [key, witnessKey] = [signer, witness].map(({ verifierKey }) => formatVerifierKey(verifierKey));
    const policy = `log ${key}\nwitness w ${witnessKey} http://w\nquorum w\n`;
    const store = new FolderLogStore(join(temporaryDirectory(), 'log'), systemChance);
    const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => undefined });
    const shared = { db, store, signer, clock };
    const publisher: LedgerPublisher = new LedgerPublisher(shared);
    onTestFinished(() => publisher.close());
    const witnessing = new Witnessing({
      ...shared,
      policy: readTrustPolicy(Buffer.from(policy)),
      roundMsMin: 1,
      send: async (_, body) => {
        const { signed } = readAddCheckpoint(Buffer.from(body));
        const line = formatSignatureLine(cosignText(signed.note.text, 1_790_000_000, witness));
        return { status: 200, contentType: 'text/plain', body: Buffer.from(line) };
      },
      onWitness: () => undefined,
      onCosigned: (size) => publisher.serveCosigned(size),
    });
    const timestamping = new Timestamping({
      ...shared,
      origin: signer.verifierKey.name,
      onlyWitnessed: true,
      everyMs: 1,
      stamp: async () => ({ answer: Buffer.of(1), at: clock.now() }),
      onTimestamps: () => undefined,
    });
    const append = () => ledger.append({ kind: 'config/v1', at: clock.now() });
    const standing = async (seq: number) => readEntryStanding({ db, storeOf: () => store }, seq);
    const stateOf = async (seq: number) => (await standing(seq))?.state;
    expect(await readLedgerHeads(db)).toMatchObject({ origin: undefined, sequenced: 0, witnesses: [] });
    for (let seq = 0; seq < 4; seq += 1) await append();
    expect(await stateOf(0)).toBe('sequenced');
    expect(await stateOf(4)).toBeUndefined();
    await publisher.step();
    expect(await stateOf(3)).toBe('published');
    const head = publisher.head;
    if (head) witnessing.turn(head);
    await witnessing.settled();
    expect(await stateOf(3)).toBe('witnessed');
    timestamping.turn();
    await timestamping.settled();
    expect(await stateOf(3)).toBe('timestamped');
    await append();
    expect(await stateOf(4)).toBe('sequenced');
    await publisher.step();
    expect([await stateOf(3), await stateOf(4)]).toEqual(['timestamped', 'published']);
    // The proof of an entry that a witnessed head covers is under that head, though a newer one is published.
    const held = await standing(3);
    const proven = await verifyProof(
      Buffer.from(held?.evidence?.proof ?? ''),
      held?.evidence?.entry ?? Buffer.of(),
      readPolicy(Buffer.from(policy)),
    );
    expect(proven).toMatchObject({ index: 3, checkpoint: { size: 4, cosigners: [{ name: 'w' }] } });
    const at = clock.now();
    expect(await readLedgerHeads(db)).toEqual({
      origin: 'ledger.example/2026',
      sequenced: 5,
      published: { size: 5, at },
      witnessed: { size: 4, at },
      timestamped: { size: 4, at },
      witnesses: [{ name: 'witness.example', size: 4, answeredAt: at, problem: undefined }],
    });
    // In the log of a later year all are counted from its own beginning.
    await db.pool.query('update ledger_publisher set first_seq = 3');
    expect((await readLedgerHeads(db)).sequenced).toBe(2);
  });
});
