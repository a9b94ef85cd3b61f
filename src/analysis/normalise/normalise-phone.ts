import {
  type CountryCode,
  type MetadataJson,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
import fullMetadata from 'libphonenumber-js/min/metadata';
import { stripInvisible } from './strip-invisible.ts';

/**
 * Each calling code with its main country alone. Which of several countries a number belongs to (of +44: Britain,
 * Guernsey, Jersey or Man) changes nothing in its E.164 form, and finding out costs ten times the rest.
 */
const metadata: MetadataJson = {
  ...fullMetadata,
  country_calling_codes: Object.fromEntries(
    Object.entries(fullMetadata.country_calling_codes).map(([code, countries]) => [
      code,
      countries.slice(0, 1),
    ]),
  ),
};

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
  const number = parsePhoneNumberFromString(text, options, metadata);
  return number?.isPossible() ? number : undefined;
};

const isCountry = (country: string): country is CountryCode => Object.hasOwn(fullMetadata.countries, country);
