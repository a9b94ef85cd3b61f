// How often the sample method names the thieves, and how often anybody else, in worlds of several kinds.
// Run: node bench/sample.ts [runs a cell] [agents]. Beside it: whoever saw most of the sample's customers.
import { attributeSample, isWorthReview } from '../src/analysis/sample/attribute-sample.ts';
import { SampleBook } from '../src/analysis/sample/sample-book.ts';
import { type SampleWorldPlan, sampleWorld } from '../test/support/sample-world.ts';

const [runs = 6, agents = 300] = process.argv.slice(2).map(Number);

interface Cell {
  readonly name: string;
  readonly plan: Partial<SampleWorldPlan>;
}
const cells: readonly Cell[] = [
  { name: 'n=100 undated, 3 thieves', plan: { records: 100, thieves: 3 } },
  { name: 'n=10 dated (+-3 d), 1 thief', plan: { records: 10, thieves: 1, datedDays: 3 } },
  { name: 'n=30 undated, 1 thief', plan: { records: 30, thieves: 1 } },
  { name: 'n=10 undated, 1 thief', plan: { records: 10, thieves: 1 } },
  { name: 'n=30 dated, 3 thieves', plan: { records: 30, thieves: 3, datedDays: 3 } },
  { name: 'n=300 undated, 10 thieves', plan: { records: 300, thieves: 10 } },
  {
    name: 'n=100 undated, 3 thieves, sticky books',
    plan: { records: 100, thieves: 3, trait: 'sticky-books' },
  },
  {
    name: 'n=100 undated, 3 thieves, popular agents',
    plan: { records: 100, thieves: 3, trait: 'popular-agents' },
  },
  {
    name: 'n=100 undated, 3 thieves, half from elsewhere',
    plan: { records: 100, thieves: 3, elsewhere: 0.5 },
  },
  { name: 'n=100 from nobody', plan: { records: 100, thieves: 0 } },
  { name: 'n=100 from a whole queue', plan: { records: 100, thieves: 0, trait: 'queue-leak' } },
  {
    name: 'n=100 from a whole queue, dated',
    plan: { records: 100, thieves: 0, trait: 'queue-leak', datedDays: 3 },
  },
  { name: 'n=100 from nobody, sticky books', plan: { records: 100, thieves: 0, trait: 'sticky-books' } },
  { name: 'n=100 from an unrecorded sub-segment', plan: { records: 100, thieves: 0, trait: 'sub-segment' } },
  {
    name: 'n=100 from an unrecorded sub-segment, dated',
    plan: { records: 100, thieves: 0, trait: 'sub-segment', datedDays: 3 },
  },
  { name: 'n=100, thief with a twin', plan: { records: 100, thieves: 1, trait: 'twins' } },
];

const usual = { agents, queues: 12, customers: 80_000, days: 180, viewsPerDay: 20 };

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

console.log('| world | thieves named | others named a run | most customers: thieves named | seconds a run |');
console.log('|---|---|---|---|---|');
for (const { name, plan } of cells) {
  let [found, all, wrong, mostFound] = [0, 0, 0, 0];
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const world = sampleWorld({
      ...usual,
      records: 100,
      thieves: 1,
      seed: 7919 * run + name.length * 104_729,
      ...plan,
    });
    const began = performance.now();
    const book = new SampleBook(world.records);
    book.take(world.chunk);
    const { suspects } = attributeSample(book, world.agentNames);
    seconds.push((performance.now() - began) / 1000);
    const named = suspects.filter(isWorthReview).map(({ agent }) => Number(agent.slice(6)));
    found += world.thieves.filter((thief) => named.includes(thief)).length;
    wrong += named.filter((agent) => !world.thieves.includes(agent)).length;
    all += world.thieves.length;
    const hits = new Map<number, Set<number>>();
    for (const [customer, looks] of book.looks)
      for (const { agent } of looks) hits.set(agent, (hits.get(agent) ?? new Set()).add(customer));
    const most = [...hits].toSorted((a, b) => b[1].size - a[1].size).slice(0, world.thieves.length);
    mostFound += most.filter(([agent]) => world.thieves.includes(agent)).length;
  }
  const share = (count: number): string => (all === 0 ? '-' : `${count}/${all}`);
  console.log(
    `| ${name} | ${share(found)} | ${(wrong / runs).toFixed(2)} | ${share(mostFound)} | ${median(seconds).toFixed(2)} |`,
  );
}
