// Every scenario of `casebound drill` in one table: what was lost, how soon it showed, who was named.
//   node bench/drills.ts [--seed N] [--scenarios NAME,NAME]
import { parseArgs } from 'node:util';
import { scenarios } from '../src/analysis/worlds/scenarios.ts';
import { drill } from '../src/drilling.ts';
import type { DrillFigures, DrillResult } from '../src/workflows/drill/drill-result.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, scenarios: { type: 'string' } },
});
const wanted = values.scenarios?.split(',');

const daysOf = ({ daysToDetection: days, detectedBy }: DrillFigures): string =>
  days === undefined ? '-' : `${days.toFixed(1)}${detectedBy === 'reports' ? ' (reports)' : ''}`;
const wayOf = (figures: DrillFigures, { world }: DrillResult): string[] => [
  world.thieves === 0 ? '-' : daysOf(figures),
  world.thieves === 0 ? '0' : `${figures.customersExposed} (${Math.round(100 * figures.exposedShare)} %)`,
  world.thieves === 0 ? '-' : `${figures.thievesAlerted} + ${figures.thievesNamed} of ${world.thieves}`,
  `${figures.wronglyNamed.length} / ${figures.honestAlerted}`,
];

const head = [
  'scenario',
  'stolen unwatched',
  'accounts',
  'watching: days',
  'exposed',
  'thieves alerted + named',
  'honest named / alerted',
  'in the way: days',
  'exposed',
  'thieves alerted + named',
  'honest named / alerted',
  'seconds',
];
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
console.log(row(head));
console.log(row(head.map(() => '---')));
for (const scenario of scenarios) {
  if (wanted && !wanted.includes(scenario.name)) continue;
  const startedMs = performance.now();
  const result = await drill({
    scenario,
    seed: Number(values.seed),
    assumed: { read: 4, approve: 8 },
    environment: {},
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  console.log(
    row([
      scenario.name,
      String(result.world.stolen),
      String(result.world.agents),
      ...wayOf(result.watching, result),
      ...wayOf(result.guarding, result),
      ((performance.now() - startedMs) / 1_000).toFixed(0),
    ]),
  );
}
