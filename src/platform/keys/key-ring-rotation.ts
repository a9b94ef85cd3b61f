import { Buffer } from 'node:buffer';
import { chmod, chown, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFault } from '../../model/fault.ts';
import type { Chance } from '../../model/ports.ts';
import type { KeyRotation } from './key-encryption.ts';
import { type KeyRing, type RingMaterial, ringKeyBytes, ringKeyId } from './key-ring.ts';
import { asidePrefix, closed, codeOf, readRingAgain, syncFolder, writeDurably } from './key-ring-file.ts';
import { formatRing } from './key-ring-text.ts';

export interface RotatedRing {
  readonly file: string;
  readonly chance: Chance;
  /** The ring of this process: it uses the new key at once. Other processes hear of it by reading the file. */
  readonly ring: KeyRing;
}

/**
 * Changes the wrapping key in a key ring file. The file is at any instant the old ring or the new one, whole. Run by
 * one process at a time: whoever calls holds a lock.
 */
export const keyRingRotation = ({ file, chance, ring }: RotatedRing): KeyRotation => ({
  async wrappingKeyIds() {
    await ring.refresh();
    return ring.wrappingKeyIds;
  },
  async addWrappingKey() {
    const material = await readRingAgain(file);
    const key = chance.bytes(ringKeyBytes);
    const currentId = ringKeyId('kek', key);
    await replaceRing(file, chance, {
      ...material,
      currentId,
      wrappingKeys: new Map([...material.wrappingKeys, [currentId, key]]),
    });
    await ring.refresh();
    return currentId;
  },
  async destroyOldWrappingKeys() {
    const material = await readRingAgain(file);
    const { currentId } = material;
    const current = material.wrappingKeys.get(currentId);
    const old = [...material.wrappingKeys.keys()].filter((id) => id !== currentId);
    if (current && old.length > 0)
      await replaceRing(file, chance, { ...material, wrappingKeys: new Map([[currentId, current]]) });
    await eraseLeftovers(file);
    await ring.refresh();
    return old;
  },
});

/** Writes the new ring aside, puts it in place, and then overwrites the bytes of the old one. */
const replaceRing = async (file: string, chance: Chance, material: RingMaterial): Promise<void> => {
  try {
    // A link to the ring stays one: the file that it leads to is replaced.
    const place = await realpath(file);
    const folder = dirname(place);
    const aside = join(folder, `${asidePrefix}${Buffer.from(chance.bytes(8)).toString('hex')}`);
    const before = await open(place, 'r+');
    try {
      const { gid, mode, uid } = await before.stat();
      await writeDurably(aside, formatRing(material));
      await chown(aside, uid, gid);
      await chmod(aside, mode & 0o777);
      await rename(aside, place);
      await syncFolder(folder);
      await overwrite(before);
    } finally {
      await before.close();
    }
  } catch (cause) {
    if (isFault(cause)) throw cause;
    throw closed(`${file} cannot be replaced (${codeOf(cause)}): let this process's user write there`, cause);
  }
};

/** Rings written aside by processes that were killed: they hold keys that are to be gone. */
const eraseLeftovers = async (file: string): Promise<void> => {
  const place = await realpath(file);
  const live = await stat(place);
  const folder = dirname(place);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(asidePrefix)) continue;
    const path = join(folder, name);
    const handle = await open(path, 'r+');
    try {
      // One that was killed right after the first start left a second name of the very ring in use.
      if ((await handle.stat()).ino !== live.ino) await overwrite(handle);
    } finally {
      await handle.close();
    }
    await unlink(path);
  }
  await syncFolder(folder);
};

/** Best effort: a journaling file system or a flash drive may keep a copy. docs/erasure.md says what that asks for. */
const overwrite = async (handle: Awaited<ReturnType<typeof open>>): Promise<void> => {
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size), 0, size, 0);
  await handle.sync();
};
