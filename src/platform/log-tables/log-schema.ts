import {
  type LogNameList,
  loggedActions,
  loggedChanges,
  loggedInitiators,
} from '../../model/access-columns.ts';

/** How a cell of one of our columns is read and kept. */
export type CellKind =
  /** Milliseconds since 1970 as Float64; NaN is not known. */
  | 'time'
  /** A place in one of the lists of names, Int32. */
  | 'id'
  /** A set of field names, as a place in their list, Int32. */
  | 'fields'
  /** A place in a fixed list of words, Uint8. */
  | 'word'
  /** A whole number, Int32; -1 is not known. */
  | 'count';

export interface ColumnSchema {
  readonly name: string;
  readonly kind: CellKind;
  /** The file must have this column. */
  readonly required?: boolean;
  /** A row whose cell here is empty cannot be used. */
  readonly filled?: boolean;
  readonly list?: LogNameList;
  readonly words?: readonly string[];
  /** A day without a time of day is enough: its first or its last millisecond is meant. */
  readonly day?: 'first' | 'last';
}

const id = (name: string, list: LogNameList): ColumnSchema => ({ name, kind: 'id', list });
const needed = { required: true, filled: true } as const;

export const reportKinds = ['', 'impersonation', 'phishing', 'takeover', 'other'] as const;

/** How the person who reported was known; place 0 is not known. */
export const reportAuthentications = ['', 'none', 'code', 'signed-in', 'bank'] as const;

/** The four files of ours: their columns, as docs/formats name them. */
export const logSchemas = {
  accesses: [
    { name: 'at', kind: 'time', ...needed },
    { ...id('agent', 'agents'), ...needed },
    { name: 'action', kind: 'word', words: loggedActions },
    { ...id('customer', 'customers'), required: true },
    id('case', 'cases'),
    { name: 'fields', kind: 'fields', list: 'fieldSets' },
    id('vendor', 'vendors'),
    id('site', 'sites'),
    id('team', 'teams'),
    id('queue', 'queues'),
    id('topic', 'topics'),
    id('channel', 'channels'),
    { name: 'initiated_by', kind: 'word', words: loggedInitiators },
    id('session', 'sessions'),
    id('device', 'devices'),
    { name: 'dwell_ms', kind: 'count' },
  ],
  cases: [
    { name: 'at', kind: 'time', ...needed },
    { ...id('case', 'cases'), ...needed },
    { name: 'change', kind: 'word', words: loggedChanges },
    id('agent', 'agents'),
    id('customer', 'customers'),
    id('queue', 'queues'),
    id('topic', 'topics'),
    id('channel', 'channels'),
    { name: 'initiated_by', kind: 'word', words: loggedInitiators },
  ],
  reports: [
    { name: 'at', kind: 'time', ...needed },
    { ...id('customer', 'customers'), ...needed },
    { name: 'kind', kind: 'word', words: reportKinds },
    { name: 'contacted_at', kind: 'time' },
    { name: 'authenticated', kind: 'word', words: reportAuthentications },
  ],
  sample: [
    { ...id('customer', 'customers'), ...needed },
    { name: 'as_of_from', kind: 'time', day: 'first' },
    { name: 'as_of_to', kind: 'time', day: 'last' },
  ],
} as const satisfies Record<string, readonly ColumnSchema[]>;

export type LogKind = keyof typeof logSchemas;
