import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignerKey } from './analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from './analysis/tlog/note/verifier-key.ts';
import { heldHeads, readLedgerPolicy } from './ledger-policy.ts';
import { Fault, isFault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { FolderLogStore } from './platform/log-store/folder-log-store.ts';
import { postBytes } from './platform/outbound/post-bytes.ts';
import type { SendToWitness } from './records/ledger/publish/ask-witness.ts';
import { type LogKeyFile, openLogKey } from './records/ledger/publish/log-key.ts';
import { LedgerPublisher } from './records/ledger/publish/publisher.ts';
import { Timestamping } from './records/ledger/publish/timestamping.ts';
import { Witnessing } from './records/ledger/publish/witnessing.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';
import { stampBy } from './stamp-bytes.ts';

/** Where a log is published: a log's name as a folder's name, for a name may hold slashes. */
const logFolder = (dataDir: string, origin: string): string =>
  join(dataDir, 'log', origin.replaceAll(/[^A-Za-z0-9._-]/g, '_'));

export const logStoreOf = ({ dataDir }: Pick<StorageSettings, 'dataDir'>, origin: string): FolderLogStore =>
  new FolderLogStore(logFolder(dataDir, origin), systemChance);

export const keyFileOf = (settings: StorageSettings): LogKeyFile => ({
  file: join(settings.dataDir, 'keys', 'log-key'),
  chance: systemChance,
  origin: settings.ledgerOrigin,
  year: new Date(systemClock.now()).getUTCFullYear(),
});

/** A witness answers from memory and one write; the answer is some signature lines. */
const witnessLimits = { answerMsMax: 5_000, answerBytesMax: 65_536 };

const sendToWitness: SendToWitness = (url, body) =>
  postBytes(
    {
      url: `${url.replace(/\/+$/, '')}/add-checkpoint`,
      contentType: 'text/plain; charset=utf-8',
      body: Buffer.from(body),
    },
    witnessLimits,
  );

export interface OpenLog {
  readonly publisher: LedgerPublisher;
  /** Undefined without a policy: nobody is asked. */
  readonly witnessing: Witnessing | undefined;
  /** Undefined without a timestamp service. */
  readonly timestamping: Timestamping | undefined;
  readonly store: FolderLogStore;
  readonly signer: SignerKey;
  readonly vkey: string;
}

/** Told when somebody outside fails, and when they are well again: then `problem` is undefined. */
export interface OutsideWatch {
  readonly onWitness: (name: string, problem: string | undefined) => void;
  readonly onTimestamps: (problem: string | undefined) => void;
}

const unwatched: OutsideWatch = { onWitness: () => undefined, onTimestamps: () => undefined };

/** @throws Fault `ledger-stopped`, `unprocessable` */
export const openLog = async (
  db: CaseboundDatabase,
  settings: StorageSettings,
  { onWitness, onTimestamps }: OutsideWatch = unwatched,
): Promise<OpenLog> => {
  const signer = await openLogKey(db, keyFileOf(settings));
  const store = logStoreOf(settings, signer.verifierKey.name);
  const shared = { db, store, signer, clock: systemClock };
  const policy = await readLedgerPolicy(settings, signer.verifierKey);
  const witnessing = policy
    ? new Witnessing({
        ...shared,
        policy,
        send: sendToWitness,
        roundMsMin: settings.witnessRoundMs,
        onWitness,
        onCosigned: (size) => publisher.serveCosigned(size),
      })
    : undefined;
  const publisher: LedgerPublisher = new LedgerPublisher({
    ...shared,
    outsideHeads: async (signed) => [
      ...(await heldHeads(settings, signer.verifierKey)),
      ...((await witnessing?.outsideHeads(signed)) ?? []),
    ],
  });
  const timestamping = settings.timestamp
    ? new Timestamping({
        ...shared,
        origin: signer.verifierKey.name,
        onlyWitnessed: policy !== undefined,
        stamp: stampBy(settings.timestamp.url),
        everyMs: settings.timestamp.everyMs,
        onTimestamps,
      })
    : undefined;
  return { publisher, witnessing, timestamping, store, signer, vkey: formatVerifierKey(signer.verifierKey) };
};

/** What the key files are at this instant, as far as it takes to see a change. */
const keyFilesNow = async (settings: StorageSettings): Promise<string> => {
  const { file } = keyFileOf(settings);
  const found = await Promise.all(
    [file, `${file}.next`, `${file}.year`].map((path) =>
      stat(path).then(
        ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
        () => 'none',
      ),
    ),
  );
  return found.join(', ');
};

/** How often committed entries are published: often enough that each is in a checkpoint within a second. */
const publishEveryMs = 500;

export interface PublishingWatch extends OutsideWatch {
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
  let keyFiles = '';
  let toldKey = '';
  /** A change of the key is begun and ended by a command beside the server: its files tell. */
  const followKeys = async (): Promise<void> => {
    const files = await keyFilesNow(settings);
    if (log && files !== keyFiles) {
      await log.publisher.close();
      log = undefined;
    }
    keyFiles = files;
  };
  const open = async (): Promise<OpenLog> => {
    const opened = await openLog(db, settings, watch);
    if (opened.vkey !== toldKey) watch.onKey(opened.vkey);
    toldKey = opened.vkey;
    return opened;
  };
  const turn = async (): Promise<void> => {
    try {
      await followKeys();
      log ??= await open();
      let did = '';
      while (did !== 'idle' && did !== 'waiting' && !ended) did = (await log.publisher.step()).did;
      const { head } = log.publisher;
      if (head) {
        log.witnessing?.turn(head);
        log.timestamping?.turn();
      }
      told = '';
    } catch (thrown) {
      const fault = isFault(thrown) ? thrown : new Fault('bug', 'publishing broke', { cause: thrown });
      if (fault.message !== told) watch.onFault(fault);
      told = fault.message;
      // The next turn begins with asking everyone outside again.
      await log?.publisher.close();
      // Its key may be another one by now: that of a new year.
      if (fault.code === 'ledger-stopped') log = undefined;
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
    await log?.witnessing?.settled();
    await log?.timestamping?.settled();
    await log?.publisher.close();
  };
};
