import {
  type AccessChunk,
  type AccessColumnName,
  type LogNames,
  loggedActions,
} from '../../model/access-columns.ts';
import { type ExposedCustomer, type Exposure, likelyAt, possibleAt } from './exposed-customer.ts';
import { type ExposureScope, shareOfWindow, spanOf } from './exposure-scope.ts';

/** The columns of an access that exposure reads. */
export type ExposureChunk = Pick<
  AccessChunk,
  'rows' | 'atMs' | 'agent' | 'action' | 'customer' | 'fieldSet' | 'vendor'
>;
export const exposureColumns = ['action', 'fields', 'vendor'] as const satisfies readonly AccessColumnName[];

export interface ExposureAsk {
  readonly scopes: readonly ExposureScope[];
  /** Customers known to have been taken: those of a leaked sample, or of a view whose mark a photo carries. */
  readonly taken?: ReadonlySet<string>;
  /** The columns that the log has. */
  readonly columns: ReadonlySet<string>;
}

const refused = loggedActions.indexOf('refused');
const lookup = loggedActions.indexOf('lookup');

/** One customer as one scope saw them. */
interface Seen {
  readonly customer: number;
  readonly scope: number;
  share: number;
  firstAtMs: number;
  lastAtMs: number;
  readonly agents: Set<number>;
  readonly fieldSets: Set<number>;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Collects who was exposed, from accesses in any order. A refused try shows nothing and is left out; a lookup shows
 * what its row says, which mostly is nothing.
 */
export class ExposureCollector {
  readonly #ask: ExposureAsk;
  readonly #names: LogNames;
  /** Scopes by place of agent or vendor; the lists grow while a log is read. */
  readonly #byAgent = new Map<number, number[]>();
  readonly #byVendor = new Map<number, number[]>();
  #agentsKnown = 0;
  #vendorsKnown = 0;
  #agentMarks = new Uint8Array(1024);
  readonly #seen = new Map<number, Seen>();
  #refused = 0;
  readonly #span: { readonly fromMs: number; readonly toMs: number };

  constructor(ask: ExposureAsk, names: LogNames) {
    this.#ask = ask;
    this.#names = names;
    const spans = ask.scopes.map(spanOf);
    this.#span = {
      fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...spans.map(({ toMs }) => toMs)),
    };
  }

  take(chunk: ExposureChunk): void {
    this.#learnNames();
    const { agent, vendor, atMs, rows } = chunk;
    const { fromMs, toMs } = this.#span;
    const marks = this.#agentMarks;
    const hasVendors = this.#byVendor.size > 0;
    for (let row = 0; row < rows; row += 1) {
      const isMarked = marks[agent[row] as number] === 1;
      if (!isMarked && !(hasVendors && this.#byVendor.has(vendor[row] as number))) continue;
      const at = atMs[row] as number;
      if (at >= fromMs && at <= toMs) this.#look(chunk, row, at);
    }
  }

  /** Rows of one account only, given by their places: for tables that know where each account's rows are. */
  takeRows(chunk: ExposureChunk, places: Uint32Array): void {
    this.#learnNames();
    for (const row of places) this.#look(chunk, row, chunk.atMs[row] as number);
  }

  result(): Exposure {
    const customers = this.#customers();
    const shown = new Set(customers.flatMap(({ fields }) => fields));
    const knownTaken = customers.filter(({ isKnownTaken }) => isKnownTaken).length;
    const { taken, columns } = this.#ask;
    const all = this.#names.fieldSets.flatMap((set) => set.split(' '));
    const count = (certainty: ExposedCustomer['certainty']): number =>
      customers.filter((customer) => customer.certainty === certainty).length;
    return {
      customers,
      couldSee: {
        customers: customers.length,
        certain: count('certain'),
        likely: count('likely'),
        possible: count('possible'),
        fields: [...shown].sort(byText),
      },
      taken: {
        known: knownTaken,
        knownElsewhere: (taken?.size ?? 0) - knownTaken,
        shareAtLeast: taken && customers.length > 0 ? knownTaken / customers.length : undefined,
      },
      fieldsNotExposed: [...new Set(all)].filter((name) => name !== '' && !shown.has(name)).sort(byText),
      warnings: this.#warnings(columns),
    };
  }

  #learnNames(): void {
    const { agents, vendors } = this.#names;
    for (; this.#agentsKnown < agents.length; this.#agentsKnown += 1) {
      const scopes = this.#scopesOf('agent', agents[this.#agentsKnown] ?? '');
      if (this.#agentsKnown >= this.#agentMarks.length) {
        const wider = new Uint8Array(this.#agentMarks.length * 2);
        wider.set(this.#agentMarks);
        this.#agentMarks = wider;
      }
      if (scopes.length === 0) continue;
      this.#byAgent.set(this.#agentsKnown, scopes);
      this.#agentMarks[this.#agentsKnown] = 1;
    }
    for (; this.#vendorsKnown < vendors.length; this.#vendorsKnown += 1) {
      const scopes = this.#scopesOf('vendor', vendors[this.#vendorsKnown] ?? '');
      if (scopes.length > 0) this.#byVendor.set(this.#vendorsKnown, scopes);
    }
  }

  #scopesOf(kind: 'agent' | 'vendor', name: string): number[] {
    if (name === '') return [];
    return this.#ask.scopes.flatMap(({ who }, at) =>
      (kind === 'agent' ? 'agent' in who && who.agent === name : 'vendor' in who && who.vendor === name)
        ? [at]
        : [],
    );
  }

  #look(chunk: ExposureChunk, row: number, at: number): void {
    const customer = chunk.customer[row] as number;
    if (customer === 0) return;
    const agent = chunk.agent[row] as number;
    const scopes = [
      ...(this.#byAgent.get(agent) ?? []),
      ...(this.#byVendor.get(chunk.vendor[row] as number) ?? []),
    ];
    for (const scope of scopes) {
      const asked = this.#ask.scopes[scope];
      const share = asked ? shareOfWindow(asked.window, at) : 0;
      if (share === 0) continue;
      if (chunk.action[row] === refused) {
        this.#refused += 1;
        continue;
      }
      this.#note(
        { customer, scope, share, at, agent },
        chunk.fieldSet[row] as number,
        chunk.action[row] as number,
      );
    }
  }

  #note(
    look: { customer: number; scope: number; share: number; at: number; agent: number },
    fieldSet: number,
    action: number,
  ): void {
    const { customer, scope, at, agent } = look;
    // A lookup that shows nothing tells that there is such a customer: that much and no more.
    const share = action === lookup && fieldSet === 0 ? Math.min(look.share, 0.4) : look.share;
    const key = customer * this.#ask.scopes.length + scope;
    const seen = this.#seen.get(key);
    if (!seen) {
      this.#seen.set(key, {
        customer,
        scope,
        share,
        firstAtMs: at,
        lastAtMs: at,
        agents: new Set([agent]),
        fieldSets: new Set([fieldSet]),
      });
      return;
    }
    seen.share = Math.max(seen.share, share);
    seen.firstAtMs = Math.min(seen.firstAtMs, at);
    seen.lastAtMs = Math.max(seen.lastAtMs, at);
    seen.agents.add(agent);
    seen.fieldSets.add(fieldSet);
  }

  #customers(): readonly ExposedCustomer[] {
    const byCustomer = new Map<number, Seen[]>();
    for (const seen of this.#seen.values()) {
      const others = byCustomer.get(seen.customer);
      if (others) others.push(seen);
      else byCustomer.set(seen.customer, [seen]);
    }
    return [...byCustomer.values()]
      .map((all) => this.#customer(all))
      .filter(({ probability }) => probability >= possibleAt)
      .sort(
        (a, b) =>
          b.probability - a.probability || a.firstAtMs - b.firstAtMs || byText(a.customer, b.customer),
      );
  }

  #customer(all: readonly Seen[]): ExposedCustomer {
    const { agents, customers, fieldSets } = this.#names;
    const customer = customers[all[0]?.customer ?? 0] ?? '';
    const isKnownTaken = this.#ask.taken?.has(customer) ?? false;
    // Within one scope all looks stand or fall together; scopes are independent of each other.
    const missed = all.reduce(
      (product, { scope, share }) => product * (1 - share * (this.#ask.scopes[scope]?.posterior ?? 0)),
      1,
    );
    const probability = isKnownTaken ? 1 : 1 - missed;
    const fields = new Set(
      all.flatMap((seen) => [...seen.fieldSets].flatMap((place) => (fieldSets[place] ?? '').split(' '))),
    );
    fields.delete('');
    return {
      customer,
      certainty: probability >= 0.999 ? 'certain' : probability >= likelyAt ? 'likely' : 'possible',
      probability,
      isKnownTaken,
      fields: [...fields].sort(byText),
      firstAtMs: Math.min(...all.map(({ firstAtMs }) => firstAtMs)),
      lastAtMs: Math.max(...all.map(({ lastAtMs }) => lastAtMs)),
      agents: [...new Set(all.flatMap((seen) => [...seen.agents]))]
        .map((place) => agents[place] ?? '')
        .sort(byText),
    };
  }

  #warnings(columns: ReadonlySet<string>): readonly string[] {
    const warnings: string[] = [];
    if (!columns.has('fields'))
      warnings.push(
        'The log has no column "fields": which fields were shown is not known, so take it that all were.',
      );
    if (!columns.has('action'))
      warnings.push(
        'The log has no column "action": refused tries cannot be told from looks, so all rows count as looks.',
      );
    const absent = this.#ask.scopes.flatMap(({ who }) => {
      const name = 'agent' in who ? who.agent : who.vendor;
      const list = 'agent' in who ? this.#names.agents : this.#names.vendors;
      return list.includes(name) ? [] : [name];
    });
    if (absent.length > 0) warnings.push(`Not in this log at all: ${absent.slice(0, 20).join(', ')}.`);
    if (this.#refused > 0)
      warnings.push(
        `${this.#refused} refused ${this.#refused === 1 ? 'try' : 'tries'} showed nothing and were left out.`,
      );
    return warnings;
  }
}
