import type { StoredFieldClass } from '../../model/field.ts';
import { saysSomething } from './says-something.ts';

/** The longest reason that is read, in UTF-16 units. A longer one is treated as saying nothing. */
export const reasonCharsMax = 500;

/** A reason as it was given: chosen from the list, typed, or both. */
export interface ReasonSaid {
  readonly code: string | undefined;
  readonly text: string | undefined;
}

/** What a reason is measured against. */
export interface ReasonExpected {
  /** The codes that may be chosen in this case (see `codesForTopic`). */
  readonly codes: readonly string[];
  /** The most harmful class among the fields that are asked for. */
  readonly highestClass: StoredFieldClass;
  /** The mark of this text (keyed hash of `normaliseReason`) stands on another recent case of the same agent. */
  readonly usedElsewhere: boolean;
  /** Words that prove nothing here: the case's own number, names and labels of the fields asked for. */
  readonly knownWords: readonly string[];
}

export type ReasonVerdict = 'given' | 'missing' | 'empty' | 'repeated';

/**
 * Judges whether a reason says anything. A code from the list is enough for public and personal fields; sensitive
 * ones need words of the agent's own as well, because a code alone says nothing that a reviewer could check. Words
 * are always enough, with or without a code: cases do not fit lists.
 */
export const judgeReason = (said: ReasonSaid, expected: ReasonExpected): ReasonVerdict => {
  const codeGiven = said.code !== undefined && expected.codes.includes(said.code);
  if (codeGiven && expected.highestClass !== 'sensitive') return 'given';
  const text = said.text ?? '';
  if (text.length > reasonCharsMax) return 'empty';
  if (isBlank(text)) return 'missing';
  if (!saysSomething(text, expected.knownWords)) return 'empty';
  return expected.usedElsewhere ? 'repeated' : 'given';
};

/** Nothing but spaces, marks that cannot be seen and control characters. */
const isBlank = (text: string): boolean => !/[^\s\p{Default_Ignorable_Code_Point}\p{Cc}]/u.test(text);

/**
 * What two texts have in common when one was pasted from the other: case, spacing, punctuation, invisible
 * characters, compatibility forms (full-width letters) and the digits of a number do not count. Only for
 * comparing; never shown.
 */
export const normaliseReason = (text: string): string => {
  let before = '';
  let after = text.slice(0, reasonCharsMax);
  // Removing a character can bring two others together that compose; a second or third round settles it.
  for (let round = 0; round < 4 && after !== before; round += 1) {
    before = after;
    after = before
      .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/\p{N}+/gu, '0')
      .replaceAll(/[^\p{L}\p{M}0]+/gu, ' ')
      .replaceAll(/0[0 ]*/g, '0 ')
      .trim();
  }
  return after;
};
