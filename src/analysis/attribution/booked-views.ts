export const dayMs = 86_400_000;
/** Kinds of topics told apart in a cell; rarer ones share place 0. */
export const topicPlaces = 12;
/** Days over which an agent's mix of topics is counted together. */
export const topicBlockDays = 30;

/** One agent's work of one kind: a queue, a third of the day, incident work or not. */
export interface ViewCell {
  readonly agent: number;
  /** A place in the book's own list of queues. */
  readonly queue: number;
  /** Which eight hours of the UTC day. */
  readonly shift: number;
  /** Opened because of a report or another incident: such looks follow reports. */
  readonly isIncidentWork: boolean;
}

/** A reported customer's views, column by column. */
export interface ReportedViews {
  /** A place in the book's list of reported customers. */
  readonly customer: Int32Array;
  readonly cell: Int32Array;
  readonly topic: Uint16Array;
  readonly atMs: Float64Array;
}

/** All that attribution reads of a log: daily counts a cell, and the views of reported customers. */
export interface BookedViews {
  /** Days since 1970 of the first day; -1 when there is no view at all. */
  readonly firstDay: number;
  readonly days: number;
  readonly agents: readonly string[];
  readonly customers: readonly string[];
  readonly queues: readonly string[];
  readonly cells: readonly ViewCell[];
  /** Entry i: on day `day[i]` (since 1970) the cell `cell[i]` had `views[i]` views. A pair may come twice. */
  readonly counts: { readonly cell: Int32Array; readonly day: Uint16Array; readonly views: Uint16Array };
  /** Views by cell, then block of days since `firstDay`, then topic. */
  readonly topicViews: readonly Uint32Array[];
  readonly reported: ReportedViews;
  readonly views: number;
  readonly hasQueues: boolean;
}
