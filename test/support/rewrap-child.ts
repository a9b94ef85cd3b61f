/**
 * A process that rewraps all keys, for tests that kill it: `DATABASE_URL`, then the key ring file as its argument.
 * Prints `batch` after each batch and `done` at the end.
 */
import { plain } from '../../src/model/plain.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { openKeyRingFile } from '../../src/platform/keys/key-ring-file.ts';
import { keyRingRotation } from '../../src/platform/keys/key-ring-rotation.ts';
import { openAgentSealers } from '../../src/records/agent-keys/agent-sealers.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { openMigratedDatabase } from '../../src/records/schema/open-casebound-database.ts';
import { WrappedKeyWriter } from '../../src/records/wrapped-keys/wrapped-key-writer.ts';
import { rewrap } from '../../src/workflows/rewrap/rewrap.ts';

const db = openMigratedDatabase({ kind: 'url', url: plain(process.env['DATABASE_URL'] ?? '') });
const [file, chance] = [process.argv[2] ?? '', systemChance];
const keys = await openKeyRingFile({ file, chance, neededKeyIds: [] });
const ledger = new PostgresLedger({ db, chance, onCommitted: () => {} });
for (let outcome = ''; outcome !== 'done'; )
  ({ outcome } = await rewrap({
    clock: systemClock,
    chance,
    keys,
    rotation: keyRingRotation({ file, chance, ring: keys }),
    ledger,
    agentSealer: openAgentSealers({ db, keys, chance }),
    openWriter: () => WrappedKeyWriter.open(db),
    onProgress: () => process.stdout.write('batch\n'),
  }));
process.stdout.write('done\n');
await db.close();
