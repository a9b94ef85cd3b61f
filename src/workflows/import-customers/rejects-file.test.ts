import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BadRow } from './bad-row.ts';
import { RejectsFile } from './rejects-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejects-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bad = (line: number): BadRow => ({ line, field: 'email', reason: 'not-an-email' });
const linesOf = async (path: string): Promise<number[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => (JSON.parse(text) as { line: number }).line);

describe('the file of rejected rows', () => {
  it('loses what was written after the position that the import goes on from', async () => {
    const path = join(folder, 'cut.ndjson');
    const first = await RejectsFile.open(path, 0);
    await first.rejects.write([bad(2), bad(3)]);
    const { bytes } = first.rejects;
    await first.rejects.write([bad(4)]);
    await first.rejects.close();
    const second = await RejectsFile.open(path, bytes);
    expect(second.complete).toBe(true);
    await second.rejects.write([bad(5)]);
    await second.rejects.close();
    expect(await linesOf(path)).toEqual([2, 3, 5]);
    expect(second.rejects.bytes).toBe((await stat(path)).size);
  });
  it('begins anew, and says so, when it is shorter than it was', async () => {
    const path = join(folder, 'short.ndjson');
    await writeFile(path, '{"line":2}\n');
    const { rejects, complete } = await RejectsFile.open(path, 400);
    await rejects.write([bad(9)]);
    await rejects.close();
    expect([complete, await linesOf(path)]).toEqual([false, [9]]);
  });
  it('is for its owner alone, and is refused where it cannot be written', async () => {
    const path = join(folder, 'own.ndjson');
    await (await RejectsFile.open(path, 0)).rejects.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(RejectsFile.open(folder, 0)).rejects.toThrow('cannot be written (EISDIR)');
  });
});
