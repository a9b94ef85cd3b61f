import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SampleWorldPlan, sampleWorld } from '../../../test/support/sample-world.ts';
import { attributeSample, isWorthReview } from './attribute-sample.ts';
import { fitMixture } from './mixture.ts';
import { SampleBook } from './sample-book.ts';

const small = { agents: 60, queues: 4, customers: 12_000, days: 120, viewsPerDay: 12 };

const attributed = (plan: Partial<SampleWorldPlan>) => {
  const world = sampleWorld({ ...small, seed: 5, thieves: 1, records: 60, ...plan });
  const book = new SampleBook(world.records);
  book.take(world.chunk);
  const found = attributeSample(book, world.agentNames);
  return { ...found, world, named: found.suspects.filter(isWorthReview).map(({ agent }) => agent) };
};

const namesOf = (thieves: readonly number[]): readonly string[] =>
  thieves.map((agent) => `agent ${agent}`).sort();

describe('a leaked sample', () => {
  it('names the thief from ten dated records, and three from a hundred undated ones, and nobody else', () => {
    let found = 0;
    for (const seed of [1, 2, 3]) {
      const one = attributed({ seed, records: 10, datedDays: 3 });
      expect(one.named).toEqual(namesOf(one.world.thieves));
      const three = attributed({ seed, records: 100, thieves: 3, agents: 120 });
      expect(namesOf(three.world.thieves)).toEqual(expect.arrayContaining([...three.named]));
      found += three.named.length;
    }
    expect(found).toBeGreaterThanOrEqual(8);
  });

  it('that comes from nobody, or from a whole queue, fits nobody and says so', () => {
    for (const plan of [
      { thieves: 0 },
      { thieves: 0, trait: 'queue-leak' },
      { thieves: 0, trait: 'sticky-books' },
    ] as const) {
      const { suspects, warnings, nobodyPosterior } = attributed(plan);
      expect(suspects.filter(isWorthReview)).toEqual([]);
      expect(nobodyPosterior).toBeGreaterThan(0.5);
      expect(warnings.join(' ')).toMatch(/fits nobody/);
    }
  });

  it('that leaked elsewhere from a segment which no column records does not name its specialists', () => {
    for (const plan of [{}, { datedDays: 3 }, { seed: 8 }]) {
      const { named } = attributed({ thieves: 0, trait: 'sub-segment', records: 80, agents: 90, ...plan });
      expect(named).toEqual([]);
    }
  });

  it('of one cannot tell, and says so; of none as well', () => {
    const one = attributed({ records: 1 });
    expect([one.suspects, one.nobodyPosterior]).toEqual([[], 1]);
    expect(one.warnings[0]).toMatch(/sample of one cannot tell/);
    expect(attributed({ records: 0 }).suspects).toEqual([]);
  });

  it('does not tell twins apart: neither is named, each is the look-alike of the other', () => {
    const { suspects, named, warnings } = attributed({ trait: 'twins' });
    expect(named).toEqual([]);
    const pair = [suspects[0]?.agent, suspects[0]?.lookAlikes[0]?.agent];
    expect(pair.toSorted()).toEqual(['agent 1', 'agent 61']);
    expect(suspects[0]?.posterior).toBeCloseTo(0.5, 1);
    expect(warnings.join(' ')).toMatch(/cannot tell them apart/);
  });

  it('dates the theft: the true days lie within the window', () => {
    const { suspects, world } = attributed({ seed: 9, records: 60, datedDays: 3 });
    const times = [...world.chunk.agent.keys()].filter((row) => world.chunk.agent[row] === world.thieves[0]);
    const window = suspects[0]?.window;
    expect(window?.startLowMs).toBeLessThanOrEqual(window?.startMs ?? 0);
    expect(window?.startMs).toBeLessThanOrEqual(window?.startHighMs ?? 0);
    const within = times
      .map((row) => world.chunk.atMs[row] ?? 0)
      .filter((at) => at >= (window?.startLowMs ?? 0) && at <= (window?.endMs ?? 0));
    // 30 to 90 of 120 days.
    expect(within.length / times.length).toBeGreaterThan(0.2);
    expect(within.length / times.length).toBeLessThan(0.9);
  });

  it('fails the placebo where dated records follow what an account works on and not when it looked', () => {
    const world = sampleWorld({ ...small, seed: 4, thieves: 0, records: 1 });
    const seen = new Set<number>();
    for (const [row, agent] of world.chunk.agent.entries())
      if (agent === 7) seen.add(world.chunk.customer[row] ?? 0);
    const after = Date.UTC(2027, 0, 1);
    const records = [...seen]
      .slice(0, 60)
      .map((customer) => ({ customer, asOfFromMs: after, asOfToMs: after + 86_400_000 }));
    const book = new SampleBook([...records, ...world.records]);
    book.take(world.chunk);
    const { suspects, warnings } = attributeSample(book, world.agentNames);
    expect(suspects).toEqual([]);
    expect(warnings.join(' ')).toMatch(/fits nobody|Nobody in this log/);
  });

  it('gives the same whatever the order of the log', () => {
    const world = sampleWorld({ ...small, seed: 3, thieves: 1, records: 40 });
    const { chunk } = world;
    const order = [...chunk.agent.keys()].toSorted(
      (a, b) => ((a * 7919) % chunk.rows) - ((b * 7919) % chunk.rows),
    );
    const shuffled = Object.fromEntries(
      Object.entries(chunk).map(([name, column]) => [
        name,
        typeof column === 'number'
          ? column
          : column.map((_: number, at: number) => column[order[at] ?? 0] ?? 0),
      ]),
    ) as unknown as typeof chunk;
    const results = [chunk, shuffled].map((part) => {
      const book = new SampleBook(world.records);
      book.take(part);
      return attributeSample(book, world.agentNames).suspects.map(({ agent, posterior }) => [
        agent,
        posterior.toFixed(6),
      ]);
    });
    expect(results[1]).toEqual(results[0]);
  });
});

describe('a mixture', () => {
  it('has weights that sum to one and that no other weights explain better', () => {
    const chance = fc.double({ min: 1e-6, max: 1, noNaN: true });
    const table = fc.array(fc.tuple(chance, chance, chance), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(table, fc.tuple(chance, chance, chance), (rows, other) => {
        const sources = [0, 1, 2].map((at) => ({ chances: Float64Array.from(rows, (row) => row[at] ?? 0) }));
        const { weights, logLikelihood } = fitMixture(sources, rows.length);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
        const total = other.reduce((sum, weight) => sum + weight, 0);
        const otherwise = rows.reduce(
          (sum, row) =>
            sum + Math.log(row.reduce((whole, value, at) => whole + (value * (other[at] ?? 0)) / total, 0)),
          0,
        );
        expect(otherwise).toBeLessThanOrEqual(logLikelihood + 1e-3 * rows.length);
      }),
    );
  });
});
