import type { Draw } from './draw.ts';
import type { LogWriter } from './log-writer.ts';

/** The customers of a desk. Arrays go by the customer's place in the names; place 0 is nobody. */
export interface CustomerStock {
  readonly count: number;
  /** What a thief would gain from them: heavy-tailed, median 1. */
  readonly value: Float64Array;
  /** How often they need help, beside the others. */
  readonly need: Float64Array;
  /** Sums of `need` up to each place, to draw from. */
  readonly needSums: Float64Array;
  /** Which region of the world they live in: sites mostly serve their own. */
  readonly region: Uint8Array;
}

export const regionsCount = 3;

export const makeCustomers = (count: number, draw: Draw, writer: LogWriter): CustomerStock => {
  const value = new Float64Array(count + 1);
  const need = new Float64Array(count + 1);
  const needSums = new Float64Array(count + 1);
  const region = new Uint8Array(count + 1);
  for (let at = 1; at <= count; at += 1) {
    writer.names.customers.add(`c-${100_000 + at}`);
    const worth = draw.normal();
    value[at] = Math.exp(1.3 * worth);
    // Those with more to lose call somewhat more often.
    need[at] = Math.exp(0.8 * draw.normal() + 0.25 * worth);
    needSums[at] = (needSums[at - 1] ?? 0) + (need[at] ?? 0);
    region[at] = draw.below(regionsCount);
  }
  return { count, value, need, needSums, region };
};

/** A customer, each as likely as their need. */
export const needyCustomer = ({ count, needSums }: CustomerStock, draw: Draw): number => {
  const aim = draw.unit() * (needSums[count] ?? 0);
  let [low, high] = [1, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((needSums[middle] ?? 0) > aim) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** One of the customers of that region who came up, after a few tries; otherwise anybody. */
export const regionalCustomer = (stock: CustomerStock, draw: Draw, region: number): number => {
  for (let tries = 0; tries < 6; tries += 1) {
    const customer = needyCustomer(stock, draw);
    if (stock.region[customer] === region) return customer;
  }
  return needyCustomer(stock, draw);
};

/** Any customer, needy or not. */
export const anyCustomer = (stock: CustomerStock, draw: Draw): number => 1 + draw.below(stock.count);

/** The most valuable share of all customers. */
export const richest = (stock: CustomerStock, share: number): number[] => {
  const places = Array.from({ length: stock.count }, (_, at) => at + 1);
  places.sort((a, b) => (stock.value[b] ?? 0) - (stock.value[a] ?? 0));
  return places.slice(0, Math.max(1, Math.round(stock.count * share)));
};
