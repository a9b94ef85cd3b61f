import { describe, expect, it } from 'vitest';
import { loggedActions, loggedChanges } from '../../model/access-columns.ts';
import { buildWorld, type World } from './build-world.ts';
import { bankFloor, ordinaryHappenings, shopDesk, site, usualReports } from './desk-kit.ts';
import type { DeskPlan } from './desk-plan.ts';
import { type TheftPlan, theftKinds } from './theft.ts';

const small: Partial<DeskPlan> = {
  days: 28,
  customers: 4_000,
  sites: [
    site('one', 'Near', { zoneHours: 1, teams: 3, agentsPerTeam: 5, rotates: true }),
    site('two', 'Far', { zoneHours: -6, teams: 3, agentsPerTeam: 5, skewMs: 40_000 }),
  ],
  casesPerAgentDay: 9,
  happenings: [
    ...ordinaryHappenings(28),
    { kind: 'outage', day: 9, queue: 'payments' },
    { kind: 'recall', day: 12, days: 2, team: 1 },
    { kind: 'press', day: 16, days: 3 },
  ],
};
const floor = (seed: string): DeskPlan => bankFloor(seed, small);
const desk = (seed: string): DeskPlan => shopDesk(seed, small);
const theftOf = (kind: TheftPlan['kind']): TheftPlan => ({
  kind,
  accounts: kind === 'ring' ? 3 : 1,
  startDay: 8,
  days: 18,
  perDay: 20,
});
const worldOf = (plan: DeskPlan, thefts: readonly TheftPlan[] = []): World =>
  buildWorld({ desk: plan, thefts, reports: usualReports({ share: 0.3, background: 0.02 }) });

const ways = [
  { way: 'call floor', plan: floor },
  { way: 'ticket desk', plan: desk },
] as const;

describe.each(ways)('a world of a $way', ({ plan }) => {
  const world = worldOf(plan('law'), [theftOf('extra-looks'), theftOf('over-reveal')]);
  const { accesses, changes, names } = world.log;

  it('is the same for the same seed, and another one for another', () => {
    const again = worldOf(plan('law'), [theftOf('extra-looks'), theftOf('over-reveal')]);
    expect(again.log.accesses).toEqual(accesses);
    expect(again.log.changes).toEqual(changes);
    expect(again.reports).toEqual(world.reports);
    expect(again.thefts).toEqual(world.thefts);
    expect(worldOf(plan('other')).log.accesses.rows).not.toBe(accesses.rows);
  });

  it('lies in the order of time, with every place in its list', () => {
    for (const chunk of [accesses, changes])
      for (let row = 1; row < chunk.rows; row += 1)
        expect((chunk.atMs[row] ?? 0) >= (chunk.atMs[row - 1] ?? 0)).toBe(true);
    const fits = (column: Int32Array, list: readonly string[]) =>
      column.every((place) => place >= 0 && place < list.length);
    expect(fits(accesses.agent, names.agents)).toBe(true);
    expect(fits(accesses.customer, names.customers)).toBe(true);
    expect(fits(accesses.case, names.cases)).toBe(true);
    expect(fits(accesses.fieldSet, names.fieldSets)).toBe(true);
    expect(fits(changes.case, names.cases)).toBe(true);
    expect(accesses.agent.every((place) => place > 0)).toBe(true);
    expect(accesses.action.every((place) => place > 0 && place < loggedActions.length)).toBe(true);
  });

  it('opens a case before anything else happens to it, and reopens before it closes again', () => {
    const state = new Map<number, 'open' | 'closed'>();
    const wrong: string[] = [];
    for (let row = 0; row < changes.rows; row += 1) {
      const change = loggedChanges[changes.change[row] ?? 0] ?? '';
      const file = changes.case[row] ?? 0;
      const before = state.get(file);
      if (change === 'opened' ? before !== undefined : before === undefined) wrong.push(`${change} ${file}`);
      if (change === 'closed' && before !== 'open') wrong.push(`closed twice ${file}`);
      if (change === 'reopened' && before !== 'closed') wrong.push(`reopened while open ${file}`);
      if (change === 'opened' || change === 'reopened') state.set(file, 'open');
      if (change === 'closed') state.set(file, 'closed');
    }
    expect(wrong).toEqual([]);
  });

  it('books each theft on a row of that account, customer, time and fields', () => {
    expect(world.thefts.map(({ kind }) => kind)).toEqual(['extra-looks', 'over-reveal']);
    for (const { agent, takes } of world.thefts) {
      expect(takes.length).toBeGreaterThan(5);
      for (const { row, customer, atMs, fieldSet } of takes) {
        expect(accesses.agent[row]).toBe(agent);
        expect(accesses.customer[row]).toBe(customer);
        expect(accesses.atMs[row]).toBe(atMs);
        expect(accesses.fieldSet[row]).toBe(fieldSet);
      }
    }
  });

  it('has no thief when none is planted, and is otherwise the same desk', () => {
    const honest = worldOf(plan('law'));
    expect(honest.thefts).toEqual([]);
    expect(honest.reports.every(({ stolen }) => !stolen)).toBe(true);
    expect(honest.log.names.agents).toEqual(names.agents);
    const extra = world.thefts.flatMap(({ takes }) => takes).length;
    expect(accesses.rows - honest.log.accesses.rows).toBeGreaterThan(extra * 0.5);
  });

  it('leaves about a tenth of the agents’ honest accesses without a case that explains them', () => {
    const held = new Set<string>();
    for (let row = 0; row < changes.rows; row += 1)
      held.add(`${changes.agent[row]} ${changes.customer[row]}`);
    const stolen = new Set(
      world.thefts.flatMap(({ agent, takes }) => takes.map(({ customer }) => `${agent} ${customer}`)),
    );
    const isCalm = (atMs: number) => Math.floor((atMs - world.startMs) / 86_400_000) !== 9;
    let [honest, unexplained] = [0, 0];
    for (let row = 0; row < accesses.rows; row += 1) {
      const pair = `${accesses.agent[row]} ${accesses.customer[row]}`;
      const isAgents = world.posts.get(accesses.agent[row] ?? 0) === 'agent';
      if (!isAgents || !accesses.customer[row] || !isCalm(accesses.atMs[row] ?? 0) || stolen.has(pair))
        continue;
      honest += 1;
      if (!held.has(pair)) unexplained += 1;
    }
    expect(unexplained / honest).toBeGreaterThan(0.06);
    expect(unexplained / honest).toBeLessThan(0.15);
  });

  it('lets victims report only what was stolen from them before', () => {
    const firstTaken = new Map<number, number>();
    for (const { takes } of world.thefts)
      for (const { customer, atMs } of takes)
        firstTaken.set(customer, Math.min(firstTaken.get(customer) ?? Number.POSITIVE_INFINITY, atMs));
    const stolen = world.reports.filter((report) => report.stolen);
    expect(stolen.length).toBeGreaterThan(0);
    for (const { customer, contactedAtMs, atMs } of stolen) {
      expect(contactedAtMs).toBeGreaterThan(firstTaken.get(customer) ?? Number.POSITIVE_INFINITY);
      expect(atMs).toBeGreaterThanOrEqual(contactedAtMs);
    }
  });
});

describe('every way to steal', () => {
  it('can be planted, and takes customers only while it lasts', () => {
    for (const kind of theftKinds) {
      const plan = theftOf(kind);
      const world = worldOf(floor(`kinds-${kind}`), [plan]);
      const dayOf = (atMs: number) => (atMs - world.startMs) / 86_400_000;
      for (const { takes } of world.thefts) {
        const days = takes.map(({ atMs }) => dayOf(atMs));
        // A leaver's days are the last before leaving, whenever that is; night work may run into the next day.
        const [from, to] = kind === 'leaver' ? [0, 28] : [plan.startDay - 1, plan.startDay + plan.days + 1];
        expect(Math.min(...days), kind).toBeGreaterThanOrEqual(from);
        expect(Math.max(...days), kind).toBeLessThanOrEqual(to);
      }
      if (kind !== 'leaver' && kind !== 'after-leaving')
        expect(world.thefts.flatMap(({ takes }) => takes).length, kind).toBeGreaterThan(0);
    }
  });
});
