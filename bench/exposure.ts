// Who is exposed to one agent in one month, asked of a table in memory.
// Run: node bench/exposure.ts [million accesses]. Beside it: a plain pass over all rows.

import { type ExposureChunk, ExposureCollector } from '../src/analysis/exposure/exposure-collector.ts';
import { type ExposureScope, sharpWindow } from '../src/analysis/exposure/exposure-scope.ts';
import { ExposureTable } from '../src/analysis/exposure/exposure-table.ts';
import type { LogNames } from '../src/model/access-columns.ts';

const millions = Number(process.argv[2] ?? 20);
const rows = millions * 1e6;
const agents = 10_000;
const customers = 2_000_000;
const days = 180;
const startMs = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
const chunkRows = 1 << 16;

const named = (kind: string, count: number): string[] =>
  Array.from({ length: count + 1 }, (_, at) => (at === 0 ? '' : `${kind} ${at}`));
const names = {
  agents: named('agent', agents),
  customers: named('customer', customers),
  fieldSets: ['', 'phone', 'email phone', 'iban', 'address name'],
  vendors: named('vendor', 3),
} as unknown as LogNames;

let state = 1;
const draw = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const chunkAt = (first: number): ExposureChunk => {
  const size = Math.min(chunkRows, rows - first);
  const agent = Int32Array.from({ length: size }, () => 1 + draw(agents));
  return {
    rows: size,
    atMs: Float64Array.from({ length: size }, (_, row) => startMs + ((first + row) / rows) * days * dayMs),
    agent,
    action: new Uint8Array(size).fill(2),
    customer: Int32Array.from({ length: size }, () => 1 + draw(customers)),
    fieldSet: Int32Array.from({ length: size }, () => draw(5)),
    vendor: agent.map((place) => 1 + (place % 3)),
  };
};

const columns = new Set(['at', 'agent', 'customer', 'action', 'fields', 'vendor']);
const table = new ExposureTable(names, columns);
const plain: ExposureChunk[] = [];
const seconds = (began: number): string => ((performance.now() - began) / 1000).toFixed(3);
const loading = performance.now();
for (let first = 0; first < rows; first += chunkRows) {
  const chunk = chunkAt(first);
  table.take(chunk);
  plain.push(chunk);
}
console.log(`${millions} million accesses of ${agents} agents, made and loaded in ${seconds(loading)} s`);
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB\n`);

const month = sharpWindow(startMs + 60 * dayMs, startMs + 90 * dayMs);
const asks: readonly (readonly [string, readonly ExposureScope[]])[] = [
  ['one agent-month', [{ who: { agent: 'agent 77' }, posterior: 1, window: month }]],
  ['one agent, all days', [{ who: { agent: 'agent 78' }, posterior: 1, window: sharpWindow(0, 8e15) }]],
  [
    'ten suspects, two months each',
    Array.from({ length: 10 }, (_, at) => ({
      who: { agent: `agent ${at + 100}` },
      posterior: 0.95,
      window: sharpWindow(startMs + 30 * dayMs, startMs + 90 * dayMs),
    })),
  ],
  [
    'a vendor, one day',
    [
      {
        who: { vendor: 'vendor 1' },
        posterior: 1,
        window: sharpWindow(startMs + 60 * dayMs, startMs + 61 * dayMs),
      },
    ],
  ],
];
console.log('| asked | customers | seconds from the table | seconds by a plain pass |\n|---|---|---|---|');
for (const [what, scopes] of asks) {
  const began = performance.now();
  const { customers: found } = table.expose({ scopes });
  const fromTable = seconds(began);
  const passing = performance.now();
  const collector = new ExposureCollector({ scopes, columns }, names);
  for (const chunk of plain) collector.take(chunk);
  const same = collector.result().customers.length === found.length;
  if (!same) throw new Error('the two do not agree');
  console.log(`| ${what} | ${found.length} | ${fromTable} | ${seconds(passing)} |`);
}
