import { type Draw, drawFrom } from './draw.ts';

const given = [
  'Ada',
  'Amir',
  'Anna',
  'Aroha',
  'Bela',
  'Carlos',
  'Chloe',
  'Dag',
  'Elif',
  'Emma',
  'Fatima',
  'Femke',
  'Giulia',
  'Hana',
  'Hugo',
  'Ines',
  'Ivan',
  'Jana',
  'Joao',
  'Kofi',
  'Lars',
  'Lena',
  'Liam',
  'Lucia',
  'Mei',
  'Milan',
  'Mira',
  'Nadia',
  'Noah',
  'Olga',
  'Omar',
  'Paul',
  'Priya',
  'Rosa',
  'Sami',
  'Sofia',
  'Tariq',
  'Tomas',
  'Uma',
  'Vera',
  'Wen',
  'Yara',
  'Zoe',
  'Zoltan',
];
const family = [
  'Abara',
  'Almeida',
  'Andersson',
  'Bakker',
  'Bauer',
  'Bianchi',
  'Chen',
  'Costa',
  'Demir',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Fontaine',
  'Garcia',
  'Haddad',
  'Ivanov',
  'Jansen',
  'Jones',
  'Kaya',
  'Khan',
  'Kowalski',
  'Lefevre',
  'Lindholm',
  'Lopez',
  'Martin',
  'Mensah',
  'Moreau',
  'Nakamura',
  'Nowak',
  'Okafor',
  'Patel',
  'Petrov',
  'Rossi',
  'Santos',
  'Schmidt',
  'Silva',
  'Singh',
  'Smith',
  'Tanaka',
  'Taylor',
  'Visser',
  'Weber',
  'Yilmaz',
  'Zhang',
];
const streets = [
  'Harbour Lane',
  'Mill Road',
  'Station Street',
  'Orchard Close',
  'King Street',
  'Lindenweg',
  'Rue du Moulin',
  'Kerkstraat',
  'Via Roma',
  'Calle Mayor',
];
const places = [
  { country: 'GB', town: 'Leeds', language: 'en', phone: (d: Draw) => `+4474${d.digits(8)}` },
  { country: 'GB', town: 'Bristol', language: 'en', phone: (d: Draw) => `+4474${d.digits(8)}` },
  { country: 'NL', town: 'Utrecht', language: 'nl', phone: (d: Draw) => `+3161${d.digits(7)}` },
  { country: 'DE', town: 'Bremen', language: 'de', phone: (d: Draw) => `+49151${d.digits(8)}` },
  { country: 'FR', town: 'Lyon', language: 'fr', phone: (d: Draw) => `+336${d.digits(8)}` },
  { country: 'ES', town: 'Sevilla', language: 'es', phone: (d: Draw) => `+346${d.digits(8)}` },
] as const;

export const customerColumns = [
  'ref',
  'protected',
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
  'national_id',
] as const;

/** The help desk's reference of the n-th made-up customer. */
export const customerRef = (n: number): string => `C${String(n).padStart(7, '0')}`;

const day = (draw: Draw, from: number, years: number): string =>
  new Date(Date.UTC(from + draw.below(years), draw.below(12), 1 + draw.below(28))).toISOString().slice(0, 10);

/** Balances are lognormal: half of the customers hold under about 2,500, one in a hundred over 100,000. */
const balance = (draw: Draw): string => {
  const normal = Math.sqrt(-2 * Math.log(1 - draw.unit())) * Math.cos(2 * Math.PI * draw.unit());
  return Math.exp(7.8 + 1.6 * normal).toFixed(2);
};

const protectedAs = (draw: Draw): string => {
  const u = draw.unit();
  return u < 0.0005 ? 'executive' : u < 0.003 ? 'staff' : '';
};

const quote = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** One made-up customer, by column. */
export type MadeUpCustomer = Readonly<Record<(typeof customerColumns)[number], string>>;

/** The n-th made-up customer of a seed, by itself: the same arguments make the same person. */
export const customerAt = (n: number, seed: string): MadeUpCustomer => {
  const draw = drawFrom(`${seed}/${n}`);
  const place = draw.pick(places);
  const [first, last] = [draw.pick(given), draw.pick(family)];
  return {
    ref: customerRef(n),
    protected: protectedAs(draw),
    name: `${first} ${last}`,
    email: `${first}.${last}${n}@mail.example`.toLowerCase(),
    phone: place.phone(draw),
    address: `${1 + draw.below(180)} ${draw.pick(streets)}, ${place.town}, ${place.country}`,
    date_of_birth: day(draw, 1945, 60),
    country: place.country,
    language: place.language,
    account_number: `${place.country}${draw.digits(2)}DEMO${String(n).padStart(10, '0')}`,
    account_opened: day(draw, 2013, 12),
    balance: balance(draw),
    last_transaction: `${day(draw, 2025, 1)} ${draw.pick(['card payment', 'transfer out', 'transfer in', 'direct debit'])} ${(draw.unit() * 400).toFixed(2)}`,
    id_document_last4: draw.digits(4),
    national_id: draw.digits(9),
  };
};

/** One customer as a line of CSV, in the order of `customerColumns`. */
export const customerLine = (customer: MadeUpCustomer): string =>
  `${customerColumns.map((column) => quote(customer[column])).join(',')}\n`;

/** Made-up customers as lines of CSV, header first. The same seed makes the same file, byte for byte. */
export function* customerCsv(count: number, seed: string): Generator<string> {
  yield `${customerColumns.join(',')}\n`;
  for (let n = 1; n <= count; n += 1) {
    yield customerLine(customerAt(n, seed));
  }
}
