/**
 * How long a full pass and one more report take, and the memory they need: 10,000 agents and, unless told otherwise,
 * 100 million accesses over 180 days in chunks as a reader hands them over; 60,000 reports.
 *   node bench/attribution/scale.ts [--accesses N] [--agents N] [--reports N]
 */
import { parseArgs } from 'node:util';
import { attributeReports } from '../../src/analysis/attribution/attribute-reports.ts';
import type { CustomerReport } from '../../src/analysis/attribution/attribution-result.ts';
import { createViewBook } from '../../src/analysis/attribution/view-book.ts';
import type { AccessChunk, LogNames } from '../../src/model/access-columns.ts';
import { diceOf } from './dice.ts';
import { atOf } from './world.ts';

const { values } = parseArgs({
  options: {
    accesses: { type: 'string', default: '100000000' },
    agents: { type: 'string', default: '10000' },
    reports: { type: 'string', default: '60000' },
  },
});
const [accesses, agents, reported] = [Number(values.accesses), Number(values.agents), Number(values.reports)];
const days = 180;
const customers = Math.round(accesses / 10);
const queues = Math.max(1, Math.round(agents / 40));
const chunkRows = 250_000;
const dice = diceOf(7);

const listOf = (count: number, word: string): string[] => [
  '',
  ...Array.from({ length: count }, (_, at) => `${word}-${at}`),
];
/** Reported customers come first in the list of customers; the names of others are not needed. */
const names: LogNames = {
  agents: listOf(agents, 'agent'),
  customers: listOf(reported, 'customer'),
  queues: listOf(queues, 'queue'),
  cases: [''],
  fieldSets: [''],
  vendors: [''],
  sites: [''],
  teams: [''],
  topics: listOf(6, 'topic'),
  channels: [''],
  sessions: [''],
  devices: [''],
};
const zeros = new Int32Array(chunkRows);
const chunk = {
  rows: chunkRows,
  atMs: new Float64Array(chunkRows),
  agent: new Int32Array(chunkRows),
  action: new Uint8Array(chunkRows).fill(2),
  customer: new Int32Array(chunkRows),
  case: zeros,
  fieldSet: zeros,
  vendor: zeros,
  site: zeros,
  team: zeros,
  queue: new Int32Array(chunkRows),
  topic: new Int32Array(chunkRows),
  channel: zeros,
  initiatedBy: new Uint8Array(chunkRows),
  session: zeros,
  device: zeros,
  dwellMs: zeros,
} satisfies AccessChunk;

const fillChunk = (from: number): void => {
  for (let row = 0; row < chunkRows; row += 1) {
    const agent = dice.whole(agents);
    chunk.atMs[row] = atOf(((from + row) / accesses) * days);
    chunk.agent[row] = 1 + agent;
    const queue = dice.real() < 0.75 ? agent % queues : (agent * 7 + 3) % queues;
    const home = dice.real() < 0.85 ? queue : dice.whole(queues);
    chunk.customer[row] = 1 + home + queues * dice.whole(customers / queues);
    chunk.queue[row] = 1 + queue;
    chunk.topic[row] = 1 + dice.whole(6);
  }
};

const reports: CustomerReport[] = Array.from({ length: reported }, (_, at) => ({
  customer: `customer-${at}`,
  atMs: atOf(dice.real() * days),
  kind: 'impersonation',
}));
const book = createViewBook({ reportedCustomers: reports.map(({ customer }) => customer) });
let takingMs = 0;
let takingCpu = 0;
let cpuBefore = process.cpuUsage();
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  return (user + system) / 1e6;
};
for (let from = 0; from < accesses; from += chunkRows) {
  fillChunk(from);
  cpuSeconds();
  const start = performance.now();
  book.take(chunk, names);
  takingMs += performance.now() - start;
  takingCpu += cpuSeconds();
}
cpuSeconds();
const start = performance.now();
const attribution = attributeReports(book, reports);
const passMs = performance.now() - start;
const passCpu = cpuSeconds();
const again = performance.now();
const { result } = attribution.withReport({ customer: 'customer-5', atMs: atOf(100), kind: 'impersonation' });
const repeatedMs = performance.now() - again;
const late = 'customer-late';
const lateNames = { ...names, customers: [...names.customers, late] };
for (let row = 0; row < 12; row += 1) chunk.customer[row * 1000] = lateNames.customers.length - 1;
book.takeNewlyReported(late, chunk, lateNames);
const one = performance.now();
attribution.withReport({ customer: late, atMs: atOf(175), kind: 'impersonation' });
const oneMs = performance.now() - one;
console.log(
  [
    `accesses ${accesses}, agents ${agents}, reports ${reported}`,
    `taking accesses: ${(takingMs / 1000).toFixed(1)} s by the clock, ${takingCpu.toFixed(1)} s of processor (making them not counted)`,
    `full pass after that: ${(passMs / 1000).toFixed(1)} s by the clock, ${passCpu.toFixed(1)} s of processor`,
    `one more report: ${oneMs.toFixed(0)} ms (a repeated one: ${repeatedMs.toFixed(0)} ms)`,
    `resident at most: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
    `suspects for review: ${result.suspects.filter(({ review }) => review).length}`,
  ].join('\n'),
);
