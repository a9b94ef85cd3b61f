import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWorld } from '../../analysis/worlds/build-world.ts';
import { bankFloor, site, usualReports } from '../../analysis/worlds/desk-kit.ts';
import type { Scenario } from '../../analysis/worlds/scenario.ts';
import type { TheftPlan } from '../../analysis/worlds/theft.ts';
import { readRules } from '../../foundations.ts';
import type { DrillPorts, DrillRules } from './drill-ports.ts';
import type { DrillResult } from './drill-result.ts';
import { guardLog } from './guard-log.ts';
import { runDrill } from './run-drill.ts';

let rules: DrillRules;
beforeAll(async () => {
  rules = await readRules(join(import.meta.dirname, '..', '..', '..', 'policy'));
});

/** A desk small enough for a test, with these thefts. */
const scenarioOf = (thefts: readonly TheftPlan[]): Scenario => ({
  name: 'small',
  kind: thefts.length > 0 ? 'incident' : 'control',
  title: 'A small desk',
  story: 'For this test.',
  outOfSight: '',
  figures: { daysToDetection: { count: 100, words: '100 days' }, source: 'nowhere' },
  plan: (seed) => ({
    desk: bankFloor(`small-${seed}`, {
      days: 42,
      customers: 9_000,
      casesPerAgentDay: 9,
      sites: [site('one', 'Near', { zoneHours: 1, teams: 4, agentsPerTeam: 8 })],
      happenings: [],
    }),
    thefts,
    reports: usualReports({ share: 0.2 }),
  }),
});
const greedy: TheftPlan = { kind: 'extra-looks', accounts: 1, startDay: 24, days: 18, perDay: 45 };
const camera: TheftPlan = { kind: 'own-cases-only', accounts: 1, startDay: 24, days: 18, perDay: 50 };

const portsWith = (over: Partial<DrillPorts> = {}): DrillPorts => ({
  rules,
  assumed: { read: 4, approve: 8 },
  nowMs: () => 0,
  onProgress: () => {},
  pause: async () => {},
  signal: new AbortController().signal,
  ...over,
});

describe('a drill', () => {
  let result: DrillResult;
  beforeAll(async () => {
    result = await runDrill(scenarioOf([greedy]), 1, portsWith());
  });

  it('answers the same for the same seed', async () => {
    expect(await runDrill(scenarioOf([greedy]), 1, portsWith())).toEqual(result);
  });

  it('loses fewer customers the more of Casebound is there', () => {
    expect(result.world.stolen).toBeGreaterThan(300);
    expect(result.watching.customersExposed).toBeLessThan(result.world.stolen);
    expect(result.guarding.customersExposed).toBeLessThanOrEqual(result.watching.customersExposed);
    const sum = (of: (week: DrillResult['weeks'][number]) => number) =>
      result.weeks.reduce((total, week) => total + of(week), 0);
    expect(sum(({ unwatched }) => unwatched)).toBe(result.world.stolen);
    expect(sum(({ watching }) => watching)).toBe(result.watching.customersExposed);
    expect(sum(({ guarding }) => guarding)).toBe(result.guarding.customersExposed);
  });

  it('finds the greedy thief, and loses what is taken until somebody has read the alert', async () => {
    expect(result.watching.thievesAlerted).toBe(1);
    const slow = await runDrill(scenarioOf([greedy]), 1, portsWith({ assumed: { read: 96, approve: 8 } }));
    expect(slow.watching.daysToDetection).toBe(result.watching.daysToDetection);
    expect(slow.watching.customersExposed).toBeGreaterThan(result.watching.customersExposed);
  });

  it('counts every refusal of a look by which something was to be stolen', () => {
    const refused = Object.values(result.refused.thief).reduce((sum, count) => sum + count, 0);
    expect(refused).toBeLessThanOrEqual(result.refused.thiefLooks);
    expect(refused / result.refused.thiefLooks).toBeGreaterThan(0.95);
    expect(result.refused.thief['not-yours']).toBeGreaterThan(0);
  });

  it('ends without figures when it is stopped, and tells how far it has come until then', async () => {
    const over = new AbortController();
    const shares: number[] = [];
    const stopped = runDrill(
      scenarioOf([greedy]),
      1,
      portsWith({
        signal: over.signal,
        onProgress: (share) => {
          shares.push(share);
          if (share >= 0.45) over.abort();
        },
      }),
    );
    await expect(stopped).rejects.toThrow('aborted');
    expect(shares).toEqual([0, 0.2, 0.45]);
  });

  it('has nothing to detect in an honest world, and nobody exposed', async () => {
    const honest = await runDrill(scenarioOf([]), 2, portsWith());
    expect(honest.world).toMatchObject({ thieves: 0, stolen: 0, firstTheftAtMs: undefined });
    for (const figures of [honest.watching, honest.guarding])
      expect(figures).toMatchObject({
        daysToDetection: undefined,
        customersExposed: 0,
        thievesAlerted: 0,
        thievesNamed: 0,
      });
    expect(honest.weeks).toEqual([]);
    expect(honest.refused.thiefLooks).toBe(0);
  });
});

const noShare = async (): Promise<void> => {};

describe('the guard of a drill', () => {
  it('refuses no camera over one’s own open cases, and records every refused look as a refused try', async () => {
    const world = buildWorld(scenarioOf([camera]).plan(1));
    const guarded = await guardLog(world, rules, noShare);
    const takes = world.thefts.flatMap(({ takes }) => takes);
    const shown = takes.filter(({ row }) => guarded.refusals[row] === undefined);
    expect(shown.length / takes.length).toBeGreaterThan(0.85);
    for (let row = 0; row < guarded.accesses.rows; row += 1)
      if (guarded.refusals[row] === undefined)
        expect(guarded.accesses.action[row]).toBe(world.log.accesses.action[row]);
    const refused = guarded.refusals.filter((refusal) => refusal !== undefined).length;
    expect(guarded.accesses.action.filter((action) => action === 6).length).toBe(refused);
  });

  it('ends an agent’s shift at its budget, as a server does', async () => {
    const world = buildWorld(scenarioOf([]).plan(1));
    const { agent } = rules.limits;
    const tight: DrillRules = {
      ...rules,
      limits: { ...rules.limits, agent: { ...agent, customersPerShiftMax: 3, lookupsPerHourMax: 1 } },
    };
    const { refusals } = await guardLog(world, tight, noShare);
    expect(refusals).toContain('budget-agent-customers');
    expect(refusals).toContain('budget-agent-lookups');
    expect((await guardLog(world, rules, noShare)).refusals).not.toContain('budget-agent-customers');
  });
});
