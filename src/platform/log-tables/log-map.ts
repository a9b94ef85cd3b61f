import { parseDocument } from 'yaml';
import { Fault } from '../../model/fault.ts';
import { type LogKind, logSchemas } from './log-schema.ts';
import { skipWord } from './parse-plan.ts';
import { type TimePlan, timeReader, zoneOffset } from './time-text.ts';

/** Where one of our columns comes from. */
export interface ColumnMap {
  readonly column: string | undefined;
  readonly constant: string | undefined;
  readonly values: readonly (readonly [string, string])[];
  readonly factor: number;
  /** A regular expression whose first group is the value; where it does not match, nothing is known. */
  readonly match: string | undefined;
}

/** How files of one kind are read. */
export interface FileMap {
  readonly columns: ReadonlyMap<string, ColumnMap>;
  readonly time: TimePlan;
  readonly unknown: readonly string[];
}

export type LogMap = Readonly<Record<LogKind, FileMap>>;

const plain: FileMap = { columns: new Map(), time: { format: 'rfc3339', zone: undefined }, unknown: [] };
export const noMap: LogMap = { accesses: plain, cases: plain, reports: plain, sample: plain };

const mapBytesMax = 1_000_000;
const valuesMax = 10_000;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Reads a map (formats/log-map.md).
 * @throws Fault `unprocessable` whose text names the file, the key and the fix
 */
export const parseLogMap = (file: string, text: string): LogMap => {
  const wrong = (key: string, fix: string): Fault => new Fault('unprocessable', `${file}: ${key}: ${fix}`);
  if (text.length > mapBytesMax) throw wrong('the file', 'is larger than 1 MB; name a map');
  const document = parseDocument(text, { uniqueKeys: true });
  const [problem] = document.errors;
  if (problem) {
    const line = problem.linePos?.[0].line;
    throw wrong(`line ${line ?? '?'}`, `is not YAML: ${problem.message.split('\n')[0]}`);
  }
  const tree: unknown = document.toJS({ maxAliasCount: 10 });
  if (!isTree(tree))
    throw wrong('the file', 'holds no map: write columns: and, below it, our column: their column');
  const kinds = Object.keys(logSchemas) as LogKind[];
  const known = [...kinds, 'columns', 'time', 'unknown', 'name', 'source'];
  const stranger = Object.keys(tree).find((key) => !known.includes(key));
  if (stranger !== undefined) throw wrong(stranger, `is not known here; use ${known.slice(0, 7).join(', ')}`);
  const shared = { time: tree['time'], unknown: tree['unknown'] };
  const maps = kinds.map((kind) => {
    const own =
      tree[kind] ?? (kind === 'accesses' && tree['columns'] ? { columns: tree['columns'] } : undefined);
    if (own === undefined) return [kind, plain] as const;
    if (!isTree(own)) throw wrong(kind, 'holds no map: write columns: below it');
    return [kind, readFileMap({ ...shared, ...own }, kind, (key, fix) => wrong(key, fix))] as const;
  });
  return Object.fromEntries(maps) as unknown as LogMap;
};

type Wrong = (key: string, fix: string) => Fault;

const readFileMap = (tree: Tree, kind: LogKind, wrong: Wrong): FileMap => {
  const stranger = Object.keys(tree).find((key) => !['columns', 'time', 'unknown'].includes(key));
  if (stranger !== undefined)
    throw wrong(`${kind}.${stranger}`, 'is not known here; use columns, time, unknown');
  const columns = tree['columns'] ?? {};
  if (!isTree(columns)) throw wrong(`${kind}.columns`, 'write one line for each: our column: their column');
  const names = logSchemas[kind].map(({ name }) => name as string);
  const read = Object.entries(columns).map(([name, value]) => {
    if (!names.includes(name))
      throw wrong(`${kind}.columns.${name}`, `is none of our columns: ${names.join(', ')}`);
    return [name, readColumn(value, `${kind}.columns.${name}`, wrong)] as const;
  });
  return {
    columns: new Map(read),
    time: readTime(tree['time'], kind, wrong),
    unknown: readUnknown(tree['unknown'], kind, wrong),
  };
};

const readColumn = (value: unknown, key: string, wrong: Wrong): ColumnMap => {
  const nothing = { column: undefined, constant: undefined, values: [], factor: 1, match: undefined };
  // Left out on purpose, although their file has a column of our name.
  if (value === null) return { ...nothing, constant: '' };
  if (isScalar(value)) return { ...nothing, column: String(value) };
  if (!isTree(value)) throw wrong(key, 'write the name of their column, or column: and values: below it');
  const stranger = Object.keys(value).find(
    (name) => !['column', 'constant', 'values', 'times', 'match'].includes(name),
  );
  if (stranger !== undefined)
    throw wrong(`${key}.${stranger}`, 'is not known here; use column, constant, values, times, match');
  const { column, constant, times } = value;
  if (isScalar(column) === isScalar(constant)) throw wrong(key, 'needs either column: or constant:');
  if (times !== undefined && !(typeof times === 'number' && times > 0 && times <= 1e9))
    throw wrong(`${key}.times`, 'is the number by which theirs is multiplied');
  return {
    column: isScalar(column) ? String(column) : undefined,
    constant: isScalar(constant) ? String(constant) : undefined,
    values: readValues(value['values'], key, wrong),
    factor: typeof times === 'number' ? times : 1,
    match: readMatch(value['match'], key, wrong),
  };
};

const matchCharsMax = 200;

const readMatch = (value: unknown, key: string, wrong: Wrong): string | undefined => {
  if (value === undefined || value === null) return undefined;
  const advice = 'is a regular expression with one group, such as /users/(\\d+)';
  if (typeof value !== 'string' || value.length > matchCharsMax) throw wrong(`${key}.match`, advice);
  try {
    if (new RegExp(`${value}|`).exec('')?.length === 2) return value;
  } catch {
    // It is none at all.
  }
  throw wrong(`${key}.match`, advice);
};

const readValues = (values: unknown, key: string, wrong: Wrong): readonly (readonly [string, string])[] => {
  if (values === undefined || values === null) return [];
  if (!isTree(values)) throw wrong(`${key}.values`, 'write one line for each: their word: our word');
  const pairs = Object.entries(values);
  if (pairs.length > valuesMax) throw wrong(`${key}.values`, `has more than ${valuesMax} lines`);
  return pairs.map(([theirs, ours]) => {
    if (ours !== null && !isScalar(ours)) throw wrong(`${key}.values.${theirs}`, 'write one word');
    return [theirs, ours === null ? '' : String(ours)] as const;
  });
};

const readTime = (value: unknown, kind: LogKind, wrong: Wrong): TimePlan => {
  if (value === undefined || value === null) return plain.time;
  const tree = typeof value === 'string' ? { format: value } : value;
  if (!isTree(tree)) throw wrong(`${kind}.time`, 'write format: and zone: below it');
  const { format = 'rfc3339', zone } = tree;
  const stranger = Object.keys(tree).find((key) => key !== 'format' && key !== 'zone');
  if (stranger !== undefined)
    throw wrong(`${kind}.time.${stranger}`, 'is not known here; use format and zone');
  if (zone !== undefined && (typeof zone !== 'string' || !zoneOffset(zone)))
    throw wrong(`${kind}.time.zone`, 'is no zone; write UTC, +02:00 or a name such as Europe/Lisbon');
  if (typeof format !== 'string' || !timeReader({ format, zone: undefined }))
    throw wrong(
      `${kind}.time.format`,
      'is not known; write rfc3339, unix_s, unix_ms or a pattern such as %d/%m/%Y %H:%M',
    );
  return { format, zone };
};

const readUnknown = (value: unknown, kind: LogKind, wrong: Wrong): readonly string[] => {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  if (!list.every(isScalar))
    throw wrong(`${kind}.unknown`, "write a list of what stands for not known, as ['?', NULL]");
  return list.map(String);
};

/** Whether a value map gives a word that a column does not have. */
export const strayWord = (map: ColumnMap, words: readonly string[]): string | undefined =>
  [...map.values.map(([, ours]) => ours), ...(map.constant === undefined ? [] : [map.constant])].find(
    (ours) => ours !== '' && ours !== skipWord && !words.includes(ours),
  );
