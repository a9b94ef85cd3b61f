import { Buffer } from 'node:buffer';
import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../model/fault.ts';
import type { Chance } from '../../model/ports.ts';
import { generateRing, KeyRing, type RingMaterial } from './key-ring.ts';
import { formatRing, parseRing } from './key-ring-text.ts';

/** A file of about 100 keys; anything longer is not a key ring. */
const fileBytesMax = 65_536;

export interface KeyRingFile {
  readonly file: string;
  readonly chance: Chance;
  /**
   * Ids of the keys that the database was sealed under (`ringKeysInUse` of the vault): empty on the very first
   * start. While there are any, a missing file is never replaced by a new one.
   */
  readonly neededKeyIds: readonly string[];
}

/**
 * Opens the key ring file, or makes it at the first start. Safe for two processes at once: both end with the
 * same ring. The file must be readable by its owner alone (0600), or by root and one group (0640).
 * @throws Fault `vault-closed`, whose message says what to restore or to change.
 */
export const openKeyRingFile = async (options: KeyRingFile): Promise<KeyRing> => {
  const { file, chance, neededKeyIds } = options;
  const found = await readRing(file);
  if (!found && neededKeyIds.length > 0)
    throw closed(
      `${file} is missing, but the database is sealed under ${neededKeyIds.join(', ')}: ${restore}`,
    );
  const material = found ?? (await createRing(file, chance));
  const ring = new KeyRing(material, chance, () => readRingAgain(file));
  const held = new Set([...material.wrappingKeys.keys(), ring.hashKeyId]);
  const lacking = neededKeyIds.filter((id) => !held.has(id));
  if (lacking.length > 0)
    throw closed(`${file} lacks ${lacking.join(', ')}, which the database is sealed under: ${restore}`);
  return ring;
};

/** How files begin that a ring is written into before it takes its place. */
export const asidePrefix = '.key-ring-';

const restore = 'restore the key ring file from its backup (a new one cannot open what is stored)';

export const closed = (inward: string, cause?: unknown): Fault =>
  new Fault('vault-closed', `key ring: ${inward}`, cause === undefined ? {} : { cause });

export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';

/** Reads the ring that is known to be there. @throws Fault `vault-closed` */
export const readRingAgain = async (file: string): Promise<RingMaterial> => {
  // One that is just being replaced reads as damaged through a handle opened before: then the new one is there.
  const found = await readRing(file).catch(() => readRing(file));
  if (!found) throw closed(`${file} is gone while it is in use: ${restore}`);
  return found;
};

const readRing = async (file: string): Promise<RingMaterial | undefined> => {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw closed(`${file} cannot be read (${codeOf(cause)}): let this process's user read it`, cause);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw closed(`${file} is not a file: name the key ring file itself`);
    // As libpq judges private keys: root may share a file with one group (a mounted secret), others may not.
    const readers = stat.uid === 0 ? 0o027 : 0o077;
    if ((stat.mode & readers) !== 0)
      throw closed(`${file} is open to others (mode ${modeOf(stat.mode)}): chmod 600 ${file}`);
    if (stat.size > fileBytesMax) throw closed(`${file} is too long to be a key ring: ${restore}`);
    const ring = parseRing(await handle.readFile('utf8'));
    if (typeof ring === 'string') throw closed(`${file} cannot be used, ${ring}: ${restore}`);
    return ring;
  } finally {
    await handle.close();
  }
};

const modeOf = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/**
 * Writes aside, makes it durable, then links it into place: `link` refuses to replace, so of two processes that
 * start together exactly one file wins and the other process reads it.
 */
const createRing = async (file: string, chance: Chance): Promise<RingMaterial> => {
  const folder = dirname(file);
  const aside = join(folder, `${asidePrefix}${Buffer.from(chance.bytes(8)).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeDurably(aside, formatRing(generateRing(chance)));
    await link(aside, file).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
    await unlink(aside);
    await syncFolder(folder);
  } catch (cause) {
    await unlink(aside).catch(() => undefined);
    throw closed(`${file} cannot be created (${codeOf(cause)}): let this process's user write there`, cause);
  }
  const made = await readRing(file);
  if (!made) throw closed(`${file} vanished while it was made: start again`);
  return made;
};

export const writeDurably = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
