/**
 * What one decision costs: asked of Cedar anew, and remembered; and the budget windows beside it.
 *
 *   node bench/policy-decision.ts [--rounds N]
 *
 * The slices are those of a made-up day: agents and leads at everyday looks with now and then something in the way.
 * The baseline is Cedar's own way without preparation: policies, schema and request as text with every call.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { BudgetWindows } from '../src/analysis/budget/budget-windows.ts';
import { parseLimits } from '../src/analysis/budget/limits.ts';
import { shiftStart } from '../src/analysis/budget/shift-start.ts';
import { policyOf } from '../src/analysis/policy/create-policy.ts';
import { decisionRequest } from '../src/analysis/policy/decision-request.ts';
import type { PolicyFacts } from '../src/analysis/policy/policy-facts.ts';
import { readRuleBook } from '../src/analysis/policy/rule-book.ts';
import { everyday, situations } from '../src/analysis/policy/situation.ts';
import type { Action } from '../src/model/access.ts';
import type { FieldName } from '../src/model/field.ts';
import type { AgentId, CustomerId, SessionId, TeamId, VendorId } from '../src/model/id.ts';
import { instantOf } from '../src/model/instant.ts';
import { seededChance } from '../src/platform/chance/seeded-chance.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('--rounds must be a whole number from 1\n');
  process.exit(2);
}

const read = (name: string) => readFileSync(new URL(`../policy/${name}`, import.meta.url), 'utf8');
const chance = seededChance('policy-decision');
const below = (count: number): number => {
  const [a = 0, b = 0, c = 0] = chance.bytes(3);
  return (a * 65_536 + b * 256 + c) % count;
};
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const classes = ['public', 'personal', 'personal', 'personal', 'sensitive'] as const;
const looks: readonly Action[] = ['lookup', 'view', 'view', 'reveal', 'reveal', 'reveal', 'contact'];

/** Nine in ten looks are everyday ones; the rest meet one of the states of the matrix. */
const dayOfLooks = (count: number): PolicyFacts[] =>
  Array.from({ length: count }, () => ({
    ...(below(10) === 0 ? pick(situations).facts : everyday),
    role: below(20) === 0 ? ('lead' as const) : ('agent' as const),
    action: pick(looks),
    fields: { ...everyday.fields, highestClass: pick(classes) },
  }));

const nsEach = (count: number, work: (index: number) => void): number => {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) work(index);
  return Number(process.hrtime.bigint() - start) / count;
};
/** The median over the rounds: the machine has other things to do. */
const median = (measure: () => number): number => {
  const figures = Array.from({ length: rounds }, measure).sort((a, b) => a - b);
  return figures[Math.floor(figures.length / 2)] ?? Number.NaN;
};

const texts = { schemaText: read('schema.cedarschema'), rulesText: read('access.cedar') };
const loadMs = median(() => nsEach(1, () => readRuleBook(texts)) / 1e6);
const book = readRuleBook(texts);
const day = dayOfLooks(20_000);
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const distinct = [...new Map(day.map((facts) => [JSON.stringify(decisionRequest(facts)), facts])).values()];

const staticPolicies = Object.fromEntries(book.rules.map(({ id, text }) => [id, text]));
const unprepared = median(() =>
  nsEach(40, (index) => {
    const request = decisionRequest(at(distinct, index));
    isAuthorized({
      ...request,
      entities: [],
      policies: { staticPolicies },
      schema: texts.schemaText,
      validateRequest: true,
    });
  }),
);
const cold = median(() => {
  const policy = policyOf(book);
  return nsEach(distinct.length, (index) => policy.decide(at(distinct, index)));
});
const warmPolicy = policyOf(book);
for (const facts of distinct) warmPolicy.decide(facts);
const remembered = median(() => nsEach(200_000, (index) => warmPolicy.decide(at(day, index))));

const dayStart = Date.UTC(2026, 10, 23, 8);
const budgets = new BudgetWindows(parseLimits(read('limits.yaml')));
const shift = { startsAt: '08:00', endsAt: '16:00', timeZone: 'Asia/Kolkata' };
const useOf = (index: number) => ({
  agentId: `agt_${index % 150}` as AgentId,
  teamId: `tea_${index % 12}` as TeamId,
  vendorId: `ven_${index % 3}` as VendorId,
  customerId: `cus_${(index * 7) % 9_000}` as CustomerId,
  action: 'reveal' as const,
  fieldsCount: 1,
  now: instantOf(dayStart + index * 1_000),
  shiftStartedAt: instantOf(dayStart),
});
const applied = nsEach(28_800, (index) => {
  const { agentId, teamId, vendorId, customerId, now } = useOf(index);
  budgets.apply({
    ...{ seq: index, at: now, agentId, teamId, vendorId, customerId, action: 'reveal', outcome: 'permitted' },
    ...{ refusal: undefined, sessionId: 'ses_1' as SessionId, siteId: undefined, caseId: undefined },
    ...{ viewId: undefined, fields: ['phone' as FieldName], queueRef: undefined, topic: undefined },
    ...{ channel: undefined, initiatedBy: undefined, reasonMark: undefined },
  });
});
const spent = median(() => nsEach(50_000, (index) => budgets.spent(useOf(28_799 - (index % 3_600)))));
const started = median(() => nsEach(50_000, (index) => shiftStart(instantOf(dayStart + index), shift)));

const rows: [string, string, string][] = [
  ['what', 'ns each', 'per second'],
  ...(
    [
      ['decision, Cedar unprepared (baseline)', unprepared],
      ['decision, new slice', cold],
      ['decision, remembered slice', remembered],
      ['budget windows, one access taken in', applied],
      ['budget windows, one ask measured', spent],
      ['start of the shift', started],
    ] as const
  ).map(([what, ns]): [string, string, string] => [
    what,
    Math.round(ns).toLocaleString('en'),
    Math.round(1e9 / ns).toLocaleString('en'),
  ]),
];
const line = ([what, ns, rate]: [string, string, string]) =>
  `${what.padEnd(40)} ${ns.padStart(12)} ${rate.padStart(12)}`;
process.stdout.write(
  [
    ...rows.map(line),
    '',
    `${day.length.toLocaleString('en')} looks of a made-up day are ${distinct.length} distinct slices; the rules load in ${Math.round(loadMs)} ms; median of ${rounds} rounds.`,
    `The machine's load was ${(loadavg()[0] ?? 0).toFixed(1)}: on a busy machine these figures grow by that much.`,
    '',
  ].join('\n'),
);
