import { hiddenMask } from './hidden-mask.ts';

/** `10 Downing Street, London, GB` -> `GB`: the last part, when it names a country. */
export const maskCountry = (value: string): string => {
  const last = value.split(/[,\n]/u).at(-1)?.trim() ?? '';
  return countryCodes().get(last.toLowerCase()) ?? hiddenMask;
};

let known: ReadonlyMap<string, string> | undefined;

/** ISO 3166 alpha-2 codes by themselves and by their English name, lower case. */
const countryCodes = (): ReadonlyMap<string, string> => {
  if (known) return known;
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const codes = new Map([
    ['uk', 'GB'],
    ['usa', 'US'],
  ]);
  for (const code of alpha2()) {
    const name = names.of(code);
    if (name === undefined || notCountries.has(code)) continue;
    codes.set(code.toLowerCase(), code);
    codes.set(name.toLowerCase(), code);
  }
  known = codes;
  return known;
};

/** Regions that Unicode names although ISO 3166-1 gives the code to no country. */
const notCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

const alpha2 = (): readonly string[] => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.flatMap((first) => letters.map((second) => first + second));
};
