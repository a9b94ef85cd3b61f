/**
 * Accesses and case changes in bulk, column by column: what engines read, from an imported log as from the live
 * sequence. A string is a place in the list of its column's `LogNames`; place 0 is always "not known" ('').
 */

/** What an access was, as a log tells it: the live actions, and `refused` for a look that was not allowed. */
export const loggedActions = ['', 'lookup', 'view', 'reveal', 'contact', 'export', 'refused'] as const;
export type LoggedAction = (typeof loggedActions)[number];

/** Who began the contact; place 0 is not known. */
export const loggedInitiators = ['', 'customer', 'agent', 'system'] as const;

/** What a change did to its case; place 0 is a change whose kind is not known. */
export const loggedChanges = [
  '',
  'opened',
  'assigned',
  'helper-joined',
  'helper-left',
  'replied',
  'closed',
  'reopened',
] as const;
export type LoggedChange = (typeof loggedChanges)[number];

/** The lists behind the places. They grow while a log is read; a place keeps its meaning for the whole reading. */
export interface LogNames {
  readonly agents: readonly string[];
  readonly customers: readonly string[];
  readonly cases: readonly string[];
  /** Each a set of field names, sorted, joined by one space. */
  readonly fieldSets: readonly string[];
  readonly vendors: readonly string[];
  readonly sites: readonly string[];
  readonly teams: readonly string[];
  readonly queues: readonly string[];
  readonly topics: readonly string[];
  readonly channels: readonly string[];
  readonly sessions: readonly string[];
  readonly devices: readonly string[];
}

/** What the lists are called. */
export const logNameLists = [
  'agents',
  'customers',
  'cases',
  'fieldSets',
  'vendors',
  'sites',
  'teams',
  'queues',
  'topics',
  'channels',
  'sessions',
  'devices',
] as const satisfies readonly (keyof LogNames)[];
export type LogNameList = (typeof logNameLists)[number];

/** Some accesses, in ascending order of time within the chunk and over chunks. All columns have `rows` places. */
export interface AccessChunk {
  readonly rows: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: Float64Array;
  readonly agent: Int32Array;
  /** A place in `loggedActions`. */
  readonly action: Uint8Array;
  readonly customer: Int32Array;
  readonly case: Int32Array;
  readonly fieldSet: Int32Array;
  readonly vendor: Int32Array;
  readonly site: Int32Array;
  readonly team: Int32Array;
  readonly queue: Int32Array;
  readonly topic: Int32Array;
  readonly channel: Int32Array;
  /** A place in `loggedInitiators`. */
  readonly initiatedBy: Uint8Array;
  readonly session: Int32Array;
  readonly device: Int32Array;
  /** Milliseconds the record stood on the screen; -1 is not known. */
  readonly dwellMs: Int32Array;
}

/** Some case changes, in ascending order of time. Places as in `AccessChunk`. */
export interface CaseChangeChunk {
  readonly rows: number;
  readonly atMs: Float64Array;
  readonly case: Int32Array;
  /** A place in `loggedChanges`. */
  readonly change: Uint8Array;
  readonly agent: Int32Array;
  readonly customer: Int32Array;
  readonly queue: Int32Array;
  readonly topic: Int32Array;
  readonly channel: Int32Array;
  readonly initiatedBy: Uint8Array;
}

export const accessColumnNames = [
  'at',
  'agent',
  'action',
  'customer',
  'case',
  'fields',
  'vendor',
  'site',
  'team',
  'queue',
  'topic',
  'channel',
  'initiated_by',
  'session',
  'device',
  'dwell_ms',
] as const;
export type AccessColumnName = (typeof accessColumnNames)[number];
