import type { ExposedCustomer, Exposure } from './exposed-customer.ts';

/** One view whose mark a photo carries, as the ledger tells it. */
export interface PhotographedView {
  readonly customer: string;
  readonly agent: string;
  readonly atMs: number;
  /** Fields that the page showed, reveals included. */
  readonly fields: readonly string[];
}

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** Who is exposed by a photo: whoever was on those views, with what they showed, and nobody else. */
export const exposeViews = (views: readonly PhotographedView[], knownFields: readonly string[]): Exposure => {
  const byCustomer = Map.groupBy(views, ({ customer }) => customer);
  const customers = [...byCustomer].map(([customer, seen]): ExposedCustomer => {
    const times = seen.map(({ atMs }) => atMs);
    return {
      customer,
      certainty: 'certain',
      probability: 1,
      isKnownTaken: true,
      fields: sorted(seen.flatMap(({ fields }) => fields)),
      firstAtMs: Math.min(...times),
      lastAtMs: Math.max(...times),
      agents: sorted(seen.map(({ agent }) => agent)),
    };
  });
  const fields = sorted(customers.flatMap((customer) => customer.fields));
  return {
    customers: customers.toSorted((a, b) => a.firstAtMs - b.firstAtMs),
    couldSee: { customers: customers.length, certain: customers.length, likely: 0, possible: 0, fields },
    taken: { known: customers.length, knownElsewhere: 0, shareAtLeast: undefined },
    fieldsNotExposed: sorted(knownFields.filter((name) => !fields.includes(name))),
    warnings: [],
  };
};
