import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ErasureGround } from '../test/support/erasure-ground.ts';
import { freshDatabase } from '../test/support/fresh-database.ts';
import { temporaryDirectory } from '../test/support/temporary-directory.ts';
import { verifyTlogProof } from './analysis/tlog/checkpoint/tlog-proof.ts';
import { leafHash } from './analysis/tlog/entry/entry.ts';
import { readVerifierKey } from './analysis/tlog/note/verifier-key.ts';
import { beginYear } from './beginning-year.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { openKeyRingFile } from './platform/keys/key-ring-file.ts';
import { keyFileOf, logStoreOf, openLog } from './published-log.ts';
import { auditOnce, verifyFolder } from './publishing.ts';
import { readEntryStanding } from './records/ledger/publish/ledger-standing.ts';
import { readLogs } from './records/ledger/publish/past-logs.ts';
import { readSize } from './records/ledger/read-accesses.ts';
import { readStorageSettings } from './settings.ts';

const installation = async () => {
  const { db, drop } = await freshDatabase();
  onTestFinished(drop);
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'keys', 'key-ring');
  const keys = await openKeyRingFile({ file, chance: systemChance, neededKeyIds: [] });
  const ground = new ErasureGround(db, keys);
  const settings = readStorageSettings(
    { dataDir },
    { CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/{year}' },
  );
  const year = keyFileOf(settings).year;
  const append = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        ground.ledger.append({ kind: 'config/v1', at: ground.clock.now() }),
      ),
    );
  const publish = async () => {
    const log = await openLog(db, settings);
    for (let did = 'published'; did === 'published'; ) ({ did } = await log.publisher.step());
    await log.publisher.close();
    return log.vkey;
  };
  const begin = (of: number) =>
    beginYear({ agentSealer: ground.agentSealer, db, settings }, { ...keyFileOf(settings), year: of });
  const originIn = (of: number): string => `ledger.example/acme/${of}`;
  const folderOf = (of: number): string => join(dataDir, 'log', `ledger.example_acme_${of}`);
  return { append, begin, db, folderOf, ground, originIn, publish, settings, year };
};

describe('the log of a new year', () => {
  it('begins where the old one ends, holds its end, and both check out with every entry in one of them', async () => {
    const { append, begin, db, folderOf, originIn, publish, settings, year } = await installation();
    await append(300);
    const oldKey = await publish();
    expect(readVerifierKey(oldKey).name).toBe(originIn(year));
    expect(await begin(year)).toBeUndefined();
    // Entries keep coming while the year turns.
    const coming = [append(20), append(20)];
    const opened = await begin(year + 1);
    await Promise.all(coming);
    await append(40);
    expect(opened).toMatchObject({ origin: originIn(year + 1), firstSeq: opened?.endedSize });
    expect(await begin(year + 1)).toBeUndefined();
    const newKey = await publish();
    expect(readVerifierKey(newKey).name).toBe(originIn(year + 1));
    const size = await readSize(db);
    expect(size).toBe(381);
    expect(await auditOnce(db, settings)).toMatchObject({
      origin: originIn(year + 1),
      size: size - (opened?.firstSeq ?? 0),
    });
    expect(await readLogs(db)).toMatchObject([
      { origin: originIn(year), firstSeq: 0, endedSize: opened?.firstSeq },
      { origin: originIn(year + 1), firstSeq: opened?.firstSeq, endedSize: undefined },
    ]);
    const storeOf = (origin: string) => logStoreOf(settings, origin);
    for (const [seq, key] of [
      [0, oldKey],
      [(opened?.firstSeq ?? 0) - 1, oldKey],
      [opened?.firstSeq ?? 0, newKey],
      [size - 1, newKey],
    ] as const) {
      const { evidence } = (await readEntryStanding({ db, storeOf }, seq)) ?? {};
      const policy = {
        logs: [{ key: readVerifierKey(key), url: undefined }],
        parties: new Map(),
        quorum: 'none',
      };
      const proof = {
        proof: Buffer.from(evidence?.proof ?? ''),
        leafHash: leafHash(evidence?.entry ?? Buffer.of()),
      };
      expect([seq, verifyTlogProof(proof, policy).index]).toEqual([
        seq,
        key === oldKey ? seq : seq - (opened?.firstSeq ?? 0),
      ]);
    }
    const policyFile = join(temporaryDirectory(), 'policy');
    writeFileSync(policyFile, `log ${oldKey}\nlog ${newKey}\nquorum none\n`);
    const ask = {
      folder: folderOf(year + 1),
      key: undefined,
      policyFile,
      heldFile: undefined,
      onProgress: () => {},
    };
    expect(await verifyFolder({ ...ask, afterFolder: folderOf(year) })).toMatchObject({
      origin: originIn(year + 1),
    });
    // A made-up link, and another end of the old log, are each refused.
    await expect(verifyFolder({ ...ask, afterFolder: folderOf(year + 1) })).rejects.toMatchObject({
      code: 'not-verified',
    });
    const begins = join(folderOf(year + 1), 'begins');
    const told = readFileSync(begins, 'utf8');
    writeFileSync(begins, `${told.slice(0, 40)}${told[40] === 'A' ? 'B' : 'A'}${told.slice(41)}`);
    await expect(verifyFolder({ ...ask, afterFolder: folderOf(year) })).rejects.toMatchObject({
      code: 'not-verified',
    });
    await expect(auditOnce(db, settings)).rejects.toMatchObject({ code: 'not-verified' });
  });

  it('does not begin halfway: cut short at its last step the old one goes on, and a later try succeeds', async () => {
    const { append, begin, db, originIn, publish, year } = await installation();
    await append(10);
    await publish();
    await db.pool.query('alter table ledger_log add constraint cut check (ended_size is null)');
    await expect(begin(year + 1)).rejects.toMatchObject({ code: 'bug' });
    await append(5);
    expect(readVerifierKey(await publish()).name).toBe(originIn(year));
    await db.pool.query('alter table ledger_log drop constraint cut');
    expect(await begin(year + 1)).toMatchObject({ firstSeq: 15, endedSize: 15 });
    expect(readVerifierKey(await publish()).name).toBe(originIn(year + 1));
  });
});
