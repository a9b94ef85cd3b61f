/**
 * Why a row was not kept, in words for whoever corrects the file. The list is closed: scripts read the codes.
 */
export const badRowReasons = {
  'quotes-unbalanced':
    'A quoted value is not closed, or text follows its closing quote. Double inner quotes.',
  'line-too-long': 'The row is longer than 64 KiB. Is a quote or a line end missing?',
  'not-utf8': 'The row is not UTF-8. Save the file as UTF-8.',
  'not-json': 'The line is not one JSON object.',
  'column-count': 'The row has more or fewer values than the header has columns.',
  'ref-missing': 'The row has no ref: the reference that the help desk has for this customer.',
  'ref-too-long': 'The ref is longer than 200 characters.',
  'ref-repeated': 'An earlier row of this file has the same ref. The first row was kept.',
  'protected-unknown': 'protected must be empty, executive, staff or high-balance.',
  'value-too-long': 'The value is longer than the field catalogue allows.',
  'value-not-text': 'The value is neither text, a number, true nor false.',
  'number-not-exact': 'The number has too many digits to be read exactly. Put it in quotes.',
  'control-sign': 'The value holds a control character or half of a character.',
  'not-an-email': 'The value is not an e-mail address.',
  'not-a-phone': 'The value is not a phone number. Does it lack its country code?',
  'not-an-account': 'The value is not an account number: letters, digits, blanks, dashes, points.',
  'not-an-amount': 'The value is not an amount, and a rule of the catalogue depends on it.',
  'key-destroyed': 'The key of this customer was destroyed, as erasure does. Nothing can be sealed for them.',
} as const;

export type BadRowReason = keyof typeof badRowReasons;

/** What is wrong with a row, never with which value. */
export interface RowFlaw {
  readonly reason: BadRowReason;
  /** The field at fault; undefined when it is the row as a whole. */
  readonly field: string | undefined;
}

export interface BadRow extends RowFlaw {
  /** Line of the file that the row begins at, from 1. */
  readonly line: number;
}

/** One line of the file of rejected rows. */
export const formatBadRow = ({ line, field, reason }: BadRow): string =>
  `${JSON.stringify({ line, field: field ?? null, reason, fix: badRowReasons[reason] })}\n`;
