import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../test/support/fresh-database.ts';
import { instantOf } from '../../model/instant.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';

interface Column {
  readonly tsType: string;
  readonly orNull: boolean;
  readonly hasDefault: boolean;
}
type Columns = Record<string, Record<string, Column>>;

/** What the types say of each table, read from their text: types leave nothing behind to ask at run time. */
const readTablesFiles = (): Columns => {
  const text = readdirSync(import.meta.dirname)
    .filter((name) => /(^|-)tables\.ts$/.test(name))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const interfaces = new Map(
    [...text.matchAll(/interface (\w+)(?: extends [\w, ]+)? \{\n(.*?)\n\}/gs)].map(
      ([, name = '', body = '']) => [name, body],
    ),
  );
  const membersOf = (name: string): (readonly [string, string])[] =>
    [...(interfaces.get(name) ?? '').matchAll(/^ {2}'?([\w.]+)'?: (.+);$/gm)].map(
      ([, key = '', type = '']) => [key, type],
    );
  const readColumn = (type: string): Column => {
    const inner = /^Generated<(.*)>$/.exec(type)?.[1] ?? type;
    const tsType = inner.replace(/ \| null$/, '').replace(/^TimeOrNull$/, 'Time');
    return { tsType, orNull: inner.endsWith('| null') || inner === 'TimeOrNull', hasDefault: inner !== type };
  };
  return Object.fromEntries(
    [...interfaces.keys()]
      .filter((name) => /(^|[a-z])Tables$/.test(name))
      .flatMap(membersOf)
      .map(([table, type]) => [
        table,
        Object.fromEntries(membersOf(type).map(([column, columnType]) => [column, readColumn(columnType)])),
      ]),
  );
};

/** The TypeScript types that a column of each database type may have. */
const fitting: Readonly<Record<string, RegExp>> = {
  bigint: /^number$/,
  integer: /^number$/,
  boolean: /^boolean$/,
  bytea: /^Buffer$/,
  'timestamp with time zone': /^Time$/,
  ARRAY: /^string\[\]$|^readonly string\[\]$/,
  text: /^(string|[A-Z]\w+|('[\w-]+'( \| )?|Standing \| )+)$/,
  uuid: /^string$/,
  'time without time zone': /^string$/,
};

describe('the tables', () => {
  it('are in TypeScript what the SQL files make them: names, types, nulls and defaults', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const { rows } = await db.pool.query<
      Record<'table' | 'column' | 'type', string> & Record<'null' | 'default', boolean>
    >(
      `select case c.table_schema when 'public' then '' else c.table_schema || '.' end || c.table_name as table,
          column_name as column, data_type as type, is_nullable = 'YES' as null, column_default is not null as default
        from information_schema.columns c join pg_class p
          on p.oid = (quote_ident(c.table_schema) || '.' || quote_ident(c.table_name))::regclass
        where c.table_schema not in ('pg_catalog', 'information_schema')
          and not p.relispartition and c.table_name <> 'schema_migration'`,
    );
    const said = readTablesFiles();
    const shape = (nullable: boolean, hasDefault: boolean): string =>
      `${nullable ? 'null' : 'not null'}${hasDefault ? ' default' : ''}`;
    expect(
      Object.entries(said)
        .flatMap(([table, columns]) =>
          Object.entries(columns).map(([name, of]) => `${table}.${name} ${shape(of.orNull, of.hasDefault)}`),
        )
        .toSorted(),
    ).toEqual(rows.map((row) => `${row.table}.${row.column} ${shape(row.null, row.default)}`).toSorted());
    for (const { table, column, type } of rows)
      expect(said[table]?.[column]?.tsType, `${table}.${column} is ${type}`).toMatch(fitting[type] ?? /^$/);
  });

  it('take times as text and give them as Instant', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const at = instantOf(1_700_000_000_123);
    await db.kysely
      .insertInto('alert')
      .values({
        id: 'alt_0000000000000000000001' as never,
        at: '2023-11-14T22:13:20.123Z',
        kind: 'test',
        reasons: ['why'],
      })
      .execute();
    const found = db.kysely
      .selectFrom('alert')
      .select(['at', 'delivered_at'])
      .where('at', '=', timestamp(at));
    expect(await found.execute()).toEqual([{ at, delivered_at: null }]);
  });
});
