import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../model/instant.ts';
import {
  addLooks,
  agentName,
  chunked,
  type DeskAccess,
  type DeskLog,
  dayMs,
  deskStartMs,
  drawFrom,
  honestDesk,
  hourMs,
  isWeekend,
  pieces,
  seatOf,
} from './cast/small-desk.ts';
import { createDetector } from './create-detector.ts';
import type { Alert, Detector } from './detection.ts';

const detectorOf = (log: ReturnType<typeof chunked>, more = {}): Detector =>
  createDetector({
    names: log.names,
    accessColumns: log.columns,
    caseChanges: log.changes.rows > 0,
    ...more,
  });

const watched = (desk: DeskLog, more = {}): Detector => {
  const log = chunked(desk);
  const detector = detectorOf(log, more);
  detector.feedChanges(log.changes);
  detector.feedAccesses(log.accesses);
  detector.finish();
  return detector;
};

const before = (desk: DeskLog, untilMs: number): DeskLog => ({
  accesses: desk.accesses.filter(({ atMs }) => atMs < untilMs),
  changes: desk.changes.filter(({ atMs }) => atMs < untilMs),
});

const thiefAt = 4;
const theftDay = 14;
const withThief = (daily: number, more: Partial<DeskAccess> = {}): DeskLog => {
  const desk = honestDesk({ days: 30 });
  addLooks(desk, { place: thiefAt, fromDay: theftDay, toDay: 30, daily, more });
  return desk;
};
const greedy = withThief(12);

describe('an honest desk', () => {
  it('raises at most one alert in a thousand agent-days', () => {
    let alerts = 0;
    let agentDays = 0;
    for (let seed = 1; seed <= 4; seed += 1) {
      const detector = watched(honestDesk({ seed, agents: 45, days: 46, unlinked: 0.08 + 0.01 * seed }));
      alerts += detector.alerts().length;
      agentDays += detector.totals().agentDays;
    }
    expect(agentDays).toBeGreaterThan(4_500);
    expect(alerts).toBeLessThanOrEqual(agentDays / 1_000);
  });

  it('does not name a reviewer, a lead or a program, who are unlike the others from the first day', () => {
    const desk = honestDesk({ days: 40 });
    const closed = desk.changes.filter(({ change }) => change === 'closed');
    const draw = drawFrom(5);
    for (let day = 1; day < 40; day += 1) {
      if (isWeekend(day)) continue;
      const dayStartMs = deskStartMs + day * dayMs;
      const done = closed.filter(({ atMs }) => atMs < dayStartMs && atMs > dayStartMs - 7 * dayMs);
      const review = (place: number, count: number, stepMs: number): void => {
        for (let at = 0; at < count; at += 1) {
          const customer = done[Math.floor(draw() * done.length)]?.customer ?? 'customer-1';
          desk.accesses.push({
            ...seatOf(place),
            atMs: dayStartMs + 8 * hourMs + at * stepMs,
            action: 'view',
            customer,
          });
        }
      };
      review(40, 30 + Math.floor(draw() * 20), 600_000);
      review(41, 250 + Math.floor(draw() * 100), 60_000);
    }
    const detector = watched(desk);
    expect(detector.alerts().map(({ id }) => id)).toEqual([]);
    const roles = new Map(detector.agents().map(({ agent, role }) => [agent, role]));
    expect(roles.get(agentName(40))).not.toBe('case-worker');
    expect(roles.get(agentName(3))).toBe('case-worker');
  });

  it('is not named for two days on which everybody looks at three times as many, without a case', () => {
    const desk = honestDesk({ days: 30 });
    for (let place = 0; place < 30; place += 1)
      addLooks(desk, { place, fromDay: 17, toDay: 19, daily: 40 + (place % 9) });
    expect(watched(desk).alerts()).toEqual([]);
  });
});

describe('a thief', () => {
  const kinds: readonly [string, DeskLog, number][] = [
    ['who looks at 12 strangers a day', greedy, 40],
    ['who looks at 6 strangers a day', withThief(6), 60],
    ['who exports 40 a day', withThief(40, { action: 'export' }), 80],
    [
      'who opens 8 records a day with all fields',
      withThief(8, { fields: 'address balance document phone' }),
      40,
    ],
  ];
  it.each(kinds)('%s is found before much is lost, and nobody else is named', (_, desk, lostMax) => {
    const detector = watched(desk);
    const first = detector.alerts().find(({ agent }) => agent === agentName(thiefAt));
    expect(first).toBeDefined();
    const stolen = desk.accesses.filter(
      (access) =>
        access.agent === agentName(thiefAt) && access.case === undefined && access.topic === undefined,
    );
    expect(stolen.filter(({ atMs }) => atMs <= (first?.at ?? 0)).length).toBeLessThanOrEqual(lostMax);
    const others = detector.alerts().filter(({ agent }) => agent !== agentName(thiefAt));
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it('who looks at closed cases of his own is found', () => {
    const desk = honestDesk({ days: 30 });
    const own = desk.changes.filter(
      ({ agent, change }) => agent === agentName(thiefAt) && change === 'closed',
    );
    own
      .filter(({ atMs }) => atMs > deskStartMs + theftDay * dayMs)
      .forEach(({ atMs, customer = '' }, at) => {
        if (at % 2 === 0)
          desk.accesses.push({ ...seatOf(thiefAt), atMs: atMs + 20 * hourMs, action: 'view', customer });
      });
    const named = watched(desk).alerts();
    expect(named[0]?.agent).toBe(agentName(thiefAt));
    expect(named[0]?.kind).toBe('looks-after-closing');
  });

  it('who begins slowly is found in the end', () => {
    const desk = honestDesk({ days: 45 });
    addLooks(desk, { place: thiefAt, fromDay: theftDay, toDay: 45, daily: 4 });
    expect(watched(desk).alerts()[0]?.agent).toBe(agentName(thiefAt));
  });

  it('who opens cases himself to have a reason is found', () => {
    const desk = honestDesk({ days: 30 });
    const looks: DeskLog = { accesses: [], changes: [] };
    addLooks(looks, { place: thiefAt, fromDay: theftDay, toDay: 30, daily: 10 });
    looks.accesses.forEach((look, at) => {
      const about = { case: `own-${at}`, customer: look.customer ?? '', queue: look.queue ?? '' };
      const mine = { ...about, agent: look.agent, initiatedBy: 'agent' as const };
      desk.accesses.push({ ...look, case: `own-${at}` });
      // Half of them before the look, half after it.
      desk.changes.push({ ...mine, change: 'opened', atMs: look.atMs + (at % 2 === 0 ? -60_000 : 60_000) });
      desk.changes.push({ ...mine, change: 'closed', atMs: look.atMs + 120_000 });
    });
    const [alert] = watched(desk).alerts();
    expect(alert?.agent).toBe(agentName(thiefAt));
  });

  it('is named with figures, accesses, innocent explanations and what would clear him', () => {
    const [alert] = watched(greedy).alerts();
    expect(alert?.reasons.join(' ')).toMatch(/\d+ customers looked at without any reason in \d+ customers/);
    expect(alert?.accesses.length).toBeGreaterThan(5);
    expect(alert?.accesses[0]?.why).toMatch(/no case|closed ones|open case/);
    expect(alert?.innocentExplanations.length).toBeGreaterThanOrEqual(5);
    expect(alert?.wouldClear.length).toBeGreaterThan(0);
    expect(alert?.month.at(-1)?.unexplained).toBeGreaterThan(5);
  });

  it('who begins in the middle of a day is named at once when he takes many', () => {
    const desk = honestDesk({ days: 30 });
    addLooks(desk, { place: thiefAt, fromDay: theftDay, toDay: theftDay + 1, daily: 120 });
    const [alert] = watched(desk).alerts();
    const endOfDayMs = deskStartMs + (theftDay + 1) * dayMs - 1;
    expect(alert?.agent).toBe(agentName(thiefAt));
    expect(alert?.at).toBeLessThan(endOfDayMs - 6 * hourMs);
  });

  it('is found without a case file too, and the checks that are off are named', () => {
    const desk = { ...withThief(12), changes: [] };
    const detector = watched(desk);
    expect(detector.alerts()[0]?.agent).toBe(agentName(thiefAt));
    const off = detector.checksOff();
    expect(off.map(({ because }) => because)).toContain('needs a case file');
  });
});

describe('the past', () => {
  const asTold = (alerts: readonly Alert[]): string => JSON.stringify(alerts);
  const alerts = watched(greedy).alerts();

  it('does not change: what was said by the end of a day is the same whether or not later days follow', () => {
    expect(alerts.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 29 }), (days) => {
        const untilMs = deskStartMs + days * dayMs;
        expect(asTold(watched(before(greedy, untilMs)).alerts())).toBe(
          asTold(alerts.filter(({ at }) => at < untilMs)),
        );
      }),
      { numRuns: 5 },
    );
  });

  it('is the same in whatever pieces the log comes, and however its names are numbered', () => {
    const log = chunked(greedy, true);
    const detector = detectorOf(log);
    for (const piece of pieces(log.changes, 1_711)) detector.feedChanges(piece);
    for (const piece of pieces(log.accesses, 977)) detector.feedAccesses(piece);
    detector.finish();
    expect(asTold(detector.alerts())).toBe(asTold(alerts));
  });

  it('survives a restart: a kept memory goes on where it was', () => {
    const log = chunked(greedy);
    const changes = pieces(log.changes, log.changes.rows);
    const parts = pieces(log.accesses, Math.floor(log.accesses.rows * 0.55));
    let detector = detectorOf(log);
    for (const chunk of changes) detector.feedChanges(chunk);
    detector.feedAccesses(parts[0] ?? log.accesses);
    const kept = structuredClone(detector.keep());
    expect(kept.accessesRead).toBe(parts[0]?.rows);
    detector = detectorOf(log, { resumeFrom: kept });
    for (const chunk of changes) detector.feedChanges(pieces(chunk, kept.changesRead)[1] ?? chunk);
    for (const part of parts.slice(1)) detector.feedAccesses(part);
    detector.finish();
    expect(asTold(detector.alerts())).toBe(asTold(alerts));
  });
});

describe('what people say about alerts', () => {
  const fed = (verdict: 'confirmed' | 'explained' | 'wrong' | undefined): Detector => {
    const log = chunked(greedy);
    const detector = detectorOf(log);
    detector.feedChanges(log.changes);
    let said = false;
    for (const piece of pieces(log.accesses, 200)) {
      detector.feedAccesses(piece);
      const [alert] = detector.alerts();
      if (!alert || said || verdict === undefined) continue;
      said = true;
      detector.tell({ agent: alert.agent, kind: alert.kind, at: instantOf(alert.at), verdict });
    }
    detector.finish();
    return detector;
  };
  const scoreOf = (detector: Detector): number =>
    Math.max(
      0,
      ...detector
        .alerts()
        .slice(1)
        .filter(({ agent }) => agent === agentName(thiefAt))
        .map(({ score }) => score),
    );

  it('quiets an explained agent, speaks up again about a confirmed one, and says so in the notes', () => {
    expect(scoreOf(fed('explained'))).toBe(0);
    expect(scoreOf(fed('confirmed'))).toBeGreaterThanOrEqual(scoreOf(fed(undefined)));
    const thief = fed('wrong')
      .agents()
      .find(({ agent }) => agent === agentName(thiefAt));
    expect(thief?.notes[0]).toMatch(/wrong\. The evidence so far is set to nothing/);
  });

  it('is passed over when it is about nobody known', () => {
    const detector = fed(undefined);
    detector.tell({ agent: 'nobody', kind: 'export', at: instantOf(deskStartMs), verdict: 'wrong' });
    expect(detector.agents().every(({ notes }) => notes.length === 0)).toBe(true);
  });
});

describe('the budget of alerts', () => {
  it('is never overdrawn, however many steal', () => {
    // One in each queue: all of them are found, and all but the strongest have to wait.
    const desk = honestDesk({ agents: 75, days: 12, casesDaily: 8 });
    for (let place = 0; place < 5; place += 1)
      addLooks(desk, { place: place * 15, fromDay: 9, toDay: 12, daily: 45 });
    const detector = watched(desk);
    expect(detector.alerts().length).toBeLessThanOrEqual(
      Math.max(3, Math.floor(0.005 * detector.totals().agentDays)),
    );
  });
});
