import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { Fault } from '../../model/fault.ts';
import { isBadRow } from '../../platform/row-file/row.ts';
import { openRowFile } from '../../platform/row-file/row-file.ts';
import { type EntryKind, entryKinds, Problems, type ToldEntry } from './told-entry.ts';

/** A file that could be read as a list of entries, with the lines that could not. */
export interface DirectoryFile {
  readonly name: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  readonly entries: readonly ToldEntry[];
  readonly problems: Problems;
}

// Reading YAML keeps every node with its place: 20,000 entries take seconds, 100,000 would take a gigabyte.
const yamlBytesMax = 4 * 1_048_576;
const ndjsonBytesMax = 64 * 1_048_576;
/** Far above what a directory may hold: a small compressed file must not grow without bound in memory. */
const entriesMax = 200_000;

const unusable = (name: string, problem: string): Fault => {
  const detail = `${name}: ${problem}.`;
  return new Fault('unprocessable', detail, { detail });
};

const sizeOf = async (path: string, name: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    const detail = `${name}: does not exist or may not be read; check the path and its permissions.`;
    throw new Fault('unprocessable', detail, { cause, detail });
  }
};

/** How the lists are called in YAML, where one file holds all of them. */
const listNames: Readonly<Record<string, EntryKind>> = {
  vendors: 'vendor',
  sites: 'site',
  shifts: 'shift',
  queues: 'queue',
  teams: 'team',
  agents: 'agent',
};

const fieldsOf = (map: YAMLMap): Record<string, unknown> => map.toJSON() as Record<string, unknown>;

const hasAlias = (document: Document): boolean => {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
};

interface YamlPlace {
  readonly problems: Problems;
  readonly line: (node: Node) => string;
}

const readList = (kind: EntryKind, listName: string, list: unknown, place: YamlPlace): ToldEntry[] => {
  if (isScalar(list) && list.value === null) return [];
  if (!isSeq(list)) {
    place.problems.add(listName, 'is not a list; begin each entry with a dash');
    return [];
  }
  return list.items.flatMap((item, index): ToldEntry[] => {
    const where = `${listName}[${index}]`;
    if (isMap(item)) return [{ kind, where: `${place.line(item)}, ${where}`, fields: fieldsOf(item) }];
    place.problems.add(where, 'is not an entry with named fields');
    return [];
  });
};

const readYaml = (text: string, name: string): Pick<DirectoryFile, 'entries' | 'problems'> => {
  const lines = new LineCounter();
  // Aliases would let a small file grow without bound; a directory has no use for them.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const line = (node: Node): string => `line ${lines.linePos(node.range?.[0] ?? 0).line}`;
  const [broken] = document.errors;
  if (broken)
    throw unusable(`${name}, line ${lines.linePos(broken.pos[0]).line}`, `is not YAML (${broken.code})`);
  if (hasAlias(document)) throw unusable(name, 'uses YAML aliases; write every entry out');
  if (!isMap(document.contents))
    throw unusable(
      name,
      `holds no lists; it needs ${Object.keys(listNames).join(', ')}, each a list of entries`,
    );
  const problems = new Problems();
  const entries = document.contents.items.flatMap(({ key, value }): ToldEntry[] => {
    const listName = isScalar(key) ? String(key.value) : '';
    if (listName === 'organisation' && isMap(value))
      return [{ kind: 'organisation', where: `${line(value)}, organisation`, fields: fieldsOf(value) }];
    const kind = listNames[listName];
    if (kind) return readList(kind, listName, value, { problems, line });
    problems.add(
      isScalar(key) ? line(key) : 'the file',
      `is none of organisation, ${Object.keys(listNames).join(', ')}`,
    );
    return [];
  });
  return { entries, problems };
};

const readNdjson = async (path: string): Promise<Pick<DirectoryFile, 'entries' | 'problems'>> => {
  const file = await openRowFile(path, { requiredColumns: [] });
  const problems = new Problems();
  const entries: ToldEntry[] = [];
  for await (const rows of file.batches()) {
    if (entries.length + problems.count > entriesMax)
      throw unusable(file.name, `holds more than ${entriesMax} entries; split it`);
    for (const row of rows) {
      const where = `line ${row.line}`;
      if (isBadRow(row)) {
        problems.add(where, row.problem);
        continue;
      }
      const { entry, ...fields } = row.fields;
      const kind = entryKinds.find((known) => known === entry);
      if (kind) entries.push({ kind, where, fields });
      else problems.add(where, `entry is none of ${entryKinds.join(', ')}`);
    }
  }
  return { entries, problems };
};

/**
 * Reads a directory file: YAML (or JSON, which is YAML too) with the lists `vendors`, `sites`, `shifts`, `queues`,
 * `teams`, `agents` and the map `organisation`, up to 4 MiB; or NDJSON, up to 64 MiB and also as .gz, each line one
 * entry whose `entry` says its kind. What the entries hold is judged elsewhere.
 * @throws Fault `unprocessable` naming the file and the fix when it cannot be read as such a file.
 */
export const readDirectoryFile = async (path: string): Promise<DirectoryFile> => {
  const name = basename(path);
  const bytes = await sizeOf(path, name);
  const isYaml = /\.(ya?ml|json)$/i.test(name);
  if (!isYaml && !/\.(ndjson|jsonl)(\.gz)?$/i.test(name))
    throw unusable(name, 'is neither .yaml, .json nor .ndjson; a directory comes in one of these');
  if (isYaml && bytes > yamlBytesMax)
    throw unusable(name, 'is larger than 4 MiB; write it as NDJSON, one entry a line');
  if (bytes > ndjsonBytesMax) throw unusable(name, 'is larger than 64 MiB; split it');
  const content = await readFile(path);
  const hash = createHash('sha256').update(content).digest('hex');
  const read = isYaml ? readYaml(content.toString('utf8'), name) : await readNdjson(path);
  if (read.entries.length + read.problems.count === 0) throw unusable(name, 'holds no entries');
  return { name, hash, ...read };
};
