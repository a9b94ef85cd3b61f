import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { Fault } from '../../model/fault.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Every kind of record that is destroyed by its age: how its limit is called in policy/retention.yaml, and within
 * what bounds it may be set. The least is what the product itself needs: a slip of the finger must not purge a month
 * that detection still reads, nor a key that a repetition still needs.
 */
const bounds = {
  disclosure: { name: 'disclosureDays', unitMs: dayMs, min: 30 },
  access: { name: 'accessDays', unitMs: dayMs, min: 30 },
  case: { name: 'caseDays', unitMs: dayMs, min: 30 },
  approval: { name: 'approvalDays', unitMs: dayMs, min: 2 },
  'break-glass': { name: 'breakGlassDays', unitMs: dayMs, min: 2 },
  alert: { name: 'alertDays', unitMs: dayMs, min: 30 },
  session: { name: 'sessionDays', unitMs: dayMs, min: 2 },
  'entry-key': { name: 'entryKeyDays', unitMs: dayMs, min: 2 },
  'shown-view': { name: 'shownViewHours', unitMs: hourMs, min: 25 },
} as const;

export type RetentionClass = keyof typeof bounds;
export const retentionClasses = Object.keys(bounds) as readonly RetentionClass[];

/** How long each kind is kept, in milliseconds. */
export type RetentionPolicy = Readonly<Record<RetentionClass, number>>;

/** A hundred years, in the unit of the limit: longer is a slip of the finger. */
const yearsMax = 100;

/**
 * Reads policy/retention.yaml. Every limit must be there, and nothing else.
 * @throws Fault `unprocessable` with one line that names the file, the line and the fix
 */
export const parseRetention = (text: string, fileName = 'policy/retention.yaml'): RetentionPolicy => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, problem: string): never => {
    const sentence = `${fileName} line ${lines.linePos(offset).line}: ${problem}`;
    throw new Fault('unprocessable', sentence, { detail: sentence });
  };
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong) return fail(wrong.pos[0], wrong.message.replaceAll(/\s+/g, ' '));
  const root = document.contents;
  if (!isMap(root)) return fail(0, 'the file must be a list of names with their limits');
  const names = retentionClasses.map((kind) => bounds[kind].name);
  const found = new Map<string, unknown>();
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = key.range?.[0] ?? 0;
    const kind = retentionClasses.find((one) => bounds[one].name === name);
    if (kind === undefined)
      return fail(offset, `“${name}” is no limit; the limits here are ${names.join(', ')}`);
    const { min, unitMs } = bounds[kind];
    const max = Math.floor((yearsMax * 365 * dayMs) / unitMs);
    const told: unknown = isScalar(value) ? value.value : undefined;
    if (typeof told !== 'number' || !Number.isSafeInteger(told) || told < min || told > max)
      return fail(offset, `${name} must be a whole number from ${min} to ${max}`);
    found.set(name, told * unitMs);
  }
  const missing = names.find((name) => !found.has(name));
  if (missing) return fail(0, `the limit ${missing} is missing; add it`);
  return Object.fromEntries(
    retentionClasses.map((kind) => [kind, found.get(bounds[kind].name)]),
  ) as RetentionPolicy;
};
