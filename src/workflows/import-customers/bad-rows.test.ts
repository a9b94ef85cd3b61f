import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, faultOf, ImportRoom } from '../../../test/support/import-room.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { importCustomers } from './import-customers.ts';

let room: ImportRoom;
beforeAll(async () => {
  room = await ImportRoom.open();
});
afterEach(() => room.empty());
afterAll(() => room.close());

const anna =
  'ref,name,email,phone,address,balance,password_hash,favourite_colour\n' +
  'C-1,Anna Example,Anna@Example.com,07700 900123,"1 High Street\nLeeds, GB",1200.50,$2b$12$secretsecret,mauve-azure\n';

describe('bad rows', () => {
  it('are listed with line, field and reason but no value, and the good ones are kept', async () => {
    const text = [
      'ref,name,email,phone,account_number,balance,country,protected',
      'B-02,Ann,ann@example.com,07700 900123,GB12,10,GB,',
      ',Bob,,,,,,',
      'B-04,Bob,not an address,,,,,',
      'B-05,Bob,,ring me,,,,',
      'B-06,Bob,,,12;34,,,',
      'B-07,Bob,,,,much,,',
      `B-08,${'x'.repeat(121)},,,,,,`,
      'B-09,Bob,,,,,,vip',
      'B-10,Bob',
      'B-11,Bob,,,,,,,,',
      'B-12,"Bob,,,,,,',
      'B-13,Bo\u0007b,,,,,,',
      'B-02,Cem,,,,,,',
      `${'r'.repeat(201)},Bob,,,,,,`,
      `B-16,${'y'.repeat(70_000)},,,,,,`,
      'B-17,Zoe,,,,,GB,',
    ].join('\n');
    const summary = await room.importText(text);
    expect(summary.rejects).toEqual([
      '3 ref ref-missing',
      '4 email not-an-email',
      '5 phone not-a-phone',
      '6 account_number not-an-account',
      '7 balance not-an-amount',
      '8 name value-too-long',
      '9 protected protected-unknown',
      '10 - column-count',
      '11 - column-count',
      '12 - quotes-unbalanced',
      '13 name control-sign',
      '14 ref ref-repeated',
      '15 ref ref-too-long',
      '16 - line-too-long',
    ]);
    expect(summary).toMatchObject({
      rowsKept: 2,
      rowsBad: 14,
      badReasons: { 'column-count': 2, 'ref-repeated': 1 },
    });
    expect((await room.heldOf('B-02'))?.['name']).toBe('Ann');
    expect((await room.heldOf('B-17'))?.['name']).toBe('Zoe');
    const listed = summary.rejectsText;
    for (const value of ['Bob', 'B-0', 'ring me', 'much', 'vip', 'xxx', '12;34'])
      expect(listed).not.toContain(value);
  });
  it('that are not UTF-8 are refused, and rows around them are kept', async () => {
    const text = Buffer.concat([
      Buffer.from('ref,name\nU-1,Zoë\nU-2,Zo'),
      Buffer.from([0xeb]),
      Buffer.from('\nU-3,Zoë\n'),
    ]);
    expect((await room.importText(text)).rejects).toEqual(['3 - not-utf8']);
    expect([await room.heldOf('U-1'), await room.heldOf('U-2'), await room.heldOf('U-3')]).toEqual([
      { name: 'Zoë' },
      undefined,
      { name: 'Zoë' },
    ]);
  });
  it('of NDJSON are refused likewise', async () => {
    const lines = [
      '{"ref":"J-1","name":"Ann"}',
      '{"ref":"J-2","name":',
      '[1]',
      '{"ref":"J-4","name":{"first":"Ann"}}',
      '{"ref":12345678901234567890,"name":"Ann"}',
      '{"ref":"J-6","name":"\\ud800"}',
      '{"name":"Ann"}',
      '"J-8"',
      '{"ref":"J-9","name":"Zoe","settings":{"theme":"dark"},"password_hash":["x"],"shoe":12345678901234567890}',
    ];
    expect((await room.importText(lines.join('\n'), { name: 'j.ndjson' })).rejects).toEqual([
      '2 - not-json',
      '3 - not-json',
      '4 name value-not-text',
      '5 ref number-not-exact',
      '6 name control-sign',
      '7 ref ref-missing',
      '8 - not-json',
    ]);
    expect(await room.heldOf('J-9')).toEqual({ name: 'Zoe' });
  });
  it('whose ref stood further up in the file are refused however far apart the two are', async () => {
    const rows = Array.from({ length: 1_500 }, (_, no) => `D-${no % 1_250},Name ${no}`);
    const summary = await room.importText(`ref,name\n${rows.join('\n')}\n`, {
      threadsMax: 2,
      batchRowsMax: 50,
    });
    expect(summary).toMatchObject({ rowsKept: 1_250, rowsBad: 250, badReasons: { 'ref-repeated': 250 } });
    expect(summary.rejects[0]).toBe('1252 ref ref-repeated');
    expect((await room.heldOf('D-0'))?.['name']).toBe('Name 0');
  });
});

describe('a file that cannot be used', () => {
  it.each([
    ['', 'is empty'],
    ['\n \n', 'is empty'],
    ['Anna Example,anna@example.com\n', 'line 1: the header names no column "ref"'],
    ['ref,favourite_colour\n1,mauve\n', 'line 1: the header names no field of the catalogue'],
    ['ref,name,Name\n1,a,b\n', 'line 1: the header names the column "name" twice'],
    [`ref,name${',x'.repeat(500)}\n`, 'line 1: there are more than 500 columns'],
    ['[{"ref":"1"}]', 'holds JSON: write one object a line'],
    [Buffer.from('\ufeffref,name\n1,a\n', 'utf16le'), 'is UTF-16: save it as UTF-8'],
    [Buffer.from('PK\u0003\u0004\0\0\0'), 'is not a text file'],
    [gzipSync('ref,name\n1,Ann\n').subarray(0, 20), 'is not a whole gzip file'],
    [`"${'x'.repeat(100_000)}`, 'line 1: the header is longer than 64 KiB'],
  ])('is refused with one line: %#', async (text, said) => {
    const line = await faultOf(room.importText(text));
    expect(line).toMatch(/^unprocessable: customers-\d+\.csv /);
    expect(line).toContain(said);
    expect(line).not.toContain('\n');
    expect(line).not.toMatch(/anna|mauve/i);
  });
  it('is refused when it is missing, a folder, or the file for rejected rows itself', async () => {
    const ask = {
      db: room.fresh.db,
      keys: room.keys,
      catalogue,
      clock: room.clock,
      chance: systemChance,
      rejectsFile: room.path('r'),
    };
    expect(await faultOf(importCustomers({ ...ask, file: room.path('none.csv') }))).toContain(
      'cannot be read (ENOENT)',
    );
    expect(await faultOf(importCustomers({ ...ask, file: room.folder }))).toContain('is not a file');
    const file = room.path('same.csv');
    await writeFile(file, anna);
    expect(await faultOf(importCustomers({ ...ask, file, rejectsFile: file }))).toContain(
      'is the import file itself',
    );
    expect(await readFile(file, 'utf8')).toBe(anna);
  });
});
