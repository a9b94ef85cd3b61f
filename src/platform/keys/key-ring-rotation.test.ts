import { link, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { systemChance } from '../chance/system-chance.ts';
import { openKeyRingFile } from './key-ring-file.ts';
import { keyRingRotation } from './key-ring-rotation.ts';
import { SubjectKey } from './subject-key.ts';

const chance = systemChance;
const ground = async () => {
  const folder = temporaryDirectory();
  const file = join(folder, 'key-ring');
  const open = () => openKeyRingFile({ file, chance, neededKeyIds: [] });
  const ring = await open();
  return { folder, file, open, ring, rotation: keyRingRotation({ file, chance, ring }) };
};

describe('changing the wrapping key', () => {
  it('wraps under the new key at once and still opens what the old one wrapped, here and in other processes', async () => {
    const { open, ring, rotation } = await ground();
    const other = await open();
    const key = SubjectKey.generate(chance);
    const before = await ring.wrap(key, 'cus_a');
    const id = await rotation.addWrappingKey();
    expect([ring.wrappingKeyId, await rotation.wrappingKeyIds()]).toEqual([id, [id, before.wrappingKeyId]]);
    const after = await ring.wrap(key, 'cus_a');
    expect(after.wrappingKeyId).toBe(id);
    // The other process was started before the change.
    for (const wrapped of [before, after])
      expect((await other.unwrap(wrapped, 'cus_a')).exposeForWrapping()).toEqual(key.exposeForWrapping());
    expect((await other.wrap(key, 'cus_a')).wrappingKeyId).toBe(id);
  });

  it('leaves nothing anywhere that opens what the destroyed key wrapped', async () => {
    const { folder, file, open, ring, rotation } = await ground();
    const wrapped = await ring.wrap(SubjectKey.generate(chance), 'cus_a');
    const text = await readFile(file, 'utf8');
    await rotation.addWrappingKey();
    // What a killed process leaves: a ring written aside, with the old key in it.
    await writeFile(join(folder, '.key-ring-left'), text);
    expect(await rotation.destroyOldWrappingKeys()).toEqual([wrapped.wrappingKeyId]);
    expect(await readdir(folder)).toEqual(['key-ring']);
    for (const later of [ring, await open()])
      await expect(later.unwrap(wrapped, 'cus_a')).rejects.toMatchObject({ code: 'vault-closed' });
    expect(await rotation.destroyOldWrappingKeys()).toEqual([]);
  });

  it('overwrites the bytes of the old ring, also under a second name', async () => {
    const { folder, file, rotation } = await ground();
    await link(file, join(folder, 'copy'));
    await rotation.addWrappingKey();
    expect((await readFile(join(folder, 'copy'))).every((byte) => byte === 0)).toBe(true);
  });

  it('never harms the ring in use, whatever a killed first start left beside it', async () => {
    const { folder, file, open, ring, rotation } = await ground();
    await link(file, join(folder, '.key-ring-left'));
    await rotation.destroyOldWrappingKeys();
    expect((await open()).wrappingKeyId).toBe(ring.wrappingKeyId);
    expect(await readdir(folder)).toEqual(['key-ring']);
  });

  it('keeps a link a link, and the file for its owner alone', async () => {
    const { folder, file } = await ground();
    const name = join(folder, 'linked');
    await symlink(file, name);
    const ring = await openKeyRingFile({ file: name, chance, neededKeyIds: [] });
    const id = await keyRingRotation({ file: name, chance, ring }).addWrappingKey();
    expect(await readFile(file, 'utf8')).toContain(id);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses to take another organisation’s ring for its own', async () => {
    const { file } = await ground();
    const other = await ground();
    await writeFile(other.file, await readFile(file));
    await expect(other.ring.refresh()).rejects.toMatchObject({ code: 'vault-closed' });
  });
});
