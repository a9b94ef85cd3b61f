/**
 * A process that appends entries and publishes them as fast as it can, until it is killed. For tests that kill it:
 * `DATABASE_URL`, then the log's folder as its argument. Prints `recorded N` after each acknowledged batch.
 */
import { makeSignerKey } from '../../src/analysis/tlog/note/signer-key.ts';
import { plain } from '../../src/model/plain.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { FolderLogStore } from '../../src/platform/log-store/folder-log-store.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { LedgerPublisher } from '../../src/records/ledger/publish/publisher.ts';
import { openMigratedDatabase } from '../../src/records/schema/open-casebound-database.ts';

const url = plain(process.env['DATABASE_URL'] ?? '');
const db = openMigratedDatabase({ kind: 'url', url });
const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
const publisher = new LedgerPublisher({
  db,
  store: new FolderLogStore(process.argv[2] ?? '', systemChance),
  signer: makeSignerKey({ name: 'ledger.example/kill', type: 1, seed: plain(Buffer.alloc(32, 1)) }),
  clock: systemClock,
});

const append = async (): Promise<void> => {
  for (let batch = 1; ; batch += 1) {
    const answers = await Promise.all(
      Array.from({ length: 1 + (batch % 60) }, () =>
        ledger.append({ kind: 'config/v1', at: systemClock.now() }),
      ),
    );
    process.stdout.write(`recorded ${Math.max(...answers.map(({ seq }) => seq)) + 1}\n`);
  }
};
const publish = async (): Promise<void> => {
  for (;;) {
    const { did, size } = await publisher.step();
    if (did === 'published') process.stdout.write(`published ${size}\n`);
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
await Promise.all([append(), publish()]);
