import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { systemChance } from '../chance/system-chance.ts';
import { ForwardFile } from './forward-file.ts';

const open = (folder = temporaryDirectory()) => ({ folder, file: new ForwardFile(folder, systemChance) });
const textOf = async (file: ForwardFile) => String((await file.read())?.bytes);

describe('a forward file', () => {
  it('holds what it was given last', async () => {
    const { file } = open();
    expect(await file.read()).toBeUndefined();
    for (let no = 0; no < 5; no += 1) {
      expect(await file.advance(no, Buffer.from(`content ${no}`))).toBe(true);
      expect(await file.read()).toEqual({ no: no + 1, bytes: Buffer.from(`content ${no}`) });
    }
  });

  it('does not go on from a step that is taken', async () => {
    const { file, folder } = open();
    await file.advance(0, Buffer.from('first'));
    expect(await open(folder).file.advance(0, Buffer.from('other'))).toBe(false);
    expect(await textOf(file)).toBe('first');
  });

  it('does not go back to a step long past, although its file is cleared away', async () => {
    const { file, folder } = open();
    for (let no = 0; no < 3; no += 1) await file.advance(no, Buffer.from(`content ${no}`));
    expect(await open(folder).file.advance(0, Buffer.from('from before'))).toBe(false);
    expect(await textOf(file)).toBe('content 2');
    expect(await file.advance(3, Buffer.from('content 3'))).toBe(true);
    expect(await textOf(file)).toBe('content 3');
  });

  it('passes over files that are not its own', async () => {
    const { file, folder } = open();
    await file.advance(0, Buffer.from('first'));
    writeFileSync(join(folder, '9.tmp'), 'x');
    writeFileSync(join(folder, '99'), 'x');
    expect(await textOf(file)).toBe('first');
  });
});
