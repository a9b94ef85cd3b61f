import type { ExposedCustomer } from './exposed-customer.ts';

const cell = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export const exposureCsvHeader = 'customer,certainty,fields,first_at,last_at,agents\n';

/** One line of `exposure.csv` (RFC 4180): fields and agents apart by one space. */
export const exposureCsvLine = (customer: ExposedCustomer): string =>
  `${[
    customer.customer,
    customer.certainty,
    customer.fields.join(' '),
    new Date(customer.firstAtMs).toISOString(),
    new Date(customer.lastAtMs).toISOString(),
    customer.agents.join(' '),
  ]
    .map(cell)
    .join(',')}\n`;
