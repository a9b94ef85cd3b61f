import { Fault } from '../../../model/fault.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const depthMax = 8;

// Printable ASCII without quote and backslash: what JSON writes as it stands.
const plainPattern = /^[ !#-[\]-~]*$/;

const writeText = (text: string): string => {
  if (plainPattern.test(text)) return `"${text}"`;
  // RFC 8785 section 3.2.2.2: a lone surrogate has no UTF-8, so it is an error and never a replacement character.
  if (!text.isWellFormed()) throw new Fault('unprocessable', 'a text for the ledger holds a lone surrogate');
  return JSON.stringify(text);
};

const writeNumber = (value: number): string => {
  // Minus zero would come out as 0: what is hashed must be what was handed in.
  if (!Number.isFinite(value) || Object.is(value, -0))
    throw new Fault('unprocessable', 'a number for the ledger is not finite, or is minus zero');
  return `${value}`;
};

const writeMembers = (value: { readonly [name: string]: Json }, depth: number): string => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A Date, a Map or a redacted secret would serialise as something else than it is.
  if (prototype !== Object.prototype && prototype !== null)
    throw new Fault('unprocessable', 'a value for the ledger is not plain JSON');
  // RFC 8785 section 3.2.3: members in the order of their names' UTF-16 code units, which is sort()'s own.
  const names = Object.keys(value).sort();
  let text = '';
  for (const name of names)
    text += `${text === '' ? '' : ','}${writeText(name)}:${writeJson(value[name], depth - 1)}`;
  return `{${text}}`;
};

const writeJson = (value: Json | undefined, depth: number): string => {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') throw new Fault('unprocessable', 'a value for the ledger is not JSON');
  if (depth === 0)
    throw new Fault('unprocessable', `a value for the ledger is nested deeper than ${depthMax}`);
  if (!Array.isArray(value))
    return writeMembers(value as Extract<Json, { readonly [name: string]: Json }>, depth);
  let text = '';
  for (let index = 0; index < value.length; index += 1)
    text += `${index === 0 ? '' : ','}${writeJson(value[index] as Json | undefined, depth - 1)}`;
  return `[${text}]`;
};

/**
 * Writes JSON in the canonical form of RFC 8785. It refuses whatever JSON would change on the way: lone
 * surrogates, `undefined`, minus zero, numbers that are not finite, objects with a class.
 *
 * @throws Fault `unprocessable`
 */
export const writeCanonicalJson = (value: Json): string => writeJson(value, depthMax);
