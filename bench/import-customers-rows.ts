import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export const columns = [
  'ref',
  'name',
  'email',
  'phone',
  'address',
  'date_of_birth',
  'country',
  'language',
  'account_number',
  'account_opened',
  'balance',
  'last_transaction',
  'id_document_last4',
  'password_hash',
] as const;

const firstNames = [
  'Ada',
  'Benjamin',
  'Chiara',
  'Dmitri',
  'Élodie',
  'Fatima',
  'George',
  'Hanna',
  'Imran',
  'Jürgen',
];
const lastNames = [
  'Abbott',
  'Bianchi',
  'Castellanos',
  'Dubois',
  'Ellis',
  'Fischer',
  'García',
  'Hughes',
  'Ivanova',
];
const streets = ['High Street', 'Station Road', 'Church Lane', 'Victoria Road', 'Mill Lane', 'The Crescent'];
const towns = ['Leeds', 'Bristol', 'Norwich', 'Glasgow', 'Cardiff', 'Belfast', 'Stoke-on-Trent'];

/** Marsaglia's xorshift32: the same rows on every machine. */
const dice = (seed: number): ((sides: number) => number) => {
  let state = seed;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
};

const pad = (number: number, width: number): string => String(number).padStart(width, '0');

/** Writes a CSV file of made-up customers, as an organisation would export them. */
export const writeCustomers = async (path: string, rows: number): Promise<void> => {
  const roll = dice(0x2545_f491);
  const pick = (from: readonly string[]): string => from[roll(from.length)] ?? '';
  const day = (from: number, years: number): string =>
    `${from + roll(years)}-${pad(1 + roll(12), 2)}-${pad(1 + roll(28), 2)}`;
  const out = createWriteStream(path);
  out.write(`${columns.join(',')}\n`);
  let text = '';
  for (let row = 0; row < rows; row += 1) {
    const first = pick(firstNames);
    const last = pick(lastNames);
    const mail = `${first}.${last}`
      .normalize('NFD')
      .replace(/[^a-zA-Z.]/g, '')
      .toLowerCase();
    // Ofcom keeps 07700 900000 to 900999 for made-up people; a million of them need a wider range.
    const phone = `07${700 + roll(200)} ${pad(roll(1_000_000), 6)}`;
    const address = `"${1 + roll(200)} ${pick(streets)}, ${pick(towns)} ${pick(['AB1 2CD', 'LS1 4AP'])}, GB"`;
    const account = `GB${pad(row % 97, 2)}CASE${pad(row, 14)}`;
    const spent = `${day(2026, 1)} card payment, ${pick(towns)}, ${roll(300)}.${pad(roll(100), 2)} GBP`;
    text +=
      `CUST-${pad(row, 8)},${first} ${last},${mail}.${row}@example.com,${phone},${address},${day(1940, 65)},GB,en,` +
      `${account},${day(2005, 20)},${roll(300_000)}.${pad(roll(100), 2)},"${spent}",${pad(roll(10_000), 4)},$2b$12$${pad(row, 22)}\n`;
    if (text.length > 262_144) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await once(out, 'close');
};
