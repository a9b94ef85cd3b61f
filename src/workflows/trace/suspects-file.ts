import { readFile } from 'node:fs/promises';
import { type ExposureScope, suspectAfterEndMs } from '../../analysis/exposure/exposure-scope.ts';
import { Fault } from '../../model/fault.ts';
import { parseInstant } from '../../model/instant.ts';
import type { TracedLeak } from './traced-leak.ts';

/** `suspects.json`: the fixed keys, then more detail. */
export const suspectsText = (leak: TracedLeak): string => {
  const { suspects, nobody_posterior, warnings, limits, counted, method } = leak;
  return `${JSON.stringify({ suspects, nobody_posterior, warnings, limits, method, counted }, null, 2)}\n`;
};

const dayMs = 86_400_000;
const suspectsMax = 100_000;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? parseInstant(value) : undefined;

const scopeOf = (suspect: unknown, wrong: (fix: string) => Fault): ExposureScope => {
  if (!isTree(suspect) || !isTree(suspect['window']))
    throw wrong('is no suspect: it needs agent, posterior and window');
  const { agent, posterior, window } = suspect;
  if (typeof agent !== 'string' || agent === '') throw wrong('agent: name the account');
  if (typeof posterior !== 'number' || !(posterior >= 0 && posterior <= 1))
    throw wrong('posterior: write a probability from 0 to 1');
  const startMs = timeOf(window['start']);
  const endMs = timeOf(window['end']);
  if (startMs === undefined || endMs === undefined || endMs < startMs)
    throw wrong('window: start and end are times such as 2026-01-31T00:00:00Z, the end not before the start');
  const startLowMs = timeOf(window['start_low']) ?? startMs;
  const startHighMs = timeOf(window['start_high']) ?? startMs;
  return {
    who: { agent },
    posterior,
    window: {
      startLowMs: Math.min(startLowMs, startMs),
      startMs,
      startHighMs: Math.max(startHighMs, startMs),
      // Midnight means the whole of that day.
      endMs: endMs % dayMs === 0 ? endMs + dayMs - 1 : endMs,
      afterEndMs: suspectAfterEndMs,
    },
  };
};

/**
 * Reads the suspects whose exposure is asked for.
 * @throws Fault `unprocessable` that names the file, the suspect and the fix
 */
export const readSuspects = async (path: string): Promise<readonly ExposureScope[]> => {
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    throw new Fault(
      'unprocessable',
      `${path}: cannot be read (${thrown.code ?? 'unknown reason'}): check the path`,
    );
  });
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    throw new Fault('unprocessable', `${path}: is not JSON: name the file that attribute wrote`);
  }
  const suspects = isTree(tree) ? tree['suspects'] : undefined;
  if (!Array.isArray(suspects))
    throw new Fault('unprocessable', `${path}: has no list "suspects": name the file that attribute wrote`);
  if (suspects.length > suspectsMax)
    throw new Fault('unprocessable', `${path}: has more than ${suspectsMax} suspects`);
  return suspects.map((suspect, at) =>
    scopeOf(suspect, (fix) => new Fault('unprocessable', `${path}: suspect ${at + 1}: ${fix}`)),
  );
};
