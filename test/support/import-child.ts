import { readFileSync } from 'node:fs';
import { parseCatalogue } from '../../src/analysis/catalogue/parse-catalogue.ts';
import { plain } from '../../src/model/plain.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { openKeyRingFile } from '../../src/platform/keys/key-ring-file.ts';
import type { DatabaseConnection } from '../../src/platform/postgres/database-connection.ts';
import { openMigratedDatabase } from '../../src/records/schema/open-casebound-database.ts';
import { importCustomers } from '../../src/workflows/import-customers/import-customers.ts';

/** What the process that a test kills is told, as JSON in its first argument. */
export interface ImportChildAsk {
  readonly connection:
    | Exclude<DatabaseConnection, { kind: 'url' }>
    | { readonly kind: 'url'; readonly url: string };
  readonly ringFile: string;
  readonly file: string;
  readonly rejectsFile: string;
  readonly batchRowsMax: number;
}

if (import.meta.main) {
  const ask = JSON.parse(process.argv[2] ?? '') as ImportChildAsk;
  const { connection } = ask;
  const db = openMigratedDatabase(
    connection.kind === 'url' ? { kind: 'url', url: plain(connection.url) } : connection,
  );
  const keys = await openKeyRingFile({ file: ask.ringFile, chance: systemChance, neededKeyIds: [] });
  const catalogueText = readFileSync(new URL('../../policy/fields.yaml', import.meta.url), 'utf8');
  const summary = await importCustomers({
    db,
    keys,
    catalogue: parseCatalogue(catalogueText),
    clock: systemClock,
    chance: systemChance,
    file: ask.file,
    rejectsFile: ask.rejectsFile,
    batchRowsMax: ask.batchRowsMax,
    threadsMax: 2,
    onProgress: ({ rowsKept }) => process.stdout.write(`${rowsKept}\n`),
  });
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  await db.close();
}
