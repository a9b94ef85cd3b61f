import type { Access } from '../../model/access.ts';
import {
  type AccessChunk,
  type AccessColumnName,
  accessColumnNames,
  loggedActions,
  loggedInitiators,
} from '../../model/access-columns.ts';
import type { LiveNames } from './live-names.ts';

/** What the live sequence tells of each access. */
export const liveColumns: ReadonlySet<AccessColumnName> = new Set(
  accessColumnNames.filter((name) => name !== 'device' && name !== 'dwell_ms'),
);

const actionOf = ({ action, outcome }: Access): number =>
  loggedActions.indexOf(outcome === 'refused' ? 'refused' : action);

export const initiatorPlace = (told: string | undefined): number =>
  Math.max(0, loggedInitiators.indexOf((told ?? '') as (typeof loggedInitiators)[number]));

/** Times that never run backwards: clocks of several gateways differ by moments, and a chunk is in order. */
const ascending = (startMs: number, times: readonly number[]): Float64Array => {
  let latest = startMs;
  return Float64Array.from(times, (at) => {
    latest = Math.max(latest, at);
    return latest;
  });
};

/** Accesses of the live sequence as columns. `notBeforeMs` is the time of the chunk before. */
export const accessChunk = (
  names: LiveNames,
  accesses: readonly Access[],
  notBeforeMs: number,
): AccessChunk => {
  const ints = (pick: (access: Access) => number): Int32Array => Int32Array.from(accesses, pick);
  return {
    rows: accesses.length,
    atMs: ascending(
      notBeforeMs,
      accesses.map(({ at }) => at),
    ),
    agent: ints(({ agentId }) => names.place('agents', agentId)),
    action: Uint8Array.from(accesses, actionOf),
    customer: ints(({ customerId }) => names.place('customers', customerId)),
    case: ints(({ caseId }) => names.place('cases', caseId)),
    fieldSet: ints(({ fields }) => names.place('fieldSets', [...fields].sort().join(' '))),
    vendor: ints(({ vendorId }) => names.place('vendors', vendorId)),
    site: ints(({ siteId }) => names.place('sites', siteId)),
    team: ints(({ teamId }) => names.place('teams', teamId)),
    queue: ints(({ queueRef }) => names.place('queues', queueRef)),
    topic: ints(({ topic }) => names.place('topics', topic)),
    channel: ints(({ channel }) => names.place('channels', channel)),
    initiatedBy: Uint8Array.from(accesses, ({ initiatedBy }) => initiatorPlace(initiatedBy)),
    session: ints(({ sessionId }) => names.place('sessions', sessionId)),
    device: new Int32Array(accesses.length),
    dwellMs: new Int32Array(accesses.length).fill(-1),
  };
};
