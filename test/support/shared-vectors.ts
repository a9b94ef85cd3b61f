import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Vectors made by others. They stand beside the repository, in ../shared/vectors/tlog, or where
 * CASEBOUND_TLOG_VECTORS says.
 */
export const vectorsFolder: string =
  process.env['CASEBOUND_TLOG_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors/tlog');

/** Why tests of these vectors are skipped; undefined when the folder is there. */
export const vectorsMissing: string | undefined = existsSync(join(vectorsFolder, 'README.md'))
  ? undefined
  : 'skipped: ../shared/vectors/tlog is absent and CASEBOUND_TLOG_VECTORS names no other folder';

/** The JSON files of one of its folders, by their path in it. */
export const readVectors = <T>(folder: string): [path: string, vector: T][] => {
  const root = join(vectorsFolder, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [
      relative(vectorsFolder, join(root, name)),
      JSON.parse(readFileSync(join(root, name), 'utf8')),
    ]);
};

/** The files of a tlog-tiles folder by their path below it. */
export const readLogFolder = (folder: string): Map<string, Buffer> => {
  const files = new Map<string, Buffer>();
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile()) files.set(relative(folder, path), readFileSync(path));
  }
  return files;
};
