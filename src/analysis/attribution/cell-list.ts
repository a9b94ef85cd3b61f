import { type AccessChunk, type LogNames, loggedInitiators } from '../../model/access-columns.ts';
import { topicPlaces, type ViewCell } from './booked-views.ts';
import { createNumbering, createPlaceMap } from './numbering.ts';

/** Finds out of which agent's work of which kind a row is. */
export interface CellList {
  readonly cells: readonly ViewCell[];
  readonly agents: readonly string[];
  readonly queues: readonly string[];
  /** Some row told its queue. */
  readonly hasQueues: boolean;
  /** The agent's number; -1 when the row does not tell. */
  agentOf(chunk: AccessChunk, row: number, names: LogNames): number;
  cellOf(
    agent: number,
    row: { readonly chunk: AccessChunk; readonly row: number; readonly names: LogNames },
  ): number;
  /** A place below `topicPlaces`: the first kinds of topics met have their own, all others share place 0. */
  topicOf(chunk: AccessChunk, row: number, names: LogNames): number;
}

const incidentWords = /incident|fraud|scam|phish|security|takeover|compromis|abuse|breach|impersonat/i;
const bySystem = loggedInitiators.indexOf('system');

/** Kinds of work of one agent that lie side by side in memory; further ones are found in a map. */
const kindsAside = 8;

const createKindTable = () => {
  let table = new Int32Array(0);
  const more = new Map<number, number>();
  const keyOf = (agent: number, kind: number): number => kind * 4_194_304 + agent;
  return {
    cellOf: (agent: number, kind: number): number => {
      const from = agent * kindsAside * 2;
      for (let at = from; at < from + kindsAside * 2 && at < table.length; at += 2) {
        if (table[at] === kind + 1) return table[at + 1] ?? -1;
        if (table[at] === 0) return -1;
      }
      return more.get(keyOf(agent, kind)) ?? -1;
    },
    add: (agent: number, kind: number, cell: number): void => {
      const from = agent * kindsAside * 2;
      if (from + kindsAside * 2 > table.length) {
        const wider = new Int32Array((from + kindsAside * 2) * 2);
        wider.set(table);
        table = wider;
      }
      for (let at = from; at < from + kindsAside * 2; at += 2)
        if (table[at] === 0) {
          table[at] = kind + 1;
          table[at + 1] = cell;
          return;
        }
      more.set(keyOf(agent, kind), cell);
    },
  };
};

export const createCellList = (): CellList => {
  const agents = createNumbering();
  const queues = createNumbering();
  const topics = createNumbering();
  topics.numberOf('');
  const agentAt = createPlaceMap((name) => (name === '' ? -1 : agents.numberOf(name)));
  const queueAt = createPlaceMap((name) => queues.numberOf(name));
  // Where no queue is told, colleagues are those of the same team.
  const teamAt = createPlaceMap((name) => queues.numberOf(name === '' ? '' : `team ${name}`));
  const topicAt = createPlaceMap((name) => {
    const number = topics.names.length < topicPlaces ? topics.numberOf(name) : topics.names.indexOf(name);
    return Math.max(0, number);
  });
  const queueIsIncident = createPlaceMap((name) => (incidentWords.test(name) ? 1 : 0));
  const topicIsIncident = createPlaceMap((name) => (incidentWords.test(name) ? 1 : 0));
  const cells: ViewCell[] = [];
  const kinds = createKindTable();
  let hasQueues = false;

  return {
    cells,
    agents: agents.names,
    queues: queues.names,
    get hasQueues() {
      return hasQueues;
    },
    agentOf: (chunk, row, names) => agentAt(chunk.agent[row] ?? 0, names.agents),
    cellOf: (agent, { chunk, row, names }) => {
      let queue = Math.max(0, queueAt(chunk.queue[row] ?? 0, names.queues));
      if (queues.names[queue] === '') queue = Math.max(0, teamAt(chunk.team[row] ?? 0, names.teams));
      else hasQueues = true;
      const isIncidentWork =
        chunk.initiatedBy[row] === bySystem ||
        queueIsIncident(chunk.queue[row] ?? 0, names.queues) === 1 ||
        topicIsIncident(chunk.topic[row] ?? 0, names.topics) === 1;
      const shift = Math.floor((((chunk.atMs[row] ?? 0) / 3_600_000) % 24) / 8);
      const kind = (queue * 3 + shift) * 2 + (isIncidentWork ? 1 : 0);
      const known = kinds.cellOf(agent, kind);
      if (known >= 0) return known;
      kinds.add(agent, kind, cells.length);
      cells.push({ agent, queue, shift, isIncidentWork });
      return cells.length - 1;
    },
    topicOf: (chunk, row, names) => Math.max(0, topicAt(chunk.topic[row] ?? 0, names.topics)),
  };
};
