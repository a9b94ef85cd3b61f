import { describe, expect, it } from 'vitest';
import { type DeskWorldOptions, deskWorld } from '../../../bench/attribution/desk-world.ts';
import type { World } from '../../../bench/attribution/world.ts';
import { attributeReports } from './attribute-reports.ts';
import type { AttributionResult, CustomerReport } from './attribution-result.ts';
import { type BookedViews, dayMs } from './booked-views.ts';

/** Eighty agents in two queues, 120 days: small enough for a test. */
const small = (options: Partial<DeskWorldOptions>): World =>
  deskWorld({
    seed: 5,
    agents: 80,
    days: 120,
    background: 0.004,
    reported: 0.1,
    windowDays: [30, 50],
    ...options,
  });

const attribute = ({ booked, reports }: Pick<World, 'booked' | 'reports'>): AttributionResult =>
  attributeReports({ booked: () => booked }, reports).result;

const named = (result: AttributionResult): string[] =>
  result.suspects.filter(({ review }) => review).map(({ agent }) => agent);

const withThieves = small({ thieves: 2 });
const thieves = withThieves.thieves.map(({ agent }) => `agent-${agent}`).toSorted();
const found = attribute(withThieves);

describe('attribution from reports', () => {
  it('names both thieves, nobody else, and nearly the days on which they began', () => {
    expect(named(found).toSorted()).toEqual(thieves);
    for (const { agent, window, placebo } of found.suspects.slice(0, 2)) {
      const truth = withThieves.thieves.find((thief) => `agent-${thief.agent}` === agent);
      const begun = Date.parse(window.start) / dayMs - withThieves.booked.firstDay;
      expect(Math.abs(begun - (truth?.startDay ?? -99))).toBeLessThanOrEqual(8);
      expect(window.start_low <= window.start && window.start <= window.start_high).toBe(true);
      expect(window.end > window.start_high).toBe(true);
      expect(placebo.passed).toBe(true);
    }
    expect(found.nobody_posterior).toBeLessThan(0.01);
  });

  it('shows with each suspect the timeline, the reports that point there and what else was tried', () => {
    for (const suspect of found.suspects.filter(({ review }) => review)) {
      expect(suspect.timeline).toHaveLength(120);
      expect(suspect.pointing_reports.length).toBeGreaterThan(10);
      for (const { viewed_at, reported_at } of suspect.pointing_reports)
        expect(viewed_at <= reported_at).toBe(true);
      expect(suspect.innocent_explanations.map(({ cause }) => cause)).toEqual([
        'chance',
        'sub-segment',
        'follows-reports',
        'report-flood',
        'look-alike',
      ]);
      const innocent = suspect.innocent_explanations.reduce((sum, { probability }) => sum + probability, 0);
      expect(innocent + suspect.posterior).toBeCloseTo(1, 2);
    }
    expect(found.limits.length).toBeGreaterThan(4);
  });

  it('does not care what agents are called or in which order reports were filed', () => {
    const renamed: BookedViews = {
      ...withThieves.booked,
      agents: withThieves.booked.agents.map((agent) => `x ${agent}`),
    };
    const again = attribute({ booked: renamed, reports: withThieves.reports.toReversed() });
    const tell = ({ suspects }: AttributionResult, before: string) =>
      suspects
        .filter(({ posterior }) => posterior > 0.1)
        .map(({ agent, posterior }) => [agent.replace(before, ''), Math.round(posterior * 50)]);
    expect(tell(again, 'x ')).toEqual(tell(found, ''));
  });

  it('is not moved by repeated reports, nor by reports about customers whom nobody saw', () => {
    const strangers = Array.from(
      { length: 30 },
      (_, at): CustomerReport => ({ customer: `stranger-${at}`, atMs: withThieves.reports[0]?.atMs }),
    );
    const later = withThieves.reports
      .slice(0, 50)
      .map((report) => ({ ...report, atMs: (report.atMs ?? 0) + 5 * dayMs }));
    const again = attribute({ ...withThieves, reports: [...withThieves.reports, ...later, ...strangers] });
    expect(again.suspects.map(({ agent, posterior }) => [agent, posterior])).toEqual(
      found.suspects.map(({ agent, posterior }) => [agent, posterior]),
    );
    expect(
      again.warnings.some(
        (warning) => warning.includes('30 reported customers') || warning.includes('seen by nobody'),
      ),
    ).toBe(true);
  });

  it('takes one more report without weighing everybody again', () => {
    const [thief] = thieves;
    const pointing = found.suspects.find(({ agent }) => agent === thief)?.pointing_reports.at(-1)?.customer;
    const without = withThieves.reports.filter(({ customer }) => customer !== pointing);
    const before = attributeReports({ booked: () => withThieves.booked }, without);
    const report = withThieves.reports.find(({ customer }) => customer === pointing);
    if (!report) throw new Error('the report is gone');
    const after = before.withReport(report).result;
    const explained = ({ suspects }: AttributionResult): number =>
      suspects.find(({ agent }) => agent === thief)?.reports_explained ?? 0;
    expect(after.counted.reports_used).toBe(before.result.counted.reports_used + 1);
    expect(explained(after)).toBeGreaterThan(explained(before.result));
    expect(named(after).toSorted()).toEqual(thieves);
  });
});

describe('attribution where no account is to blame', () => {
  const innocent: readonly (readonly [string, Partial<DeskWorldOptions>])[] = [
    ['there is no thief', {}],
    ['a sub-segment that no column records leaked elsewhere', { leak: 'sub-segment', leakReports: 250 }],
    ['a whole queue leaked elsewhere', { leak: 'tickets', leakReports: 300 }],
    ['the press made everybody report', { pressSpike: true }],
    ['a desk’s looks follow the reports', { follows: 'desk' }],
    ['one agent of each queue is shown whoever reports', { follows: 'one-of-each-queue' }],
  ];
  it.each(innocent)('names nobody when %s', (_, options) => {
    expect(named(attribute(small({ seed: 11, ...options })))).toEqual([]);
  });

  it('warns of thirty forged reports about one agent’s customers, and names nobody', () => {
    const world = small({ seed: 12, forged: 30, background: 0.001 });
    const result = attribute(world);
    expect(named(result)).toEqual([]);
    const framed = `agent-${world.endangered[0]}`;
    expect(result.warnings.some((warning) => warning.includes(framed) && warning.includes('forged'))).toBe(
      true,
    );
  });
});

describe('attribution of what cannot be told', () => {
  const twin = (booked: BookedViews, of: number): BookedViews => {
    // A second login sees whatever the first sees.
    const agents = [...booked.agents, 'twin'];
    const cells = [...booked.cells];
    const topicViews = [...booked.topicViews];
    const copy = new Map<number, number>();
    for (const [number, cell] of booked.cells.entries()) {
      if (cell.agent !== of) continue;
      copy.set(number, cells.length);
      topicViews[cells.length] = booked.topicViews[number] ?? new Uint32Array(0);
      cells.push({ ...cell, agent: agents.length - 1 });
    }
    const twice = <T>(
      places: readonly T[],
      cellAt: (place: number) => number,
      rename: (at: number) => T,
    ): T[] => [...places, ...places.flatMap((_, place) => (copy.has(cellAt(place)) ? [rename(place)] : []))];
    const { counts, reported } = booked;
    const countCell = (place: number): number => counts.cell[place] ?? -1;
    const rowCell = (place: number): number => reported.cell[place] ?? -1;
    return {
      ...booked,
      agents,
      cells,
      topicViews,
      counts: {
        cell: Int32Array.from(twice([...counts.cell], countCell, (at) => copy.get(countCell(at)) ?? 0)),
        day: Uint16Array.from(twice([...counts.day], countCell, (at) => counts.day[at] ?? 0)),
        views: Uint16Array.from(twice([...counts.views], countCell, (at) => counts.views[at] ?? 0)),
      },
      reported: {
        customer: Int32Array.from(twice([...reported.customer], rowCell, (at) => reported.customer[at] ?? 0)),
        cell: Int32Array.from(twice([...reported.cell], rowCell, (at) => copy.get(rowCell(at)) ?? 0)),
        topic: Uint16Array.from(twice([...reported.topic], rowCell, (at) => reported.topic[at] ?? 0)),
        atMs: Float64Array.from(twice([...reported.atMs], rowCell, (at) => reported.atMs[at] ?? 0)),
      },
    };
  };

  it('lays a theft to neither of two logins that saw the same, and says so', () => {
    const thief = withThieves.thieves[0]?.agent ?? 0;
    const result = attribute({ ...withThieves, booked: twin(withThieves.booked, thief) });
    expect(named(result)).not.toContain(`agent-${thief}`);
    expect(named(result)).not.toContain('twin');
    expect(result.warnings.some((warning) => warning.includes('twin') && warning.includes('apart'))).toBe(
      true,
    );
  });

  it('says that no reports tell nothing', () => {
    const result = attribute({ booked: withThieves.booked, reports: [] });
    expect(result.suspects).toEqual([]);
    expect(result.nobody_posterior).toBe(1);
    expect(result.warnings[0]).toMatch(/no reports/);
  });

  it('says that a log without views tells nothing', () => {
    const empty: BookedViews = {
      firstDay: -1,
      days: 0,
      agents: [],
      customers: ['c'],
      queues: [],
      cells: [],
      counts: { cell: new Int32Array(0), day: new Uint16Array(0), views: new Uint16Array(0) },
      topicViews: [],
      reported: {
        customer: new Int32Array(0),
        cell: new Int32Array(0),
        topic: new Uint16Array(0),
        atMs: new Float64Array(0),
      },
      views: 0,
      hasQueues: false,
    };
    const result = attribute({ booked: empty, reports: [{ customer: 'c', atMs: 5 }] });
    expect(result.suspects).toEqual([]);
    expect(result.warnings[0]).toMatch(/no view/);
  });

  it('says so when all reports came before anybody saw the customer', () => {
    const early = withThieves.reports.map((report) => ({
      ...report,
      atMs: withThieves.booked.firstDay * dayMs + 1000,
    }));
    const result = attribute({ booked: withThieves.booked, reports: early });
    expect(named(result)).toEqual([]);
    expect(result.warnings.some((warning) => warning.includes('before anybody in this log saw'))).toBe(true);
  });

  it('answers few reports with its uncertainty', () => {
    const result = attribute({ booked: withThieves.booked, reports: withThieves.reports.slice(0, 5) });
    expect(named(result)).toEqual([]);
    expect(result.warnings.some((warning) => warning.includes('too few'))).toBe(true);
  });
});
