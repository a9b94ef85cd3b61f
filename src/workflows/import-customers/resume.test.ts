import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ImportRoom } from '../../../test/support/import-room.ts';

let room: ImportRoom;
beforeAll(async () => {
  room = await ImportRoom.open();
});
afterEach(() => room.empty());
afterAll(() => room.close());

describe('an import that is stopped', () => {
  const rows = Array.from({ length: 2_000 }, (_, no) =>
    no % 400 === 7 ? `,Bad ${no}` : `S-${no},Name ${no}`,
  );
  const text = `ref,name\n${rows.join('\n')}\n`;

  const small = { batchRowsMax: 100 };

  it('goes on where it was, with the same file under the same catalogue, and lists each bad row once', async () => {
    const stop = new AbortController();
    const rejectsFile = room.path('stopped.ndjson');
    const first = await room.importText(text, {
      ...small,
      name: 'stopped.csv',
      rejectsFile,
      signal: stop.signal,
      onProgress: ({ rowsKept }) => rowsKept > 300 && stop.abort(),
    });
    expect(first.ended).toBe('stopped');
    expect(first.rowsKept).toBeGreaterThan(300);
    expect(first.rowsKept).toBeLessThan(1_995);
    const seen: number[] = [];
    const second = await room.importText(text, {
      ...small,
      name: 'stopped.csv',
      rejectsFile,
      onProgress: ({ bytesDone, bytesTotal }) => seen.push(bytesDone / bytesTotal),
    });
    expect(second).toMatchObject({
      ended: 'whole',
      rowsKept: 1_995,
      rowsNew: 1_995,
      rowsBad: 5,
      importId: first.importId,
    });
    expect(second.resumedAtLine).toBe(2 + first.rowsKept + first.rowsBad);
    expect(second.rejects).toEqual(Array.from({ length: 5 }, (_, no) => `${no * 400 + 9} ref ref-missing`));
    expect(second.rejectsComplete).toBe(true);
    expect(seen.at(-1)).toBe(1);
    const { rows: counted } = await room.fresh.db.pool.query(
      'select count(*) as n, count(distinct ref_hash) as d from customer',
    );
    expect(counted).toEqual([{ n: 1_995, d: 1_995 }]);
    const third = await room.importText(text, { ...small, name: 'stopped.csv', rejectsFile });
    expect(third).toMatchObject({ resumedAtLine: undefined, rowsKept: 1_995, rowsNew: 0 });
  });
  it('says that its list of rejected rows is not whole when the first part is gone', async () => {
    const stop = new AbortController();
    const rejectsFile = room.path('gone.ndjson');
    const first = await room.importText(text, {
      ...small,
      name: 'gone.csv',
      rejectsFile,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(first.rowsBad).toBeGreaterThan(0);
    await writeFile(rejectsFile, '');
    const second = await room.importText(text, { ...small, name: 'gone.csv', rejectsFile });
    expect([second.rowsBad, second.rejectsComplete]).toEqual([5, false]);
    expect(second.rejects).toHaveLength(5 - first.rowsBad);
  });
  it('begins anew when another file was imported meanwhile: half of it would be older than the rest', async () => {
    const stop = new AbortController();
    const first = await room.importText(text, {
      ...small,
      name: 'old.csv',
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await room.importText('ref,name\nS-1,Newer\n');
    const again = await room.importText(text, { ...small, name: 'old.csv' });
    expect(again.importId).not.toBe(first.importId);
    expect(again).toMatchObject({ resumedAtLine: undefined, rowsKept: 1_995 });
    expect((await room.heldOf('S-1'))?.['name']).toBe('Name 1');
  });
});
