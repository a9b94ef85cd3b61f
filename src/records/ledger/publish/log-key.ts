import { formatSignerKey, readSignerKey, type SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { isKeyName, signatureTypes } from '../../../analysis/tlog/note/verifier-key.ts';
import { Fault } from '../../../model/fault.ts';
import { plain } from '../../../model/plain.ts';
import type { Chance } from '../../../model/ports.ts';
import { createSecretFile, readSecretFile, retireSecretFile } from '../../../platform/keys/secret-file.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { startNewLog } from './start-new-log.ts';

export interface LogKeyFile {
  readonly file: string;
  readonly chance: Chance;
  /** The name that the operator gave the log; undefined: the one in the file, or a made-up one for a new log. */
  readonly origin: string | undefined;
}

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
  if (origin !== undefined) checkName(origin);
  const row = await db.kysely.selectFrom('ledger_publisher').select('origin').executeTakeFirst();
  const known = row?.origin ?? undefined;
  let text = await readSecretFile(file);
  if (text === undefined && known !== undefined)
    throw new Fault(
      'ledger-stopped',
      `${file} is missing, but the log ${known} was signed with it: restore it from its backup, or begin a new log ` +
        'under a new name (casebound ledger restart)',
    );
  text ??= await createSecretFile(file, newKey(origin ?? madeUpOrigin(chance), chance), chance);
  const key = readSignerKey(text);
  const { name } = key.verifierKey;
  if (origin !== undefined && origin !== name)
    throw new Fault(
      'ledger-stopped',
      `the log is to be called ${origin}, but ${file} is the key of ${name}: a log never changes its name; to ` +
        'begin a new one use casebound ledger restart',
    );
  return key;
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
  if (old !== undefined)
    await retireSecretFile(file, `${file}.${readSignerKey(old).verifierKey.keyId.toString(16)}.ended`);
  return readSignerKey(await createSecretFile(file, newKey(origin, chance), chance));
};
