/** Currency signs and codes around the number; spaces and apostrophes that group its digits. */
const leading = /^[\s\p{Sc}A-Z]*/u;
const trailing = /[\s\p{Sc}A-Z]*$/u;
const grouping = /[\s'’_]/gu;
const minus = /[-−]/u;
const groupedNumber = /^(?:[1-9]\d{0,2}(?:(,)\d{3}(?:,\d{3})*|(\.)\d{3}(?:\.\d{3})*)|\d+)(?:([.,])(\d*))?$/;
const eitherWay = /^[1-9]\d{0,2}[.,]\d{3}$/;
const amountCharsMax = 48;

/**
 * Every number that an amount of money, as people write it, can mean: `12,345.67`, `12.345,67`, `1 234`,
 * `-5.5 EUR`, `€ 10` mean one; `12.345` means two, a thousand times more in Hamburg than in London; text means none.
 */
export const readAmounts = (text: string): readonly number[] => {
  if (text.length > amountCharsMax) return [];
  const unsigned = text.replace(leading, '').replace(minus, '');
  const bare = unsigned.replace(leading, '').replace(trailing, '').replace(grouping, '');
  const sign = minus.test(text) ? -1 : 1;
  if (eitherWay.test(bare))
    return [sign * Number(bare.replace(',', '.')), sign * Number(bare.replace(/[.,]/, ''))];
  const read = groupedNumber.exec(bare);
  if (!read) return [];
  const [, comma, dot, decimal, fraction = ''] = read;
  if (decimal !== undefined && decimal === (comma ?? dot)) return [];
  const whole = decimal === undefined ? bare : bare.slice(0, bare.lastIndexOf(decimal));
  return [sign * Number(`${whole.replace(/[.,]/g, '')}.${fraction}0`)];
};

/** The one number that the text means; undefined when it means none or could mean two. */
export const readAmount = (text: string): number | undefined => {
  const amounts = readAmounts(text);
  return amounts.length === 1 ? amounts[0] : undefined;
};
