import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { Fault } from '../../model/fault.ts';

const memoryLimit = '512MB';
const columnsMax = 4096;

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How a column becomes text: times as RFC 3339, lists joined by spaces, structures as JSON. */
const asText = (name: string, kind: string): string => {
  const column = quotedName(name);
  if (kind === 'TIMESTAMP WITH TIME ZONE') return `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  // Without a zone: as such, so that the map names the zone, as for any other file.
  if (kind.startsWith('TIMESTAMP')) return `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%g')`;
  if (kind.endsWith('[]')) return `array_to_string(${column}, ' ')`;
  if (kind.startsWith('STRUCT') || kind.startsWith('MAP')) return `to_json(${column})::VARCHAR`;
  if (kind === 'BLOB') return `CASE WHEN ${column} IS NULL THEN NULL ELSE decode(${column}) END`;
  return `${column}::VARCHAR`;
};

/** A folder in which files of other forms wait as text; nobody else can read it. */
export class TextFolder {
  readonly #path: string;
  #files = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  static async create(): Promise<TextFolder> {
    return new TextFolder(await mkdtemp(join(tmpdir(), 'casebound-')));
  }

  /**
   * Writes the wanted columns of a Parquet file as CSV.
   * @returns where the text is
   * @throws Fault `unprocessable` when it cannot be read
   */
  async csvOf(path: string, isGzip: boolean, isWanted: (column: string) => boolean): Promise<string> {
    this.#files += 1;
    // DuckDB takes paths for patterns: it is given a name of ours, whatever the file is called.
    const source = join(this.#path, `${this.#files}.parquet`);
    const target = join(this.#path, `${this.#files}.csv`);
    if (isGzip)
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(source, { mode: 0o600 }));
    else await symlink(await realpath(path), source);
    try {
      await this.#convert(source, target, isWanted);
    } catch (cause) {
      throw new Fault('unprocessable', `${path}: the Parquet file cannot be read: it is damaged or cut off`, {
        cause,
      });
    } finally {
      await rm(source, { force: true });
    }
    return target;
  }

  close(): Promise<void> {
    return rm(this.#path, { recursive: true, force: true });
  }

  async #convert(source: string, target: string, isWanted: (column: string) => boolean): Promise<void> {
    const spill = join(this.#path, 'spill');
    await mkdir(spill, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: memoryLimit,
      temp_directory: spill,
      autoinstall_known_extensions: 'false',
    });
    try {
      const connection = await instance.connect();
      // From here on it may touch the file and what lies in this folder, and nothing else.
      await connection.run(`SET allowed_directories = [${quotedText(`${this.#path}/`)}]`);
      await connection.run(`SET allowed_paths = [${quotedText(await realpath(source))}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
      const from = `read_parquet(${quotedText(source)})`;
      const about = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
      const columns = about
        .getRowObjectsJS()
        .map((row) => ({ name: String(row['column_name']), kind: String(row['column_type']) }))
        .filter(({ name }) => isWanted(name));
      if (columns.length > columnsMax) throw new RangeError('too many columns');
      const texts = columns.map(({ name, kind }) => `${asText(name, kind)} AS ${quotedName(name)}`);
      await connection.run(
        `COPY (SELECT ${texts.join(', ')} FROM ${from}) TO ${quotedText(target)} (FORMAT csv, HEADER)`,
      );
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
  }
}
