import { describe, expect, it } from 'vitest';
import type { DrillFigures, DrillResult } from '../../../workflows/drill/drill-result.ts';
import type { CommandArguments, CommandIo, ExitStatus } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { drillCommand } from './drill-command.ts';
import { presentDrill } from './present-drill.ts';
import { presentDrillJson } from './present-drill-json.ts';

const run = async (
  options: Record<string, string | boolean>,
): Promise<{ status: ExitStatus; lines: readonly string[] }> => {
  const lines: string[] = [];
  const args: CommandArguments = {
    operands: [],
    texts: () => [],
    text: (name) => (typeof options[name] === 'string' ? options[name] : drillCommand.options[name]?.default),
    flag: (name) => options[name] === true,
  };
  const io: CommandIo = {
    answer: (line) => void lines.push(line),
    tell: () => {},
    showProgress: () => {},
    environment: {},
    stop: new AbortController().signal,
  };
  return { status: await drillCommand.run(args, io), lines };
};

const week = 7 * 24 * 3_600_000;
const firstTheftAtMs = Date.UTC(2024, 11, 26);
const figures: DrillFigures = {
  daysToDetection: 2.25,
  detectedBy: 'alert',
  customersExposed: 123,
  exposedShare: 0.0123,
  customersListed: 400,
  listedShare: 0.98,
  wronglyNamed: [],
  honestAlerted: 1,
  thievesAlerted: 2,
  thievesNamed: 1,
  stoppedAtMs: [firstTheftAtMs + week, undefined],
  computingSeconds: 3.21,
};
const result: DrillResult = {
  scenario: 'coinbase',
  kind: 'incident',
  title: 'A title',
  story: 'A story.',
  outOfSight: 'The camera.',
  seed: 7,
  world: {
    agents: 300,
    days: 182,
    accesses: 1_900_000,
    caseChanges: 1_700_000,
    reports: 2_000,
    thieves: 2,
    stolen: 10_000,
    firstTheftAtMs,
  },
  incident: {
    daysToDetection: { count: 136, words: '136 days' },
    customersExposed: { count: 69_461, words: '69,461 customers' },
    daysToNotices: { count: 10, words: '10 to 19 days' },
    source: 'a filing',
  },
  watching: figures,
  guarding: { ...figures, daysToDetection: 0.2, customersExposed: 0, exposedShare: 0 },
  refused: {
    thiefLooks: 10_000,
    thief: { 'not-yours': 9_990 },
    honestLooks: 1_000,
    honest: { 'not-yours': 100 },
  },
  assumed: { read: 4, approve: 8 },
  weeks: [
    { fromMs: firstTheftAtMs, unwatched: 100, watching: 100, guarding: 0 },
    { fromMs: firstTheftAtMs + week, unwatched: 800, watching: 23, guarding: 0 },
  ],
  warnings: [],
};

describe('drill', () => {
  it('names the nearest scenario and all others in one line when there is none of that name', async () => {
    const thrown = await run({ scenario: 'coinbas' }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(WrongUse);
    const { message } = thrown as Error;
    expect(message).toMatch(
      /^there is no scenario "coinbas"\. Did you mean coinbase\? There are: coinbase, /,
    );
    expect(message).toContain('recall-campaign');
    expect(message).not.toContain('\n');
    await expect(run({ scenario: '' })).rejects.toThrow(/there is no scenario ""\. There are: /);
  });

  it('refuses a seed or hours that are no whole number', async () => {
    for (const seed of ['-1', '1.5', 'one', '', '99999999999'])
      await expect(run({ seed })).rejects.toThrow(/--seed is a whole number from 0 to /);
    await expect(run({ 'read-hours': 'soon' })).rejects.toThrow(/--read-hours is a whole number/);
  });

  it('lists every scenario with its title', async () => {
    const { status, lines } = await run({ list: true });
    expect(status).toBe(0);
    expect(lines.length).toBeGreaterThan(24);
    expect(lines[0]).toMatch(/^coinbase +Coinbase/);
    const asJson = (await run({ list: true, json: true })).lines.map(
      (line) => JSON.parse(line) as { name: string },
    );
    expect(asJson.map(({ name }) => name)).toEqual(lines.map((line) => line.split(' ')[0]));
  });
});

describe('what a drill shows', () => {
  it('has the four figures of the incident and of Casebound side by side', () => {
    const lines = presentDrill(result);
    const row = (name: string) => lines.find((line) => line.startsWith(name)) ?? '';
    expect(row('days to detection')).toMatch(/136 days +2\.3 days +5 hours/);
    expect(row('customers exposed')).toMatch(/69,461 customers +123 /);
    expect(row('agents wrongly named')).toMatch(/not published +0; 1 honest person/);
    expect(row('hours to notices')).toMatch(/10 to 19 days +12 h assumed/);
    expect(row('unwatched')).toMatch(/▁█$/);
    expect(row('in the way')).toMatch(/··$/);
    expect(lines.join('\n')).toContain('Out of sight: The camera.');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
  });

  it('claims nothing where nothing was stolen or seen', () => {
    const quiet = presentDrill({
      ...result,
      world: { ...result.world, thieves: 0, stolen: 0, firstTheftAtMs: undefined },
      weeks: [],
      outOfSight: '',
    }).join('\n');
    expect(quiet).toContain('nothing to detect');
    expect(quiet).not.toContain('Customers newly taken');
    expect(quiet).not.toContain('Out of sight');
    const blind = { ...figures, daysToDetection: undefined, detectedBy: undefined } as const;
    const missed = presentDrill({ ...result, watching: blind, guarding: blind }).join('\n');
    expect(missed).toContain('not detected');
    expect(missed).toContain('nothing to start from');
  });

  it('has the same figures for machines, in hours and days', () => {
    expect(presentDrillJson(result)).toMatchObject({
      scenario: 'coinbase',
      seed: 7,
      incident: {
        days_to_detection: 136,
        customers_exposed: 69_461,
        agents_wrongly_named: null,
        hours_to_notices: 240,
      },
      watching: {
        days_to_detection: 2.25,
        detected_by: 'alert',
        customers_exposed: 123,
        agents_wrongly_named: 0,
        hours_to_notices: 12,
        computing_seconds: 3.21,
        stopped_at: ['2025-01-02T00:00:00.000Z', null],
      },
      in_the_way: { customers_exposed: 0 },
      assumed: { read_hours: 4, approve_hours: 8 },
    });
    const blind = { ...figures, daysToDetection: undefined, detectedBy: undefined } as const;
    expect(presentDrillJson({ ...result, watching: blind })).toMatchObject({
      watching: { days_to_detection: null, hours_to_notices: null },
    });
  });
});
