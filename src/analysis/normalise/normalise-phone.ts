import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { stripInvisible } from './strip-invisible.ts';

const phoneCharsMax = 64;
const international = /^[\s(]*00\s*/;

/**
 * One form (E.164, `+447700900123`) for all ways of saying a phone number: with or without country code, `00` or
 * `+`, blanks, points, brackets, any script's digits; an extension is dropped. Undefined when the text is no
 * number of a possible length.
 * @param country ISO 3166 alpha-2 of numbers that carry no country code
 */
export const normalisePhone = (text: string, country: string): string | undefined => {
  if (text.length > phoneCharsMax) return undefined;
  const bare = stripInvisible(text).trim().replace(/^tel:/i, '');
  if (!international.test(bare)) return read(bare, country)?.number;
  // `00` abroad is not what every country dials, so the country's own reading goes first where it is a real number
  const own = read(bare, country);
  if (own?.isValid()) return own.number;
  return (read(bare.replace(international, '+'), country) ?? own)?.number;
};

const read = (text: string, country: string): PhoneNumber | undefined => {
  const options = isCountry(country) ? { defaultCountry: country, extract: false } : { extract: false };
  const number = parsePhoneNumberFromString(text, options);
  return number?.isPossible() ? number : undefined;
};

const isCountry = (country: string): country is CountryCode => isSupportedCountry(country);
