import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, catalogueText, faultOf, ImportRoom } from '../../../test/support/import-room.ts';
import { parseCatalogue } from '../../analysis/catalogue/parse-catalogue.ts';
import type { FieldName } from '../../model/field.ts';
import { findMergeHints } from '../../records/vault/find-customers.ts';
import { openFields } from '../../records/vault/open-vault.ts';
import { VaultWriter } from '../../records/vault/vault-writer.ts';

let room: ImportRoom;
beforeAll(async () => {
  room = await ImportRoom.open();
});
afterEach(() => room.empty());
afterAll(() => room.close());

const anna =
  'ref,name,email,phone,address,balance,password_hash,favourite_colour\n' +
  'C-1,Anna Example,Anna@Example.com,07700 900123,"1 High Street\nLeeds, GB",1200.50,$2b$12$secretsecret,mauve-azure\n';

describe('an import of customers', () => {
  it('stores each customer sealed, masked, and to be found by what they say', async () => {
    const summary = await room.importText(anna);
    expect(summary).toMatchObject({
      ended: 'whole',
      rowsKept: 1,
      rowsNew: 1,
      rowsBad: 0,
      resumedAtLine: undefined,
    });
    expect(await room.heldOf('C-1')).toEqual({
      name: 'Anna Example',
      email: 'Anna@Example.com',
      phone: '07700 900123',
      address: '1 High Street\nLeeds, GB',
      balance: '1200.50',
    });
    expect(await room.masksOf('C-1')).toEqual({
      name: 'A. E.',
      email: 'A•••@•••.com',
      phone: '••• ••23',
      address: 'GB',
      balance: '1,000 to 10,000',
    });
    const id = (await room.rowOf('C-1'))?.customerId;
    expect(await room.find('email', ' anna@EXAMPLE.com ')).toEqual([id]);
    expect(await room.find('phone', '0044 (0)7700-900.123')).toEqual([id]);
    expect(await room.find('account', 'C-1')).toEqual([]);
    expect(await room.find('email', 'bob@example.com')).toEqual([]);
    expect(await room.find('email', 'not an address')).toEqual([]);
  });
  it('never stores a secret or an unknown column, and names both', async () => {
    const summary = await room.importText(anna);
    expect(summary.leftOut).toEqual({ secret: ['password_hash'], notInCatalogue: ['favourite_colour'] });
    const held = await room.heldOf('C-1');
    expect(Object.keys(held ?? {})).not.toContain('password_hash');
    expect(Object.keys(held ?? {})).not.toContain('favourite_colour');
  });
  it('leaves no value, reference or look-up readable anywhere in the database', async () => {
    await room.importText(anna);
    const { rows: tables } = await room.fresh.db.pool.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
        where table_schema in ('public', 'keys') and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const { rows } = await room.fresh.db.pool.query<{ text: string; hex: string }>(
        `select t::text as text, encode(convert_to(t::text, 'UTF8'), 'hex') as hex from ${name} t`,
      );
      for (const { text } of rows)
        for (const word of [
          'Anna',
          'anna',
          'example',
          '900123',
          'High',
          'Leeds',
          '1200',
          'secretsecret',
          'mauve',
          'C-1',
        ]) {
          expect(text, name).not.toContain(word);
          expect(text, name).not.toContain(Buffer.from(word).toString('hex'));
        }
    }
  });
  it('reads semicolons, byte order marks, any case of column names and gzip', async () => {
    const text = '\ufeffRef;Name;Country\r\nC-1;"Anna; Example";GB\r\n';
    const summary = await room.importText(gzipSync(text), { name: 'other.csv.gz' });
    expect(summary.rowsKept).toBe(1);
    expect(await room.heldOf('C-1')).toEqual({ name: 'Anna; Example', country: 'GB' });
  });
  it('reads NDJSON, numbers and nulls too', async () => {
    const rows = [
      { ref: 'N-1', name: 'Nora', balance: 12.5, email: null, shoe_size: 38, password_hash: 'x' },
      { ref: 'N-2', name: 'Nils', country: 'SE' },
    ];
    const summary = await room.importText(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`, {
      name: 'n.ndjson',
    });
    expect(summary).toMatchObject({
      rowsKept: 2,
      leftOut: { secret: ['password_hash'], notInCatalogue: ['shoe_size'] },
    });
    expect(await room.heldOf('N-1')).toEqual({ name: 'Nora', balance: '12.5' });
  });
  it('protects customers by their column, and by a rule of the catalogue', async () => {
    await room.importText(
      'ref,name,balance,protected\nP-1,Ann,10,executive\nP-2,Bob,10,\nP-3,Cem,"250,000.01",\nP-4,Dee,250000,\nP-5,Eve,900000,Staff\nP-6,Fay,251.000,\n',
    );
    const protections = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (no) => (await room.rowOf(`P-${no}`))?.protected),
    );
    // 251.000 may be a thousand times more than 251: too much protection harms nobody
    expect(protections).toEqual(['executive', null, 'high-balance', null, 'staff', 'high-balance']);
  });
  it('gives each customer a key of their own', async () => {
    await room.importText('ref,name\nK-1,Ann\nK-2,Ann\n');
    const [one, two] = [await room.rowOf('K-1'), await room.rowOf('K-2')];
    expect(one.wrapped).not.toEqual(two.wrapped);
    const key = await room.keyOf(two);
    expect(() => openFields(one, key, ['name' as FieldName])).toThrow('do not open');
  });
});

describe('a second import', () => {
  it('replaces values and look-ups, and keeps the customer’s id and key', async () => {
    await room.importText('ref,name,email,country\nR-1,Ann,ann@example.com,GB\nR-2,Bob,bob@example.com,GB\n');
    const before = await room.rowOf('R-1');
    const summary = await room.importText(
      'ref,name,email\nR-1,Ann Married,ann.m@example.com\nR-3,Cem,cem@example.com\n',
    );
    expect(summary).toMatchObject({ rowsKept: 2, rowsNew: 1 });
    const after = await room.rowOf('R-1');
    expect([after?.customerId, after?.wrapped]).toEqual([before?.customerId, before?.wrapped]);
    expect(await room.heldOf('R-1')).toEqual({ name: 'Ann Married', email: 'ann.m@example.com' });
    expect(await room.heldOf('R-2')).toEqual({ name: 'Bob', email: 'bob@example.com', country: 'GB' });
    expect(await room.find('email', 'ann@example.com')).toEqual([]);
    expect(await room.find('email', 'ann.m@example.com')).toEqual([after?.customerId]);
    expect(await room.find('email', 'bob@example.com')).toHaveLength(1);
  });
  it('under another catalogue makes the masks anew', async () => {
    await room.importText('ref,name\nR-1,Ann Example\n');
    const changed = parseCatalogue(`${catalogueText}\n# changed`);
    const row = await room.rowOf('R-1');
    await room.importText('ref,name\nR-1,Ann Example\n', { catalogue: changed });
    expect((await room.rowOf('R-1'))?.catalogueVersion).toBe(changed.version);
    expect(row?.catalogueVersion).toBe(catalogue.version);
  });
  it('cannot seal for a customer whose key was destroyed, and says so', async () => {
    await room.importText('ref,name\nE-1,Ann\nE-2,Bob\n');
    const erased = await room.rowOf('E-1');
    await room.fresh.db.pool.query('delete from keys.customer_key where customer_id = $1', [
      erased?.customerId,
    ]);
    const summary = await room.importText('ref,name\nE-1,Ann again\nE-2,Bob again\n');
    expect([summary.rowsKept, summary.rejects]).toEqual([1, ['2 - key-destroyed']]);
  });
  it('is refused while another one runs, and let in when that has ended', async () => {
    const writer = await VaultWriter.open(room.fresh.db);
    expect(await faultOf(room.importText(anna))).toContain(
      'conflict: Another import of customers is running',
    );
    await writer.close();
    expect(await faultOf(room.importText(anna))).toBe('nothing thrown');
  });
});

describe('merge hints', () => {
  it('name other customers of the same value, by what kind, and nobody else', async () => {
    await room.importText(
      'ref,email,phone\nM-1,ann@example.com,07700 900111\nM-2,ANN@example.com,07700 900222\nM-3,cem@example.com,+447700900111\nM-4,dee@example.com,\n',
    );
    const [one, two, three, four] = await Promise.all(
      ['M-1', 'M-2', 'M-3', 'M-4'].map(async (ref) => (await room.rowOf(ref))?.customerId),
    );
    if (!one || !two || !three || !four) throw new Error('not imported');
    const hints = await findMergeHints(room.fresh.db, one);
    expect(hints.toSorted((a, b) => (a.by < b.by ? -1 : 1))).toEqual([
      { by: 'email', customerId: two },
      { by: 'phone', customerId: three },
    ]);
    expect(await findMergeHints(room.fresh.db, four)).toEqual([]);
    expect((await room.find('email', 'ann@example.com')).toSorted()).toEqual([one, two].toSorted());
  });
});
