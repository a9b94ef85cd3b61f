/**
 * Fuzzes the readers of notes, checkpoints, policies, keys, proofs, requests, bundles, tiles, entries and
 * disclosures, and compares each with the independent verifier where that reads the same format.
 *
 *     node bench/tlog-fuzz.ts [CASES] [SEED]
 *
 * CASES (100,000 when left out) are shared out between the readers. Exit status 1 and the seed when one fails.
 */
import fc from 'fast-check';
import { fuzzed } from '../test/support/tlog-fuzz.ts';

const cases = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const weights = fuzzed.reduce((sum, { weight }) => sum + weight, 0);
let run = 0;
console.log(`seed ${seed}`);
for (const { name, weight, property } of fuzzed) {
  const numRuns = Math.ceil((cases * weight) / weights);
  const start = performance.now();
  const details = await fc.check(property, { numRuns, seed });
  run += details.numRuns;
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${name.padEnd(28)} ${String(details.numRuns).padStart(8)} cases ${seconds.padStart(7)} s`);
  if (details.failed) {
    console.log(fc.defaultReportMessage(details));
    process.exitCode = 1;
  }
}
console.log(`${run} cases, ${process.exitCode === 1 ? 'NOT clean' : 'clean'}`);
