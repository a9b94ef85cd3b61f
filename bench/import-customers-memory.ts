import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a set of processes, in MiB. */
export interface Memory {
  /** Resident pages of each process added up: pages that several share are counted several times. */
  readonly residentMb: number;
  /** Proportional set size: shared pages are divided among those that share them, so the sum is what they take. */
  readonly proportionalMb: number;
}

const kib = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

const parentOf = (pid: number): number => {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) \S+ /, '')
        .split(' ')[0],
    );
  } catch {
    return 0;
  }
};

/** A process and all that descend from it. */
const family = (root: number): number[] => {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const isOf = (pid: number): boolean => pid === root || (pid > 1 && isOf(parents.get(pid) ?? 0));
  return pids.filter(isOf);
};

/** Memory that these processes and their descendants take now. */
export const measureMemory = (roots: readonly number[]): Memory => {
  const pids = new Set(roots.flatMap(family));
  let residentKb = 0;
  let proportionalKb = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      residentKb += kib(text, 'Rss');
      proportionalKb += kib(text, 'Pss');
    } catch {
      // it has ended meanwhile
    }
  }
  return { residentMb: residentKb / 1_024, proportionalMb: proportionalKb / 1_024 };
};

const ticksPerSecond = 100;

/** Processor time of a process and its descendants, ended ones too, in seconds: proc(5), utime to cstime. */
export const cpuSeconds = (root: number): number =>
  family(root).reduce((sum, pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) / ticksPerSecond;
    } catch {
      return sum;
    }
  }, 0);

/** Samples memory until it is stopped, and answers the peaks. */
export const watchMemory = (roots: () => readonly number[], everyMs: number): (() => Memory) => {
  let peak: Memory = { residentMb: 0, proportionalMb: 0 };
  const sample = (): void => {
    const now = measureMemory(roots());
    peak = {
      residentMb: Math.max(peak.residentMb, now.residentMb),
      proportionalMb: Math.max(peak.proportionalMb, now.proportionalMb),
    };
  };
  sample();
  const timer = setInterval(sample, everyMs);
  return () => {
    clearInterval(timer);
    sample();
    return peak;
  };
};
