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
import { formatVerifierKey, readVerifierKey, signatureTypes } from './analysis/tlog/note/verifier-key.ts';
import { tilePath } from './analysis/tlog/tile/tile.ts';
import { openStorage } from './foundations.ts';
import { Fault, isFault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { FolderLogStore } from './platform/log-store/folder-log-store.ts';
import type { LogStore } from './platform/log-store/log-store.ts';
import { auditLog, checkHeld } from './records/ledger/publish/audit-log.ts';
import { type LogKeyFile, openLogKey, restartLog } from './records/ledger/publish/log-key.ts';
import { proveEntry } from './records/ledger/publish/prove-entry.ts';
import { LedgerPublisher } from './records/ledger/publish/publisher.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';

/** A log's name as a folder's name: a name may hold slashes. */
const logFolder = (dataDir: string, origin: string): string =>
  join(dataDir, 'log', origin.replaceAll(/[^A-Za-z0-9._-]/g, '_'));

const keyFileOf = (settings: StorageSettings): LogKeyFile => ({
  file: join(settings.dataDir, 'keys', 'log-key'),
  chance: systemChance,
  origin: settings.ledgerOrigin,
});

interface OpenLog {
  readonly publisher: LedgerPublisher;
  readonly store: FolderLogStore;
  readonly vkey: string;
}

const openLog = async (db: CaseboundDatabase, settings: StorageSettings): Promise<OpenLog> => {
  const signer = await openLogKey(db, keyFileOf(settings));
  const store = new FolderLogStore(logFolder(settings.dataDir, signer.verifierKey.name), systemChance);
  return {
    publisher: new LedgerPublisher({ db, store, signer, clock: systemClock }),
    store,
    vkey: formatVerifierKey(signer.verifierKey),
  };
};

/** How often committed entries are published: often enough that each is in a checkpoint within a second. */
const publishEveryMs = 500;

export interface PublishingWatch {
  /** Told once: the key by which everyone can check the log. Give it to whoever should be able to. */
  readonly onKey: (vkey: string) => void;
  /** Told when publishing stops, and not again until the reason changes. */
  readonly onFault: (fault: Fault) => void;
}

/**
 * Publishes for as long as the server runs. Whatever stops it stops only it: entries are recorded meanwhile, and
 * publishing goes on as soon as it can. The answer ends it.
 */
export const keepPublishing = (
  db: CaseboundDatabase,
  settings: StorageSettings,
  watch: PublishingWatch,
): (() => Promise<void>) => {
  let log: OpenLog | undefined;
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const open = async (): Promise<OpenLog> => {
    const opened = await openLog(db, settings);
    watch.onKey(opened.vkey);
    return opened;
  };
  const turn = async (): Promise<void> => {
    try {
      log ??= await open();
      let did = '';
      while (did !== 'idle' && did !== 'waiting' && !ended) did = (await log.publisher.step()).did;
      told = '';
    } catch (thrown) {
      const fault = isFault(thrown) ? thrown : new Fault('bug', 'publishing broke', { cause: thrown });
      if (fault.message !== told) watch.onFault(fault);
      told = fault.message;
    }
    if (!ended)
      timer = setTimeout(() => {
        running = turn();
      }, publishEveryMs);
  };
  let running = turn();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
    await log?.publisher.close();
  };
};

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

const latest = async ({ publisher, store, vkey }: OpenLog): Promise<SignedCheckpoint> => {
  let did = '';
  // A server that runs holds the turn and publishes by itself: then its newest checkpoint is taken.
  while (did !== 'idle' && did !== 'waiting') did = (await publisher.step()).did;
  const bytes = await store.read('checkpoint');
  if (bytes === undefined)
    throw new Fault('unprocessable', 'nothing is published yet: the ledger has no entries');
  return openCheckpoint(bytes, readVerifierKey(vkey));
};

const exportLog = async (log: OpenLog, outDir: string, onProgress: Progress): Promise<Published> => {
  const checkpoint = await latest(log);
  const bytes = await log.store.read('checkpoint');
  const out = new FolderLogStore(outDir, systemChance);
  const { origin, size } = checkpoint;
  const kept = await out.read('checkpoint');
  if (kept !== undefined && readCheckpoint(kept).origin !== origin)
    throw new Fault(
      'unprocessable',
      `${outDir} holds another log: name an empty folder, or that of an older export`,
    );
  await auditLog(log.store, checkpoint, {
    onProgress: (entries) => onProgress(entries, size),
    onChecked: (tile, read) => out.add([{ path: tilePath(tile), bytes: read }]),
  });
  // Last, so that whoever reads the folder finds every tile that the checkpoint speaks of.
  await out.replace({ path: 'checkpoint', bytes: sameHead(bytes, checkpoint) });
  await out.clearStaging();
  return { origin, size, vkey: log.vkey };
};

/** The checkpoint that was audited, with the newest cosignatures when it has not moved on meanwhile. */
const sameHead = (now: Buffer | undefined, { note }: SignedCheckpoint): Buffer => {
  const text = Buffer.from(note.text);
  if (now?.subarray(0, text.length).equals(text) === true) return now;
  throw new Fault('busy', 'a new checkpoint came while the first was read: try again');
};

const proveIndex = async (
  log: OpenLog,
  index: number,
  outDir: string,
): Promise<Published & { index: number }> => {
  const checkpoint = await latest(log);
  const { entry, proof } = await proveEntry(log.store, checkpoint, index);
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, `${index}.tlog-proof`), proof);
  await writeFile(join(outDir, `${index}.bin`), entry);
  return { origin: checkpoint.origin, size: checkpoint.size, vkey: log.vkey, index };
};

const auditPublished = async (
  log: OpenLog,
  db: CaseboundDatabase,
  onProgress: Progress,
): Promise<Published> => {
  const checkpoint = await latest(log);
  const { origin, size } = checkpoint;
  await auditLog(log.store, checkpoint, {
    onProgress: (entries) => onProgress(entries, size),
    async onChecked(tile, bytes) {
      if (tile.level !== 0) return;
      const from = tile.index * 256;
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
  return { origin, size, vkey: log.vkey };
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
    audit: async (onProgress) => auditPublished(await log(), storage.db, onProgress),
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
  readonly onProgress: Progress;
}

const readInput = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('unprocessable', `${path} cannot be read (${cause.code}): check the path`, { cause });
  });

const policyOf = async ({ key, policyFile }: VerifyAsk): Promise<TrustPolicy> => {
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
  await auditLog(store, checkpoint, { onProgress: (entries) => ask.onProgress(entries, size) });
  return { origin, size, cosigners: checkpoint.cosigners.map(({ name }) => name) };
};
