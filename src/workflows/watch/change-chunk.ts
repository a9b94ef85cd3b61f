import { type CaseChangeChunk, loggedChanges } from '../../model/access-columns.ts';
import { initiatorPlace } from '../../records/access-columns/access-chunk.ts';
import type { LiveNames } from '../../records/access-columns/live-names.ts';
import type { ArrivedChange } from '../../records/cases/arrived-changes.ts';

/** Case changes as columns, in the order of their times within the chunk. */
export const changeChunk = (names: LiveNames, arrived: readonly ArrivedChange[]): CaseChangeChunk => {
  const changes = arrived.toSorted((a, b) => a.at - b.at);
  const ints = (pick: (change: ArrivedChange) => number): Int32Array => Int32Array.from(changes, pick);
  return {
    rows: changes.length,
    atMs: Float64Array.from(changes, ({ at }) => at),
    case: ints(({ caseId }) => names.place('cases', caseId)),
    change: Uint8Array.from(changes, ({ kind }) =>
      Math.max(0, loggedChanges.indexOf(kind as (typeof loggedChanges)[number])),
    ),
    agent: ints(({ agentId }) => names.place('agents', agentId)),
    customer: ints(({ customerId }) => names.place('customers', customerId)),
    queue: ints(({ queueRef }) => names.place('queues', queueRef)),
    topic: ints(({ topic }) => names.place('topics', topic)),
    channel: ints(({ channel }) => names.place('channels', channel)),
    initiatedBy: Uint8Array.from(changes, ({ initiatedBy }) => initiatorPlace(initiatedBy)),
  };
};
