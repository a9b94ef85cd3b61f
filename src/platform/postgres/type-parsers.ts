import pg from 'pg';
import { type Instant, instantOf } from '../../model/instant.ts';

const int8Oid = 20;
const timestamptzOid = 1184;

/** @throws RangeError when the number is too large to be exact. The text holds no value. */
export const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database is beyond 2^53 - 1');
  return value;
};

const shape =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/**
 * Reads what PostgreSQL writes under DateStyle ISO, in whatever time zone the session has; what is finer than a
 * millisecond is cut off, towards the past.
 * @throws RangeError for `infinity` and for years before 1: an Instant holds neither.
 */
export const parseTimestamptz = (text: string): Instant => {
  const parts = shape.exec(text);
  if (!parts)
    throw new RangeError('a timestamptz of the database is no point in time that an Instant can hold');
  const part = (index: number): number => Number(parts[index] ?? 0);
  const localMs = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6));
  const wholeMs = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offsetMs = ((part(9) * 60 + part(10)) * 60 + part(11)) * 1_000;
  const yearShiftMs = part(1) < 100 ? new Date(localMs).setUTCFullYear(part(1)) - localMs : 0;
  return instantOf(localMs + yearShiftMs + wholeMs + (parts[8] === '-' ? offsetMs : -offsetMs));
};

/** The readers of column values, for one pool: nothing global changes. `bytea` is a Buffer already. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === int8Oid) return parseInt8;
    if (format !== 'binary' && oid === timestamptzOid) return parseTimestamptz;
    return pg.types.getTypeParser(oid, format);
  },
};
