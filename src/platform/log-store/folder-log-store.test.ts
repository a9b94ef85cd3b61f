import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { systemChance } from '../chance/system-chance.ts';
import { FolderLogStore } from './folder-log-store.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a log in a folder', () => {
  it('gives back what was added, and undefined for what is not there', async () => {
    const root = temporaryDirectory();
    const store = new FolderLogStore(root, systemChance);
    await store.add([
      { path: 'tile/0/x001/067', bytes: bytes('full') },
      { path: 'tile/0/000.p/3', bytes: bytes('partial') },
    ]);
    await store.replace({ path: 'checkpoint', bytes: bytes('one') });
    await store.replace({ path: 'checkpoint', bytes: bytes('two') });
    expect(String(await store.read('tile/0/x001/067'))).toBe('full');
    expect(String(await store.read('tile/0/000.p/3'))).toBe('partial');
    expect(String(await store.read('checkpoint'))).toBe('two');
    expect(await store.read('tile/0/000')).toBeUndefined();
    expect(await store.read('checkpoint/below')).toBeUndefined();
  });

  it('never overwrites a file: the same bytes are passed over, others stop the ledger', async () => {
    const root = temporaryDirectory();
    const store = new FolderLogStore(root, systemChance);
    await store.add([{ path: 'tile/0/000', bytes: bytes('first') }]);
    await store.add([{ path: 'tile/0/000', bytes: bytes('first') }]);
    await expect(store.add([{ path: 'tile/0/000', bytes: bytes('other') }])).rejects.toMatchObject({
      code: 'ledger-stopped',
      message: expect.stringContaining('tile/0/000'),
    });
    expect(readFileSync(join(root, 'tile/0/000'), 'utf8')).toBe('first');
  });

  it('lets two writers add the same files at once', async () => {
    const root = temporaryDirectory();
    const stores = [1, 2, 3].map(() => new FolderLogStore(root, systemChance));
    const files = Array.from({ length: 40 }, (_, at) => ({
      path: `tile/0/00${at % 10}.p/${at}`,
      bytes: bytes(`${at}`),
    }));
    await Promise.all(stores.map((store) => store.add(files)));
    for (const file of files) expect(await stores[0]?.read(file.path)).toEqual(file.bytes);
  });

  it('leaves nothing half written in sight, and clears what a killed writer left', async () => {
    const root = temporaryDirectory();
    const store = new FolderLogStore(root, systemChance);
    mkdirSync(join(root, '.staging'));
    writeFileSync(join(root, '.staging/left'), 'half');
    await store.clearStaging();
    await store.add([{ path: 'tile/0/000', bytes: bytes('first') }]);
    expect(readdirSync(join(root, '.staging'))).toEqual([]);
  });

  it('removes a folder of partial tiles, also one that is not there', async () => {
    const root = temporaryDirectory();
    const store = new FolderLogStore(root, systemChance);
    await store.add([{ path: 'tile/0/000.p/3', bytes: bytes('partial') }]);
    await store.removeFolder('tile/0/000.p');
    await store.removeFolder('tile/0/001.p');
    expect(existsSync(join(root, 'tile/0/000.p'))).toBe(false);
  });

  it('says which path cannot be written', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'tile'), 'in the way');
    const store = new FolderLogStore(root, systemChance);
    await expect(store.add([{ path: 'tile/0/000', bytes: bytes('first') }])).rejects.toMatchObject({
      code: 'storage-down',
      message: expect.stringContaining('tile/0/000'),
    });
  });
});
