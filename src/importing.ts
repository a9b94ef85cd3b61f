import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCatalogue } from './analysis/catalogue/parse-catalogue.ts';
import { openStorage } from './foundations.ts';
import { Fault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { caseWriter } from './records/cases/case-writer.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import type { StorageSettings } from './settings.ts';
import {
  type CaseFile,
  type CaseImportProgress,
  importCases,
} from './workflows/import-cases/import-cases.ts';
import type { ImportOptions, ImportSummary } from './workflows/import-customers/import-ask.ts';
import { importCustomers } from './workflows/import-customers/import-customers.ts';
import { readDirectoryFile } from './workflows/import-directory/directory-file.ts';
import { type DirectoryImported, importDirectory } from './workflows/import-directory/import-directory.ts';

/** The imports, put together for the command line. They work beside a running server, or without one. */
export interface Importing {
  customers(
    ask: Pick<ImportOptions, 'file' | 'rejectsFile' | 'onProgress' | 'signal'>,
  ): Promise<ImportSummary>;
  cases(file: CaseFile, onProgress: (progress: CaseImportProgress) => void): Promise<CaseImportProgress>;
  directory(path: string): Promise<DirectoryImported>;
  close(): Promise<void>;
}

const readCatalogueFile = async (policyDir: string): Promise<string> => {
  const path = join(policyDir, 'fields.yaml');
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault(
      'unprocessable',
      `${path}: the field catalogue cannot be read (${cause.code}); CASEBOUND_POLICY_DIR names its folder`,
      { cause },
    );
  });
};

/**
 * Opens the records for an import.
 * @throws Fault with one line for the operator
 */
export const openImporting = async (settings: StorageSettings): Promise<Importing> => {
  const storage = await openStorage(settings, { share: true });
  const { db, keys } = storage;
  const [clock, chance] = [systemClock, systemChance];
  return {
    async customers(ask) {
      const catalogue = parseCatalogue(await readCatalogueFile(settings.policyDir));
      return importCustomers({ db, keys, catalogue, clock, chance, ...ask });
    },
    cases: (file, onProgress) =>
      importCases({ cases: caseWriter(db, chance), keys, clock }, file, onProgress),
    async directory(path) {
      const ledger = new PostgresLedger({ db, chance, onCommitted: () => {} });
      const agentSealer = openAgentSealers({ db, keys, chance });
      const imported = await importDirectory(
        { db, clock, chance, ledger, agentSealer },
        await readDirectoryFile(path),
      );
      await ledger.drained();
      return imported;
    },
    close: () => storage.close(),
  };
};
