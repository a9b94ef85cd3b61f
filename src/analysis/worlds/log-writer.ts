import {
  type AccessChunk,
  type CaseChangeChunk,
  type LoggedAction,
  type LoggedChange,
  type LogNames,
  loggedActions,
  loggedChanges,
} from '../../model/access-columns.ts';
import { NameList } from './name-list.ts';
import { orderByTime } from './order-by-time.ts';

/** Where an access was made from. Places in the writer's names. */
export interface Seat {
  readonly agent: number;
  readonly vendor: number;
  readonly site: number;
  readonly team: number;
  readonly session: number;
  readonly device: number;
}

/** What an access or a change was about. Places in the writer's names; `initiatedBy` a place in `loggedInitiators`. */
export interface Matter {
  readonly customer: number;
  readonly case: number;
  readonly queue: number;
  readonly topic: number;
  readonly channel: number;
  readonly initiatedBy: number;
}

/** One access to write. */
export interface Deed {
  readonly atMs: number;
  readonly action: LoggedAction;
  readonly fieldSet?: number;
  readonly dwellMs?: number;
}

const wholeColumns = [
  'agent',
  'customer',
  'case',
  'fieldSet',
  'vendor',
  'site',
  'team',
  'queue',
  'topic',
  'channel',
  'session',
  'device',
  'dwellMs',
] as const;
type WholeColumn = (typeof wholeColumns)[number];
const changeColumns = ['case', 'agent', 'customer', 'queue', 'topic', 'channel'] as const;
type ChangeColumn = (typeof changeColumns)[number];

const firstRows = 4_096;

/** Columns that grow: times, two narrow ones, and whole numbers by name. */
class Columns<Name extends string> {
  rows = 0;
  atMs = new Float64Array(firstRows);
  kind = new Uint8Array(firstRows);
  initiatedBy = new Uint8Array(firstRows);
  readonly whole: Record<Name, Int32Array>;
  readonly #names: readonly Name[];

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.whole = Object.fromEntries(names.map((name) => [name, new Int32Array(firstRows)])) as Record<
      Name,
      Int32Array
    >;
  }

  next(): number {
    if (this.rows === this.atMs.length) this.#grow();
    this.rows += 1;
    return this.rows - 1;
  }

  #grow(): void {
    const rows = this.rows * 2;
    const grown = <Column extends Float64Array | Uint8Array | Int32Array>(
      made: Column,
      from: Column,
    ): Column => {
      made.set(from as never);
      return made;
    };
    this.atMs = grown(new Float64Array(rows), this.atMs);
    this.kind = grown(new Uint8Array(rows), this.kind);
    this.initiatedBy = grown(new Uint8Array(rows), this.initiatedBy);
    for (const name of this.#names) this.whole[name] = grown(new Int32Array(rows), this.whole[name]);
  }

  /** The columns in this order, cut to their rows. */
  ordered(order: Uint32Array) {
    const rows = order.length;
    const reordered = <Column extends Float64Array | Uint8Array | Int32Array>(
      made: Column,
      from: Column,
    ): Column => {
      for (let row = 0; row < rows; row += 1) made[row] = from[order[row] ?? 0] ?? 0;
      return made;
    };
    return {
      rows,
      atMs: reordered(new Float64Array(rows), this.atMs),
      kind: reordered(new Uint8Array(rows), this.kind),
      initiatedBy: reordered(new Uint8Array(rows), this.initiatedBy),
      whole: Object.fromEntries(
        this.#names.map((name) => [name, reordered(new Int32Array(rows), this.whole[name])]),
      ) as Record<Name, Int32Array>,
    };
  }
}

/** A finished log, in the order of time. */
export interface WrittenLog {
  readonly names: LogNames;
  readonly accesses: AccessChunk;
  readonly changes: CaseChangeChunk;
  /** Where each row that was written stands now. */
  readonly placeOf: Uint32Array;
}

/** Takes accesses and case changes in any order and gives them back in the order of time. */
export class LogWriter {
  readonly names = {
    agents: new NameList(),
    customers: new NameList(),
    cases: new NameList(),
    fieldSets: new NameList(),
    vendors: new NameList(),
    sites: new NameList(),
    teams: new NameList(),
    queues: new NameList(),
    topics: new NameList(),
    channels: new NameList(),
    sessions: new NameList(),
    devices: new NameList(),
  };
  readonly #accesses = new Columns<WholeColumn>(wholeColumns);
  readonly #changes = new Columns<ChangeColumn>(changeColumns);

  /** Field names as one place: sorted, each once. */
  fieldSet(fields: readonly string[]): number {
    return this.names.fieldSets.place([...new Set(fields)].sort().join(' '));
  }

  /** Answers the row by which `extend` and `placeOf` know this access. */
  access(seat: Seat, matter: Matter, deed: Deed): number {
    const columns = this.#accesses;
    const row = columns.next();
    const { whole } = columns;
    columns.atMs[row] = Math.round(deed.atMs);
    columns.kind[row] = loggedActions.indexOf(deed.action);
    columns.initiatedBy[row] = matter.initiatedBy;
    whole.agent[row] = seat.agent;
    whole.vendor[row] = seat.vendor;
    whole.site[row] = seat.site;
    whole.team[row] = seat.team;
    whole.session[row] = seat.session;
    whole.device[row] = seat.device;
    whole.customer[row] = matter.customer;
    whole.case[row] = matter.case;
    whole.queue[row] = matter.queue;
    whole.topic[row] = matter.topic;
    whole.channel[row] = matter.channel;
    whole.fieldSet[row] = deed.fieldSet ?? 0;
    whole.dwellMs[row] = Math.round(deed.dwellMs ?? -1);
    return row;
  }

  change(kind: LoggedChange, atMs: number, about: Matter & { readonly agent: number }): void {
    const columns = this.#changes;
    const row = columns.next();
    columns.atMs[row] = Math.round(atMs);
    columns.kind[row] = loggedChanges.indexOf(kind);
    columns.initiatedBy[row] = about.initiatedBy;
    for (const name of changeColumns) columns.whole[name][row] = about[name];
  }

  /** When the access of this row was made. */
  atMs(row: number): number {
    return this.#accesses.atMs[row] ?? 0;
  }

  /** Lets the record of this access stand on the screen longer. */
  extend(row: number, byMs: number): void {
    const { dwellMs } = this.#accesses.whole;
    dwellMs[row] = Math.round(Math.max(0, dwellMs[row] ?? 0) + byMs);
  }

  /** `skewMs`: how far the clocks are off that stamp the accesses of each site, by its place. */
  finish(skewMs: ReadonlyMap<number, number> = new Map()): WrittenLog {
    if (skewMs.size > 0) this.#skew(skewMs);
    const order = orderByTime(this.#accesses.atMs.subarray(0, this.#accesses.rows));
    const placeOf = new Uint32Array(order.length);
    for (let place = 0; place < order.length; place += 1) placeOf[order[place] ?? 0] = place;
    const { kind: action, whole, ...looks } = this.#accesses.ordered(order);
    const changeOrder = orderByTime(this.#changes.atMs.subarray(0, this.#changes.rows));
    const { kind: change, whole: told, ...changes } = this.#changes.ordered(changeOrder);
    const names = Object.fromEntries(
      Object.entries(this.names).map(([name, { list }]) => [name, list]),
    ) as unknown as LogNames;
    return {
      names,
      accesses: { ...looks, action, ...whole },
      changes: { ...changes, change, ...told },
      placeOf,
    };
  }

  #skew(skewMs: ReadonlyMap<number, number>): void {
    const { rows, atMs, whole } = this.#accesses;
    for (let row = 0; row < rows; row += 1)
      atMs[row] = (atMs[row] ?? 0) + (skewMs.get(whole.site[row] ?? 0) ?? 0);
  }
}
