import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openCheckpoint,
  readCheckpoint,
  type SignedCheckpoint,
} from './analysis/tlog/checkpoint/checkpoint.ts';
import {
  judgeCheckpoint,
  readTrustPolicy,
  type TrustPolicy,
} from './analysis/tlog/checkpoint/trust-policy.ts';
import { formatNote } from './analysis/tlog/note/note.ts';
import { formatVerifierKey, readVerifierKey, signatureTypes } from './analysis/tlog/note/verifier-key.ts';
import { tilePath } from './analysis/tlog/tile/tile.ts';
import { openStorage } from './foundations.ts';
import { Fault } from './model/fault.ts';
import { handOutCheckpoint, newestCheckpoint } from './newest-checkpoint.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { FolderLogStore } from './platform/log-store/folder-log-store.ts';
import type { LogStore } from './platform/log-store/log-store.ts';
import { keyFileOf, logStoreOf, type OpenLog, openLog } from './published-log.ts';
import { auditLog, checkHeld } from './records/ledger/publish/audit-log.ts';
import { restartLog } from './records/ledger/publish/log-key.ts';
import { beginsPath } from './records/ledger/publish/open-year.ts';
import { checkLink, readLogs } from './records/ledger/publish/past-logs.ts';
import { proveEntry } from './records/ledger/publish/prove-entry.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';

type Progress = (entries: number, size: number) => void;

export interface Published {
  readonly origin: string;
  readonly size: number;
  readonly vkey: string;
}

/** The ledger's commands that work on the records, beside a running server or without one. */
export interface Publishing {
  /** Publishes what waits, and copies log and checkpoint to a folder, checked on the way. */
  export(outDir: string, onProgress: Progress): Promise<Published>;
  /** Writes `INDEX.tlog-proof` and `INDEX.bin`. */
  prove(index: number, outDir: string): Promise<Published & { readonly index: number }>;
  /** Checks all entries and tiles of the published log, and that the database has the same entries. */
  audit(onProgress: Progress): Promise<Published>;
  /** Ends the log and begins a new one under a new name. */
  restart(origin: string): Promise<{ readonly origin: string; readonly vkey: string }>;
  close(): Promise<void>;
}

const exportLog = async (log: OpenLog, outDir: string, onProgress: Progress): Promise<Published> => {
  const out = new FolderLogStore(outDir, systemChance);
  const bytes = await out.read('checkpoint');
  const kept = bytes && readCheckpoint(bytes);
  const checkpoint = await handOutCheckpoint(log, kept?.size);
  const { origin, size } = checkpoint;
  if (kept !== undefined && kept.origin !== origin)
    throw new Fault(
      'unprocessable',
      `${outDir} holds another log: name an empty folder, or that of an older export`,
    );
  await auditLog(log.store, checkpoint, {
    onProgress: (entries) => onProgress(entries, size),
    onChecked: (tile, read) => out.add([{ path: tilePath(tile), bytes: read }]),
  });
  const begins = await log.store.read(beginsPath);
  if (begins) await out.replace({ path: beginsPath, bytes: begins });
  // Last, so that whoever reads the folder finds every tile that the checkpoint speaks of.
  await out.replace({ path: 'checkpoint', bytes: Buffer.from(formatNote(checkpoint.note)) });
  await out.clearStaging();
  return { origin, size, vkey: log.vkey };
};

const proveIndex = async (
  log: OpenLog,
  index: number,
  outDir: string,
): Promise<Published & { index: number }> => {
  const checkpoint = await handOutCheckpoint(log, index + 1);
  const { entry, proof } = await proveEntry(log.store, checkpoint, index);
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, `${index}.tlog-proof`), proof);
  await writeFile(join(outDir, `${index}.bin`), entry);
  return { origin: checkpoint.origin, size: checkpoint.size, vkey: log.vkey, index };
};

/** Checks one log against its checkpoint, and against the entries of the database from place `first` on. */
const auditAgainst = async (
  db: CaseboundDatabase,
  {
    checkpoint,
    first,
    store,
  }: { checkpoint: SignedCheckpoint; first: number; store: Pick<LogStore, 'read'> },
  onProgress: Progress,
): Promise<void> => {
  const { size } = checkpoint;
  await auditLog(store, checkpoint, {
    onProgress: (entries) => onProgress(entries, size),
    async onChecked(tile, bytes) {
      if (tile.level !== 0) return;
      const from = first + tile.index * 256;
      const { rows } = await db.pool.query<{ hashes: Buffer | null }>(
        `select string_agg(leaf_hash, ''::bytea order by seq) as hashes from entry where seq >= $1 and seq < $2`,
        [from, from + tile.width],
      );
      if (rows[0]?.hashes?.equals(bytes) !== true)
        throw new Fault(
          'not-verified',
          `${tilePath(tile)}: the database has other entries than the published log`,
        );
    },
  });
};

/** Checks the logs of past years, the one in use, and that each holds the end of the one before. */
const auditPublished = async (
  log: OpenLog,
  { db, settings }: { readonly db: CaseboundDatabase; readonly settings: StorageSettings },
  onProgress: Progress,
): Promise<Published> => {
  const logs = await readLogs(db);
  let before: SignedCheckpoint | undefined;
  for (const past of logs.filter(({ endedSize }) => endedSize !== undefined)) {
    const store = logStoreOf(settings, past.origin);
    const bytes = (await store.read('checkpoint')) ?? Buffer.of();
    const checkpoint = openCheckpoint(bytes, readVerifierKey(past.vkey), `checkpoint of ${past.origin}`);
    if (checkpoint.size !== past.endedSize)
      throw new Fault(
        'not-verified',
        `${past.origin}: it ended with ${past.endedSize} entries, not ${checkpoint.size}`,
      );
    if (before) await checkLink(store, checkpoint, before);
    await auditAgainst(db, { checkpoint, first: past.firstSeq, store }, onProgress);
    before = checkpoint;
  }
  const checkpoint = await newestCheckpoint(log);
  const { origin, size } = checkpoint;
  const inUse = logs.find((one) => one.origin === origin);
  const first = inUse?.firstSeq ?? 0;
  // A log that was begun anew holds all entries from the first on, and follows nobody.
  if (before && inUse) await checkLink(log.store, checkpoint, before);
  await auditAgainst(db, { checkpoint, first, store: log.store }, onProgress);
  return { origin, size, vkey: log.vkey };
};

/**
 * Audits the published log once, beside a server that goes on publishing it. Undefined while nothing is published.
 * @throws Fault `not-verified` with the place
 */
export const auditOnce = async (
  db: CaseboundDatabase,
  settings: StorageSettings,
): Promise<Published | undefined> => {
  const log = await openLog(db, settings);
  try {
    return (await log.store.read('checkpoint')) && (await auditPublished(log, { db, settings }, () => {}));
  } finally {
    await log.publisher.close();
  }
};

/**
 * Opens the records for the ledger's commands.
 * @throws Fault with one line for the operator
 */
export const openPublishing = async (settings: StorageSettings): Promise<Publishing> => {
  const storage = await openStorage(settings, { share: true });
  const logs: OpenLog[] = [];
  const log = async (): Promise<OpenLog> => {
    const opened = await openLog(storage.db, settings);
    logs.push(opened);
    return opened;
  };
  return {
    export: async (outDir, onProgress) => exportLog(await log(), outDir, onProgress),
    prove: async (index, outDir) => proveIndex(await log(), index, outDir),
    audit: async (onProgress) => auditPublished(await log(), { db: storage.db, settings }, onProgress),
    async restart(origin) {
      const { verifierKey } = await restartLog(storage.db, { ...keyFileOf(settings), origin });
      return { origin, vkey: formatVerifierKey(verifierKey) };
    },
    async close() {
      for (const { publisher } of logs) await publisher.close();
      await storage.close();
    },
  };
};

/** What to check a folder with: all of it the reader's own. */
export interface VerifyAsk {
  readonly folder: string;
  readonly key: string | undefined;
  readonly policyFile: string | undefined;
  /** A checkpoint that the reader kept from earlier. */
  readonly heldFile: string | undefined;
  /** The folder of the log before this one, whose end this one must hold. */
  readonly afterFolder: string | undefined;
  readonly onProgress: Progress;
}

const readInput = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('unprocessable', `${path} cannot be read (${cause.code}): check the path`, { cause });
  });

/** Whom the reader trusts: the log's key, or a policy file. @throws Fault `not-verified`, `unprocessable` */
export const policyOf = async ({
  key,
  policyFile,
}: Pick<VerifyAsk, 'key' | 'policyFile'>): Promise<TrustPolicy> => {
  if (policyFile !== undefined) return readTrustPolicy(await readInput(policyFile), policyFile);
  const trusted = readVerifierKey(key ?? '');
  if (trusted.type !== signatureTypes.ed25519)
    throw new Fault('unprocessable', '--key: a witness key is no log key');
  return { logs: [{ key: trusted, url: undefined }], parties: new Map(), quorum: 'none' };
};

/**
 * Checks an exported folder with what the reader brings. Needs no database and no network.
 * @throws Fault `not-verified` with the place
 */
export const verifyFolder = async (
  ask: VerifyAsk,
): Promise<{ readonly origin: string; readonly size: number; readonly cosigners: readonly string[] }> => {
  await access(ask.folder, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('unprocessable', `${ask.folder} cannot be read (${cause.code}): check the path`, {
      cause,
    });
  });
  const policy = await policyOf(ask);
  const store: Pick<LogStore, 'read'> = new FolderLogStore(ask.folder, systemChance);
  const bytes = await store.read('checkpoint');
  if (bytes === undefined) throw new Fault('not-verified', 'checkpoint: the file is missing');
  const checkpoint = judgeCheckpoint(bytes, policy);
  const held = ask.heldFile === undefined ? undefined : await readInput(ask.heldFile);
  const { origin, size } = checkpoint;
  if (held !== undefined) {
    const older = judgeCheckpoint(held, policy, 'held checkpoint');
    if (older.origin !== origin) throw new Fault('not-verified', 'held checkpoint: it is of another log');
    await checkHeld(store, older, size);
  }
  if (ask.afterFolder !== undefined) {
    const before = new FolderLogStore(ask.afterFolder, systemChance);
    const place = `checkpoint of ${ask.afterFolder}`;
    const ended = judgeCheckpoint((await before.read('checkpoint')) ?? Buffer.of(), policy, place);
    await checkLink(store, checkpoint, ended);
    await auditLog(before, ended);
  }
  await auditLog(store, checkpoint, { onProgress: (entries) => ask.onProgress(entries, size) });
  return { origin, size, cosigners: checkpoint.cosigners.map(({ name }) => name) };
};
