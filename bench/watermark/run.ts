import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cells } from './cells.ts';
import { fillShelf } from './page-shelf.ts';
import { runTrial, type TrialResult } from './run-trial.ts';

/**
 * Reads simulated photos and screenshots and adds the outcomes to out/results-NAME.json; seeds already there are
 * skipped, so runs can be cut short and taken up again. `--table` prints what has been gathered.
 *
 * node bench/watermark/run.ts --cells photo-20,photo-30 --from 500000 --trials 200 --name final
 */
const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: 'all' },
    from: { type: 'string', default: '1' },
    trials: { type: 'string', default: '10' },
    name: { type: 'string', default: 'development' },
    table: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

type Results = Record<string, TrialResult[]>;
const folder = join(import.meta.dirname, 'out');
const file = join(folder, `results-${values.name}.json`);

const load = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {});
const save = (results: Results): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(results));
  renameSync(`${file}.part`, file);
};

/** Lower end of Wilson's 95 % interval. */
const lowerBound = (hits: number, count: number): number => {
  const z = 1.96;
  const share = hits / count;
  const middle = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return (middle - spread) / (1 + (z * z) / count);
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

const printTable = (results: Results): void => {
  console.log(
    '| cell | simulated condition | trials | exact | 95 % at least | wrong | p50 / p95 ms | clarity p5-p95 | asked |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const [name, cell] of Object.entries(cells)) {
    const trials = results[name] ?? [];
    if (trials.length === 0) continue;
    const exact = trials.filter(({ outcome }) => outcome === 'exact').length;
    const wrong = trials.filter(({ outcome }) => outcome === 'wrong').length;
    const ms = trials.map(({ readMs }) => readMs).sort((a, b) => a - b);
    const clarity = trials.map((trial) => trial.clarity).sort((a, b) => a - b);
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const cameras = [...new Set(trials.map(({ camera }) => camera))]
      .filter((camera) => camera !== undefined)
      .sort();
    const split = cameras.map((camera) => {
      const own = trials.filter((trial) => trial.camera === camera);
      return `${camera} ${own.filter(({ outcome }) => outcome === 'exact').length}/${own.length}`;
    });
    console.log(
      `| ${name} | ${cell.title} | ${trials.length} | ${exact} (${percent(exact / trials.length)})${split.length > 0 ? `: ${split.join(', ')}` : ''} | ${percent(lowerBound(exact, trials.length))} | ${wrong} | ${quantile(ms, 0.5)} / ${quantile(ms, 0.95)} | ${quantile(clarity, 0.05)}-${quantile(clarity, 0.95)} | ${cell.target === undefined ? '' : `>= ${percent(cell.target)}`} |`,
    );
  }
};

const results = load();
if (!values.table) {
  const browser = await fillShelf();
  if (!browser) console.log('no Chromium found: pages are drawn, not rendered');
  const names = values.cells === 'all' ? Object.keys(cells) : values.cells.split(',');
  for (const name of names) {
    const cell = cells[name];
    if (!cell) throw new Error(`no cell named ${name}; there are ${Object.keys(cells).join(', ')}`);
    const gathered = results[name] ?? [];
    results[name] = gathered;
    const done = new Set(gathered.map(({ seed }) => seed));
    for (let seed = Number(values.from); seed < Number(values.from) + Number(values.trials); seed += 1) {
      if (done.has(seed)) continue;
      const result = await runTrial(cell, seed);
      gathered.push(result);
      if (values.verbose || result.outcome === 'wrong') console.log(name, JSON.stringify(result));
      if (gathered.length % 5 === 0) save(results);
    }
    save(results);
  }
}
printTable(results);
