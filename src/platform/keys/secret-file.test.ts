import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { exposePlaintext, plain } from '../../model/plain.ts';
import { systemChance } from '../chance/system-chance.ts';
import { createSecretFile, readSecretFile, retireSecretFile } from './secret-file.ts';

const stopped = expect.objectContaining({ code: 'ledger-stopped' });

describe('a secret file', () => {
  it('comes back as it was made, readable by its owner alone', async () => {
    const file = join(temporaryDirectory(), 'keys', 'log-key');
    expect(await readSecretFile(file)).toBeUndefined();
    await createSecretFile(file, plain('secret'), systemChance);
    const read = await readSecretFile(file);
    expect(read && exposePlaintext(read)).toBe('secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('made by several at once is one and the same for all of them', async () => {
    const file = join(temporaryDirectory(), 'log-key');
    const made = await Promise.all(
      ['a', 'b', 'c'].map((text) => createSecretFile(file, plain(text), systemChance)),
    );
    expect(new Set(made.map((text) => exposePlaintext(text))).size).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(`${made[0] ? exposePlaintext(made[0]) : ''}\n`);
  });

  it('is refused when others may read it, when it is long, and when it is no file, without a word of it', async () => {
    const folder = temporaryDirectory();
    const file = join(folder, 'log-key');
    writeFileSync(file, 'secret', { mode: 0o600 });
    chmodSync(file, 0o604);
    await expect(readSecretFile(file)).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.not.stringContaining('secret'),
    });
    chmodSync(file, 0o600);
    writeFileSync(file, 'x'.repeat(4_097));
    await expect(readSecretFile(file)).rejects.toEqual(stopped);
    await expect(readSecretFile(folder)).rejects.toEqual(stopped);
  });

  it('is kept under another name when it is retired', async () => {
    const file = join(temporaryDirectory(), 'log-key');
    await createSecretFile(file, plain('secret'), systemChance);
    await retireSecretFile(file, `${file}.ended`);
    await retireSecretFile(file, `${file}.ended`);
    expect(await readSecretFile(file)).toBeUndefined();
    expect(readFileSync(`${file}.ended`, 'utf8')).toBe('secret\n');
  });
});
