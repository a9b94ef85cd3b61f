import type { FileLine } from './file-lines.ts';
import type { Row } from './row.ts';

/** One JSON object a line; undefined for an empty line. */
export const readNdjsonRow = (line: FileLine): Row | undefined => {
  if (line.problem !== undefined) return { line: line.no, problem: line.problem };
  if (line.text.trim() === '') return undefined;
  try {
    const fields: unknown = JSON.parse(line.text);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      return { line: line.no, problem: 'is not a JSON object' };
    return { line: line.no, fields: fields as Record<string, unknown> };
  } catch {
    return { line: line.no, problem: 'is not JSON' };
  }
};
