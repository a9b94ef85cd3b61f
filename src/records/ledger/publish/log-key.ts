import { formatSignerKey, readSignerKey, type SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { isKeyName, signatureTypes } from '../../../analysis/tlog/note/verifier-key.ts';
import { Fault } from '../../../model/fault.ts';
import { type Plain, plain } from '../../../model/plain.ts';
import type { Chance } from '../../../model/ports.ts';
import {
  createSecretFile,
  destroySecretFile,
  readSecretFile,
  retireSecretFile,
} from '../../../platform/keys/secret-file.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { startNewLog } from './start-new-log.ts';

export interface LogKeyFile {
  readonly file: string;
  readonly chance: Chance;
  /**
   * The name that the operator gave the log; undefined: the one in the file, or a made-up one for a new log. With
   * `{year}` in it there is one log a year, named after it.
   */
  readonly origin: string | undefined;
  /** The year it is now (UTC), for a log that begins. */
  readonly year: number;
}

const yearMark = '{year}';

/** The name of the log of this year; undefined when the operator's name has no year in it. */
export const originOfYear = ({ origin, year }: Pick<LogKeyFile, 'origin' | 'year'>): string | undefined =>
  origin?.includes(yearMark) ? origin.replaceAll(yearMark, String(year)) : undefined;

/** Does the operator's name stand for this log? A name with a year in it stands for the log of each year. */
const isNameOf = (origin: string, name: string): boolean => {
  const parts = origin.split(yearMark);
  if (parts.length === 1) return origin === name;
  const years = new Set([...name.matchAll(/\d{4}/g)].map(([year]) => year));
  return [...years].some((year) => parts.join(year) === name);
};

/** A name for a log that nobody has named: it can never be mistaken for somebody's real address (RFC 6761). */
const madeUpOrigin = (chance: Chance): string =>
  `casebound.invalid/${Buffer.from(chance.bytes(6)).toString('hex')}`;

const checkName = (origin: string): void => {
  if (!isKeyName(origin))
    throw new Fault(
      'unprocessable',
      `the log's name ${JSON.stringify(origin)} is empty or holds a space or a plus`,
    );
};

/**
 * Opens the key that signs checkpoints, or makes it for a database that has signed nothing yet.
 * @throws Fault `ledger-stopped` when the file is missing, broken, or of another log; `unprocessable` for a bad name
 */
export const openLogKey = async (db: CaseboundDatabase, options: LogKeyFile): Promise<SignerKey> => {
  const { file, chance, origin } = options;
  const wanted = originOfYear(options) ?? origin;
  if (wanted !== undefined) checkName(wanted);
  const row = await db.kysely.selectFrom('ledger_publisher').select('origin').executeTakeFirst();
  const known = row?.origin ?? undefined;
  await takeYearKey(file, known);
  let text = await readSecretFile(file);
  const next = await readSecretFile(nextFile(file));
  if (text === undefined && next !== undefined) {
    // Killed between the two steps that end a change of the key.
    await retireSecretFile(nextFile(file), file);
    text = next;
  }
  if (text === undefined && known !== undefined)
    throw new Fault(
      'ledger-stopped',
      `${file} is missing, but the log ${known} was signed with it: restore it from its backup, or begin a new log ` +
        'under a new name (casebound ledger restart)',
    );
  text ??= await createSecretFile(file, newKey(wanted ?? madeUpOrigin(chance), chance), chance);
  const key = withNext(readSignerKey(text), next);
  const { name } = key.verifierKey;
  if (origin !== undefined && !isNameOf(origin, name))
    throw new Fault(
      'ledger-stopped',
      `the log is to be called ${origin}, but ${file} is the key of ${name}: a log never changes its name; to ` +
        'begin a new one use casebound ledger restart',
    );
  return key;
};

/** The key of the log that is to begin waits beside the one in use, until the database says that it has begun. */
const yearFile = (file: string): string => `${file}.year`;

const retiredFile = (file: string, key: SignerKey): string =>
  `${file}.${key.verifierKey.keyId.toString(16)}.ended`;

/** Puts the key of a new log in the place of the old one's as soon as the database knows the log by that name. */
const takeYearKey = async (file: string, known: string | undefined): Promise<void> => {
  const text = await readSecretFile(yearFile(file));
  if (text === undefined || readSignerKey(text).verifierKey.name !== known) return;
  const old = await readSecretFile(file);
  if (old !== undefined) await retireSecretFile(file, retiredFile(file, readSignerKey(old)));
  await retireSecretFile(yearFile(file), file);
};

/** The key of the log of a new year, made once. @throws Fault `ledger-stopped`, `unprocessable` */
export const makeYearKey = async ({ chance, file }: LogKeyFile, origin: string): Promise<SignerKey> => {
  checkName(origin);
  const text = await createSecretFile(yearFile(file), newKey(origin, chance), chance);
  const key = readSignerKey(text);
  if (key.verifierKey.name === origin) return key;
  // Left from a year that could not be begun.
  await destroySecretFile(yearFile(file));
  return readSignerKey(await createSecretFile(yearFile(file), newKey(origin, chance), chance));
};

/** While a log changes its key, the one to come waits beside the one in use, and both sign. */
const nextFile = (file: string): string => `${file}.next`;

const withNext = (key: SignerKey, next: Plain<string> | undefined): SignerKey => {
  const coming = next && readSignerKey(next);
  if (!coming || coming.verifierKey.publicKey.equals(key.verifierKey.publicKey)) return key;
  if (coming.verifierKey.name !== key.verifierKey.name)
    throw new Fault('ledger-stopped', `the key to come is of ${coming.verifierKey.name}: remove that file`);
  return { ...key, also: [coming] };
};

/** The keys of a log that changes its key. */
export interface ChangingKey {
  readonly from: SignerKey;
  readonly to: SignerKey;
  /** False when the change had been begun before. */
  readonly begun: boolean;
}

/**
 * Begins a change of the log's key, under the same name: from the next checkpoint on both keys sign.
 * @throws Fault `ledger-stopped`
 */
export const beginKeyChange = async (db: CaseboundDatabase, options: LogKeyFile): Promise<ChangingKey> => {
  const from = await openLogKey(db, options);
  const [under] = from.also ?? [];
  if (under) return { from, to: under, begun: false };
  const text = newKey(from.verifierKey.name, options.chance);
  const made = await createSecretFile(nextFile(options.file), text, options.chance);
  return { from, to: readSignerKey(made), begun: true };
};

/**
 * The change that is under way.
 * @throws Fault `unprocessable` when there is none
 */
export const findKeyChange = async (db: CaseboundDatabase, options: LogKeyFile): Promise<ChangingKey> => {
  const from = await openLogKey(db, options);
  const [to] = from.also ?? [];
  if (to) return { from, to, begun: false };
  throw new Fault('unprocessable', 'no change of the log’s key is under way: begin one without --finish');
};

/** Ends the change: the old key is destroyed, the new one signs alone. Killed in between, the next start ends it. */
export const endKeyChange = async ({ file }: LogKeyFile): Promise<void> => {
  await destroySecretFile(file);
  await retireSecretFile(nextFile(file), file);
};

const newKey = (name: string, chance: Chance) =>
  formatSignerKey({ name, type: signatureTypes.ed25519, seed: plain(chance.bytes(32)) });

/**
 * Ends the log and begins a new one under a new name, over all entries that this database has. For when the old one
 * may not be signed on: after a restore from an older copy, or with its key lost. Checkpoints and key of the old
 * log are kept.
 * @throws Fault `unprocessable` for a name that is bad or was used before
 */
export const restartLog = async (
  db: CaseboundDatabase,
  options: LogKeyFile & { readonly origin: string },
): Promise<SignerKey> => {
  const { file, chance, origin } = options;
  checkName(origin);
  await startNewLog(db, origin);
  const old = await readSecretFile(file);
  if (old !== undefined) await retireSecretFile(file, retiredFile(file, readSignerKey(old)));
  return readSignerKey(await createSecretFile(file, newKey(origin, chance), chance));
};
