import { traceOf } from '../../src/analysis/worlds/theft.ts';
import type { TheftOutcome, WorldOutcome } from './measure.ts';

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${Math.round((100 * part) / whole)} %`;

const foundOf = (thefts: readonly TheftOutcome[]): string => {
  const found = thefts.filter(({ foundAtMs }) => foundAtMs !== undefined).length;
  return thefts.length === 0 ? '-' : `${percent(found, thefts.length)} (${found}/${thefts.length})`;
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const by = (outcomes: readonly WorldOutcome[], contender: string) =>
  outcomes.filter((outcome) => outcome.contender === contender);

/** Found at the budget, for each kind of theft. */
export const recallTable = (outcomes: readonly WorldOutcome[]): string => {
  const contenders = [...new Set(outcomes.map(({ contender }) => contender))];
  const kinds = [...new Set(outcomes.flatMap(({ thefts }) => thefts.map(({ kind }) => kind)))];
  const theftsOf = (contender: string) => by(outcomes, contender).flatMap(({ thefts }) => thefts);
  const groups: [string, (kind: string) => boolean][] = [
    ['**all with a trace**', (kind) => (traceOf as Record<string, string>)[kind] !== 'none'],
    ['**plain kinds**', (kind) => (traceOf as Record<string, string>)[kind] === 'plain'],
    ['**rings**', (kind) => kind === 'ring'],
  ];
  const lines = [
    ...kinds.map((kind): [string, (of: string) => boolean] => [kind, (of) => of === kind]),
    ...groups,
  ];
  return table(
    ['found', ...contenders],
    lines.map(([name, isOfKind]) => [
      name,
      ...contenders.map((contender) => foundOf(theftsOf(contender).filter(({ kind }) => isOfKind(kind)))),
    ]),
  );
};

const lostOf = (thefts: readonly TheftOutcome[]): string => {
  const lost = thefts.map((theft) => theft.lost);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return thefts.length === 0
    ? '-'
    : `${median(lost)} (${percent(sum(lost), sum(thefts.map(({ stolen }) => stolen)))})`;
};

/** Customers lost before the first true alert, median an account, and the share of all that were stolen that way. */
export const lossTable = (outcomes: readonly WorldOutcome[]): string => {
  const contenders = [...new Set(outcomes.map(({ contender }) => contender))];
  const kinds = [...new Set(outcomes.flatMap(({ thefts }) => thefts.map(({ kind }) => kind)))];
  return table(
    ['lost by then', ...contenders],
    kinds.map((kind) => [
      kind,
      ...contenders.map((contender) =>
        lostOf(
          by(outcomes, contender).flatMap(({ thefts }) => thefts.filter((theft) => theft.kind === kind)),
        ),
      ),
    ]),
  );
};

/** One line for each innocent world that looks like an incident. */
export const controlTable = (outcomes: readonly WorldOutcome[]): string =>
  table(
    [
      'innocent world',
      'agent-days',
      'leads',
      'leads per 1,000 agent-days',
      'one account read at most',
      'one bystander read at most',
    ],
    outcomes.map(({ world, agentDays, saidOfHonest, mostOfOne, mostOfOneBystander }) => [
      world,
      String(agentDays),
      String(saidOfHonest),
      ((1_000 * saidOfHonest) / agentDays).toFixed(2),
      String(mostOfOne),
      String(mostOfOneBystander),
    ]),
  );

/** What it cost until then, and what the honest had to bear. */
export const costTable = (outcomes: readonly WorldOutcome[]): string => {
  const contenders = [...new Set(outcomes.map(({ contender }) => contender))];
  return table(
    [
      'contender',
      'customers lost before the first true alert, median',
      'share of all stolen lost by then',
      'leads read per 1,000 agent-days in honest worlds',
      'leads said there',
      'one bystander read at most',
      'seconds a world',
    ],
    contenders.map((contender) => {
      const own = by(outcomes, contender);
      const thefts = own
        .flatMap((outcome) => outcome.thefts)
        .filter(({ kind }) => (traceOf as Record<string, string>)[kind] !== 'none');
      const honest = own.filter((outcome) => outcome.thefts.length === 0);
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      const honestDays = sum(honest.map(({ agentDays }) => agentDays));
      const perThousand = (count: number) =>
        honestDays === 0 ? '-' : ((1_000 * count) / honestDays).toFixed(2);
      return [
        contender,
        thefts.length === 0 ? '-' : String(median(thefts.map(({ lost }) => lost))),
        percent(sum(thefts.map(({ lost }) => lost)), sum(thefts.map(({ stolen }) => stolen))),
        perThousand(sum(honest.map(({ read }) => read))),
        perThousand(sum(honest.map(({ saidOfHonest }) => saidOfHonest))),
        String(Math.max(0, ...own.map(({ mostOfOneBystander }) => mostOfOneBystander))),
        (sum(own.map(({ seconds }) => seconds)) / Math.max(1, own.length)).toFixed(1),
      ];
    }),
  );
};

/** Whom a contender named without cause, in all worlds: by post and by the kind of lead. */
export const wronglyReadTable = (outcomes: readonly WorldOutcome[], contender: string): string => {
  const counts = new Map<string, number>();
  for (const name of by(outcomes, contender).flatMap(({ readOfHonest }) => readOfHonest))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const rows = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => [name, String(count)]);
  return table(['read of those who steal nothing', 'times'], rows);
};
