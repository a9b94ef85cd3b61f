import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { systemChance } from '../chance/system-chance.ts';
import { openKeyRingFile } from './key-ring-file.ts';
import { SubjectKey } from './subject-key.ts';

let folder = '';
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-ring-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const fresh = (): string => {
  number += 1;
  return join(folder, `${number}`, 'key-ring.json');
};
const openAt = (file: string, neededKeyIds: readonly string[] = []) =>
  openKeyRingFile({ file, chance: systemChance, neededKeyIds });
const refusal = async (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'opened',
    (thrown: unknown) =>
      isFault(thrown) && thrown.code === 'vault-closed' ? thrown.message : String(thrown),
  );

describe('the key ring file', () => {
  it('is made at the first start, for its owner alone, with nothing left beside it', async () => {
    const file = fresh();
    await openAt(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(file, '..'))).toEqual(['key-ring.json']);
  });
  it('gives the same keys at every later start', async () => {
    const file = fresh();
    const first = await openAt(file);
    const wrapped = await first.wrap(SubjectKey.generate(systemChance), 'cus_a');
    const second = await openAt(file, [first.wrappingKeyId, first.hashKeyId]);
    await second.unwrap(wrapped, 'cus_a');
    expect(second.hash('email', 'a@b.example')).toEqual(first.hash('email', 'a@b.example'));
  });
  it('is one file for eight processes that start at once', async () => {
    const file = fresh();
    const script = `
      const { openKeyRingFile } = await import(${JSON.stringify(new URL('./key-ring-file.ts', import.meta.url).href)});
      const { systemChance } = await import(${JSON.stringify(new URL('../chance/system-chance.ts', import.meta.url).href)});
      const ring = await openKeyRingFile({ file: process.argv[1], chance: systemChance, neededKeyIds: [] });
      process.stdout.write(ring.wrappingKeyId + ring.hashKeyId);`;
    const started = Array.from({ length: 8 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, file]);
      let told = '';
      for await (const chunk of child.stdout) told += String(chunk);
      return told;
    });
    const told = await Promise.all(started);
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(/^kek_[0-9a-f]{16}hash_[0-9a-f]{16}$/);
    expect(await readdir(join(file, '..'))).toEqual(['key-ring.json']);
  });
  it('is never made anew while the database is sealed under a key, and says what to restore', async () => {
    const file = fresh();
    const said = await refusal(openAt(file, ['kek_0123456789abcdef']));
    expect(said).toContain('is missing');
    expect(said).toContain('kek_0123456789abcdef');
    expect(said).toContain('restore the key ring file from its backup');
    expect(await refusal(stat(file))).toContain('ENOENT');
  });
  it('is refused when it is another ring than the database was sealed under', async () => {
    const file = fresh();
    await openAt(file);
    expect(await refusal(openAt(file, ['kek_0123456789abcdef']))).toContain('lacks kek_0123456789abcdef');
  });
  it('is refused when anyone else may read or write it', async () => {
    for (const mode of [0o604, 0o602, 0o666, 0o620]) {
      const file = fresh();
      await openAt(file);
      await chmod(file, mode);
      expect(await refusal(openAt(file)), mode.toString(8)).toContain(`chmod 600 ${file}`);
    }
  });
  it('is refused through a symbolic link when its target is open to others', async () => {
    const file = fresh();
    await openAt(file);
    await symlink(file, `${file}.link`);
    await openAt(`${file}.link`);
    await chmod(file, 0o644);
    expect(await refusal(openAt(`${file}.link`))).toContain('open to others');
  });
  it('is refused when it is cut short, and its text is not repeated', async () => {
    const file = fresh();
    await openAt(file);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -20));
    const said = await refusal(openAt(file));
    expect(said).toContain('not the JSON');
    for (const secret of text.match(/[\w-]{43}/g) ?? []) expect(said).not.toContain(secret);
  });
  it('is refused as a folder, and as a file of a megabyte', async () => {
    const file = fresh();
    await openAt(file);
    expect(await refusal(openAt(join(file, '..')))).toContain('is not a file');
    await writeFile(file, 'x'.repeat(1_000_000));
    expect(await refusal(openAt(file))).toContain('too long');
  });
  it('says so when it cannot be created', async () => {
    const file = fresh();
    await openAt(file);
    expect(await refusal(openAt(join(file, 'below', 'key-ring.json')))).toContain('cannot be');
  });
});
