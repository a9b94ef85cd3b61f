/**
 * Kills the server with signal 9 under load, 100 times, and holds the ledger against what the clients saw.
 *
 *   node bench/kill-nine.ts [--rounds 100] [--clients 64]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killNineUnderLoad } from '../test/torture/kill-nine.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, clients: { type: 'string', default: '64' } },
});
const directory = await mkdtemp(join(tmpdir(), 'casebound-kill-'));
await chmod(directory, 0o755);
try {
  const size = { rounds: Number(values.rounds), clients: Number(values.clients) };
  const { restartMs, ...result } = await killNineUnderLoad(directory, size, (round) => {
    if (round % 10 === 0) process.stderr.write(`${round} of ${size.rounds}\n`);
  });
  const sorted = [...restartMs].sort((a, b) => a - b);
  const summary = {
    ...result,
    restartMs: { median: sorted[Math.floor(sorted.length / 2)], longest: sorted.at(-1) },
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = result.lost + result.shownWithoutEntry + result.gaps === 0 ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
