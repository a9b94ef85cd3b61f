import { type Zippable, zipSync } from 'fflate';

/** Files in one archive: what a zip without its 64-bit extension can number. */
export const zipFilesMax = 65_535;

/**
 * Puts files into a zip that is the same, byte for byte, for the same files: names sorted, nothing compressed, and one
 * time for all (1980-01-01 00:00, the format's first).
 */
export const fixedZip = (files: ReadonlyMap<string, Uint8Array>): Buffer => {
  if (files.size > zipFilesMax) throw new RangeError(`a zip holds at most ${zipFilesMax} files`);
  const names = [...files.keys()].sort();
  // The format holds local time: this date is 1980-01-01 wherever it is made.
  const mtime = new Date(1980, 0, 1);
  const content: Zippable = {};
  for (const name of names) content[name] = [files.get(name) ?? Buffer.of(), { level: 0, mtime }];
  return Buffer.from(zipSync(content));
};
