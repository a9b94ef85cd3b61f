import { Draw } from '../../src/analysis/worlds/draw.ts';
import type { WrittenLog } from '../../src/analysis/worlds/log-writer.ts';
import {
  type AccessChunk,
  type AccessColumnName,
  accessColumnNames,
} from '../../src/model/access-columns.ts';

type Column = Exclude<keyof AccessChunk, 'rows'>;

const columnOf: Partial<Record<AccessColumnName, Column>> = {
  fields: 'fieldSet',
  initiated_by: 'initiatedBy',
  dwell_ms: 'dwellMs',
};

/** The log as a system would have kept it that does not know these columns. */
export const withoutColumns = (log: WrittenLog, missing: ReadonlySet<AccessColumnName>): WrittenLog => {
  const blank = Object.fromEntries(
    [...missing].map((name) => {
      const column = columnOf[name] ?? (name as Column);
      const rows = log.accesses.rows;
      return [
        column,
        column === 'initiatedBy'
          ? new Uint8Array(rows)
          : new Int32Array(rows).fill(column === 'dwellMs' ? -1 : 0),
      ];
    }),
  );
  return { ...log, accesses: { ...log.accesses, ...blank } };
};

export const otherColumns = (missing: ReadonlySet<AccessColumnName>): ReadonlySet<AccessColumnName> =>
  new Set(accessColumnNames.filter((name) => !missing.has(name)));

/** Some rows written twice, as a log that was shipped twice has them. Places of rows in the truth no longer hold. */
export const withDuplicates = (log: WrittenLog, share: number, seed: number): WrittenLog => {
  const draw = new Draw(`duplicates-${seed}`);
  const rows: number[] = [];
  for (let row = 0; row < log.accesses.rows; row += 1) {
    rows.push(row);
    if (draw.chance(share)) rows.push(row);
  }
  const doubled = Object.fromEntries(
    Object.entries(log.accesses).map(([name, column]) => {
      if (typeof column === 'number') return [name, rows.length];
      const made = column.slice(0, 0).constructor as new (length: number) => typeof column;
      const longer = new made(rows.length);
      for (let at = 0; at < rows.length; at += 1) longer[at] = column[rows[at] ?? 0] ?? 0;
      return [name, longer];
    }),
  ) as unknown as AccessChunk;
  return { ...log, accesses: doubled };
};
