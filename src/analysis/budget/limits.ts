import { isMap, isScalar, LineCounter, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import { Fault } from '../../model/fault.ts';

/** What one agent, one team or one vendor may use. One unmasked field is one reveal. */
export interface ScopeLimits {
  readonly revealsPerHourMax: number;
  readonly revealsPerShiftMax: number;
  /** Distinct customers opened: one who is opened again in the same shift does not count again. */
  readonly customersPerShiftMax: number;
}

/** Every limit of policy/limits.yaml, with times in milliseconds. */
export interface Limits {
  readonly agent: ScopeLimits & { readonly lookupsPerHourMax: number };
  readonly team: ScopeLimits;
  readonly vendor: ScopeLimits;
  readonly quietAfterMs: number;
  readonly viewMaxMs: number;
  /** How long a request for approval waits, and how long a granted one lasts. */
  readonly approvalMs: number;
  readonly breakGlassMaxMs: number;
  readonly replayMs: number;
  readonly reasonMemoryMs: number;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
}

const countMax = 1_000_000;
const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

const scopeNames = ['revealsPerHourMax', 'revealsPerShiftMax', 'customersPerShiftMax'] as const;
const agentNames = [...scopeNames, 'lookupsPerHourMax'] as const;

/** The longest that each time may be set to: a slip of the finger must not switch a limit off. */
const times = {
  quietAfterHours: { unitMs: hourMs, max: 24 * 365 },
  viewMaxMinutes: { unitMs: minuteMs, max: 24 * 60 },
  approvalMinutes: { unitMs: minuteMs, max: 24 * 60 },
  breakGlassMaxMinutes: { unitMs: minuteMs, max: 24 * 60 },
  replayMaxSeconds: { unitMs: secondMs, max: 24 * 60 * 60 },
  reasonMemoryHours: { unitMs: hourMs, max: 24 * 31 },
  sessionIdleMaxMinutes: { unitMs: minuteMs, max: 24 * 60 },
  sessionMaxHours: { unitMs: hourMs, max: 24 },
} as const;

/**
 * Reads policy/limits.yaml. Every limit must be there, and nothing else: a misspelt limit is no limit.
 * @throws Fault `unprocessable` with one line that names the file, the line and the fix.
 */
export const parseLimits = (text: string, fileName = 'policy/limits.yaml'): Limits => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail: Fail = (offset, problem) => {
    const sentence = `${fileName} line ${lines.linePos(offset).line}: ${problem}`;
    throw new Fault('unprocessable', sentence, { detail: sentence });
  };
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong) return fail(wrong.pos[0], wrong.message.replaceAll(/\s+/g, ' '));
  const root = mapping(document.contents, fail, 'the file');
  const timeNames = Object.keys(times) as (keyof typeof times)[];
  const named = entriesOf(root, ['agent', 'team', 'vendor', ...timeNames], fail);
  const counts = <Name extends string>(scope: 'agent' | 'team' | 'vendor', names: readonly Name[]) => {
    const inner = entriesOf(mapping(named[scope], fail, scope), names, fail);
    return (name: Name) => whole(inner[name], { name: `${scope}.${name}`, max: countMax }, fail);
  };
  const scopeLimits = (count: (name: (typeof scopeNames)[number]) => number): ScopeLimits => ({
    revealsPerHourMax: count('revealsPerHourMax'),
    revealsPerShiftMax: count('revealsPerShiftMax'),
    customersPerShiftMax: count('customersPerShiftMax'),
  });
  const ms = (name: keyof typeof times) =>
    whole(named[name], { name, max: times[name].max }, fail) * times[name].unitMs;
  const agent = counts('agent', agentNames);
  return {
    agent: { ...scopeLimits(agent), lookupsPerHourMax: agent('lookupsPerHourMax') },
    team: scopeLimits(counts('team', scopeNames)),
    vendor: scopeLimits(counts('vendor', scopeNames)),
    quietAfterMs: ms('quietAfterHours'),
    viewMaxMs: ms('viewMaxMinutes'),
    approvalMs: ms('approvalMinutes'),
    breakGlassMaxMs: ms('breakGlassMaxMinutes'),
    replayMs: ms('replayMaxSeconds'),
    reasonMemoryMs: ms('reasonMemoryHours'),
    sessionIdleMs: ms('sessionIdleMaxMinutes'),
    sessionMaxMs: ms('sessionMaxHours'),
  };
};

type Fail = (offset: number, problem: string) => never;

const offsetOf = (node: ParsedNode | null | undefined): number => node?.range?.[0] ?? 0;

const mapping = (node: ParsedNode | null | undefined, fail: Fail, name: string): YAMLMap.Parsed =>
  isMap(node) ? node : fail(offsetOf(node), `${name} must be a list of names with their limits`);

/** The values of one mapping by name: all of `names` and no other. */
const entriesOf = <Name extends string>(
  map: YAMLMap.Parsed,
  names: readonly Name[],
  fail: Fail,
): Record<Name, ParsedNode | null> => {
  const found = new Map<string, ParsedNode | null>();
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!names.some((known) => known === name)) {
      return fail(offsetOf(key), `“${name}” is no limit; the limits here are ${names.join(', ')}`);
    }
    found.set(name, value);
  }
  const missing = names.find((name) => !found.has(name));
  if (missing) return fail(offsetOf(map), `the limit ${missing} is missing; add it`);
  return Object.fromEntries(found) as Record<Name, ParsedNode | null>;
};

const whole = (node: ParsedNode | null, limit: { name: string; max: number }, fail: Fail): number => {
  const value: unknown = isScalar(node) ? node.value : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= limit.max
    ? value
    : fail(offsetOf(node), `${limit.name} must be a whole number from 1 to ${limit.max}`);
};
