import type { IncidentFigure } from '../../../analysis/worlds/scenario.ts';
import type { DrillFigures, DrillResult } from '../../../workflows/drill/drill-result.ts';

const nameColumns = 22;
const cellColumns = 30;
const textColumns = 100;
const dayMs = 24 * 3_600_000;

const whole = (count: number): string => count.toLocaleString('en-GB');
const plural = (count: number, one: string, many: string): string =>
  `${whole(count)} ${count === 1 ? one : many}`;
const percentOf = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;

/** Breaks a text into lines between words. */
const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** One row of the table; a cell that is too long goes on below. */
const tableRow = (name: string, cells: readonly string[]): string[] => {
  const columns = cells.map((cell) => wrapped(cell, cellColumns - 2));
  const height = Math.max(1, ...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    [
      (at === 0 ? name : '').padEnd(nameColumns),
      ...columns.map((lines) => (lines[at] ?? '').padEnd(cellColumns)),
    ]
      .join('')
      .trimEnd(),
  );
};

const published = (figure: IncidentFigure | undefined): string => figure?.words ?? 'not published';

const daysOf = ({ daysToDetection: days, detectedBy }: DrillFigures, thieves: number): string => {
  if (thieves === 0) return 'nothing to detect';
  if (days === undefined) return 'not detected';
  const hours = Math.max(1, Math.round(days * 24));
  const long = days < 1 ? plural(hours, 'hour', 'hours') : `${days.toFixed(1)} days`;
  return detectedBy === 'reports' ? `${long}, from victims’ reports` : long;
};

const exposedOf = (figures: DrillFigures, thieves: number): string =>
  thieves === 0
    ? '0'
    : `${whole(figures.customersExposed)} (${percentOf(figures.exposedShare)} of those stolen unwatched)`;

const namedOf = ({ wronglyNamed, honestAlerted, thievesNamed, thievesAlerted }: DrillFigures): string =>
  `${wronglyNamed.length}; ${plural(honestAlerted, 'honest person', 'honest people')} looked at for nothing; of the thieves ${thievesAlerted} alerted, ${thievesNamed} named by reports`;

const hoursOf = (figures: DrillFigures, { assumed }: DrillResult): string =>
  figures.detectedBy === undefined
    ? 'nothing to start from'
    : `${assumed.read + assumed.approve} h assumed for people and ${figures.computingSeconds.toFixed(1)} s of computing; the list has ${whole(figures.customersListed)} customers${figures.customersExposed > 0 ? `, ${percentOf(figures.listedShare)} of those exposed among them` : ''}`;

const levels = '▁▂▃▄▅▆▇█';

/** One character a week: a dot for none, then higher for more; `most` reaches the top. */
const sparkline = (counts: readonly number[], most: number): string =>
  counts
    .map((count) => (count === 0 ? '·' : levels[Math.min(7, Math.max(0, Math.ceil((8 * count) / most) - 1))]))
    .join('');

const timeline = ({ weeks, world, watching, guarding, incident }: DrillResult): string[] => {
  const [first] = weeks;
  if (!first || world.firstTheftAtMs === undefined) return [];
  const most = Math.max(1, ...weeks.map(({ unwatched }) => unwatched));
  const line = (name: string, counts: readonly number[]): string =>
    `${name.padEnd(nameColumns)}${sparkline(counts, most)}`;
  const mark = (days: number, words: string): string => {
    const week = Math.min(weeks.length - 1, Math.floor(days / 7));
    return `${' '.repeat(nameColumns + week)}^ ${words}`;
  };
  const day = new Date(first.fromMs).toISOString().slice(0, 10);
  const last = new Date(first.fromMs + weeks.length * 7 * dayMs).toISOString().slice(0, 10);
  const marks = [
    { days: guarding.daysToDetection, words: 'first sign with Casebound in the way' },
    { days: watching.daysToDetection, words: 'first sign with Casebound only watching' },
    { days: incident.daysToDetection?.count, words: 'the real incident was discovered' },
  ].flatMap(({ days, words }) => (days === undefined ? [] : [mark(days, words)]));
  return [
    `Customers newly taken, one sign a week from ${day} to ${last} (· none, █ ${whole(most)}):`,
    line(
      'unwatched',
      weeks.map(({ unwatched }) => unwatched),
    ),
    line(
      'only watching',
      weeks.map(({ watching: taken }) => taken),
    ),
    line(
      'in the way',
      weeks.map(({ guarding: taken }) => taken),
    ),
    ...marks,
    '',
  ];
};

const refusalLines = ({ refused, world }: DrillResult): string[] => {
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 4)
      .map(([code, count]) => `${code} ${whole(count)}`)
      .join(', ');
  const thief = sum(refused.thief);
  const honest = sum(refused.honest);
  return [
    ...(world.thieves > 0
      ? wrapped(
          `The rules refused ${whole(thief)} of the ${whole(refused.thiefLooks)} looks by which customers were stolen${thief > 0 ? ` (${listed(refused.thief)})` : ''}.`,
          textColumns,
        )
      : []),
    ...wrapped(
      `They also refused ${percentOf(honest / Math.max(1, refused.honestLooks))} of the honest agents’ looks (${listed(refused.honest)}): this desk works past its help desk as desks do that were never held to it. With Casebound those looks need a case first.`,
      textColumns,
    ),
    '',
  ];
};

/** What a newcomer reads: the story, the four figures side by side, the weeks, what was refused, and the limits. */
export const presentDrill = (result: DrillResult): string[] => {
  const { world, watching, guarding, incident, assumed } = result;
  return [
    result.title,
    ...wrapped(result.story, textColumns),
    '',
    ...tableRow('', ['the real incident', 'Casebound only watching', 'Casebound in the way']),
    ...tableRow('days to detection', [
      published(incident.daysToDetection),
      daysOf(watching, world.thieves),
      daysOf(guarding, world.thieves),
    ]),
    ...tableRow('customers exposed', [
      published(incident.customersExposed),
      exposedOf(watching, world.thieves),
      exposedOf(guarding, world.thieves),
    ]),
    ...tableRow('agents wrongly named', [
      published(incident.wronglyNamed),
      namedOf(watching),
      namedOf(guarding),
    ]),
    ...tableRow('hours to notices', [
      published(incident.daysToNotices),
      hoursOf(watching, result),
      hoursOf(guarding, result),
    ]),
    '',
    ...timeline(result),
    ...refusalLines(result),
    ...(result.outOfSight === '' ? [] : [...wrapped(`Out of sight: ${result.outOfSight}`, textColumns), '']),
    ...wrapped(
      `World: seed ${result.seed}, ${plural(world.agents, 'account', 'accounts')}, ${whole(world.days)} days, ${whole(world.accesses)} accesses, ${whole(world.caseChanges)} case changes, ${whole(world.reports)} reports, ${plural(world.thieves, 'thief', 'thieves')}, ${whole(world.stolen)} customers stolen if nobody watched. Made up; the engines are the server’s. Assumed, not measured: ${assumed.read} h until somebody has read an alert and stopped the account, ${assumed.approve} h until somebody has approved the letters. Thieves do not change their ways when refused.`,
      textColumns,
    ),
    ...wrapped(`The incident’s figures: ${incident.source}.`, textColumns),
  ];
};
