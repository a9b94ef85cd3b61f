import { setTimeout as pause } from 'node:timers/promises';
import { customerAt } from '../world/customers.ts';
import type { Draw } from '../world/draw.ts';
import type { MadeUpAgent, MadeUpOrganisation } from '../world/organisation.ts';
import { deskShape } from '../world/shape.ts';
import { DeskAgent } from './desk-agent.ts';
import { firstAgentRef } from './first-cases.ts';
import { type DeskChange, type HelpDeskLine, tellChanges } from './help-desk.ts';
import { SimulatedInsider } from './simulated-insider.ts';

export interface LiveDeskSettings {
  readonly line: HelpDeskLine;
  readonly organisation: MadeUpOrganisation;
  readonly customersSeed: string;
  readonly customersCount: number;
  readonly draw: Draw;
  /** How many times faster than the real desk cases arrive. */
  readonly pace: number;
  /** How long an agent works between two acts on a case, on average. */
  readonly actMs: number;
  readonly casesAtOnceMax: number;
  /** One account steals besides its work; left out: nobody does. */
  readonly insider?: { readonly ref: string; readonly startsAfterMs: number; readonly everyMs: number };
}

export interface DeskTally {
  cases: number;
  shown: number;
  refused: Record<string, number>;
  failed: number;
}

const workdayMs = 24 * 3_600_000;
/** The desk's day begins at ten in the morning, whatever the wall clock says: a newcomer at night sees work too. */
const startHour = 10;

const fieldsOf: Record<string, readonly string[]> = {
  'account-access': ['email', 'phone'],
  'identity-check': ['date_of_birth', 'id_document_last4', 'address'],
  payment: ['account_number', 'last_transaction', 'balance'],
  fees: ['account_number', 'balance'],
  card: ['phone', 'last_transaction', 'address'],
  complaint: ['email', 'address'],
  technical: ['email'],
  other: ['name'],
};
const codeOf: Record<string, string> = {
  'account-access': 'restore-access',
  payment: 'trace-payment',
  fees: 'explain-charge',
  card: 'replace-card',
  'identity-check': 'check-document',
  complaint: 'settle-complaint',
};
const sayings = [
  'customer wants us to confirm what we hold before the change',
  'letter came back, customer spells the street differently',
  'transfer to the landlord did not arrive, checking the last one',
  'caller could not read the form we sent and asked to compare',
  'charge looks doubled to the customer, comparing with our side',
  'new phone since Monday, sign-in codes go to the old one',
];

/**
 * Live case traffic whose shape follows a real help desk (see shape.ts), driven through the same doors as anyone:
 * signed case webhooks on one side, signed-in agents on the other.
 */
export class LiveDesk {
  readonly tally: DeskTally = { cases: 0, shown: 0, refused: {}, failed: 0 };
  readonly #settings: LiveDeskSettings;
  readonly #agents = new Map<string, DeskAgent>();
  readonly #known: number[] = [];
  readonly #open = new Set<Promise<void>>();
  /** Who holds which open case. */
  readonly #holders = new Map<string, string>();
  readonly #run = Date.now().toString(36);

  constructor(settings: LiveDeskSettings) {
    this.#settings = settings;
  }

  /** Works until the signal; resolves when the cases under way have been put down. */
  async work(signal: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    const { pace, casesAtOnceMax, draw } = this.#settings;
    const stealing = this.#insider()?.work(signal);
    while (!signal.aborted) {
      const hour = Math.floor(startHour + (Date.now() - startedAt) / 3_600_000) % 24;
      const perDay = deskShape.casesPerWeekday * (deskShape.openedByHour[hour] ?? 0) * 24 * pace;
      const waitMs = (-Math.log(1 - draw.unit()) * workdayMs) / Math.max(perDay, 1);
      await pause(Math.min(waitMs, 5_000), undefined, { signal }).catch(() => {});
      if (waitMs > 5_000 || signal.aborted || this.#open.size >= casesAtOnceMax) continue;
      const life = this.#liveCase(signal)
        .catch(() => {
          this.tally.failed += 1;
        })
        .finally(() => this.#open.delete(life));
      this.#open.add(life);
    }
    await Promise.all([...this.#open, stealing]);
  }

  #insider(): SimulatedInsider | undefined {
    const { insider, draw, customersCount, customersSeed } = this.#settings;
    if (!insider) return undefined;
    const anyCase = (isWanted: (holderRef: string) => boolean): string | undefined => {
      const fitting = [...this.#holders].filter(([, holderRef]) => isWanted(holderRef));
      return fitting.length > 0 ? draw.pick(fitting)[0] : undefined;
    };
    return new SimulatedInsider({
      ...insider,
      agent: this.#agent(insider.ref),
      draw,
      foreignCase: () => anyCase((holderRef) => holderRef !== insider.ref),
      ownCase: () => anyCase((holderRef) => holderRef === insider.ref),
      wantedEmail: () => customerAt(1 + draw.below(customersCount), customersSeed).email,
      count: (looked) => void this.#count(looked),
    });
  }

  async #liveCase(signal: AbortSignal): Promise<void> {
    const { draw, organisation } = this.#settings;
    const queue = draw.pick(organisation.queues);
    const topic = draw.pick(queue.topics);
    this.tally.cases += 1;
    const caseRef = `${this.#run}-${this.tally.cases}`;
    const n = this.#nextCustomer();
    const hands = organisation.agents.filter(
      (agent) =>
        agent.weight > 0 &&
        agent.ref !== firstAgentRef &&
        organisation.teams.some((team) => team.ref === agent.teamRef && team.queueRefs.includes(queue.ref)),
    );
    let holder = this.#pickHolder(hands);
    // On the phone the desk often does not know yet who is calling: the agent finds the customer.
    const channel = draw.pick(['phone', 'phone', 'chat', 'mail'] as const);
    const unnamed = channel === 'phone' && draw.chance(0.5);
    const customer = customerAt(n, this.#settings.customersSeed);
    await this.#tell(caseRef, 'opened', {
      queue: queue.ref,
      topic,
      channel,
      initiated_by: draw.chance(0.97) ? 'customer' : 'agent',
      ...(unnamed ? {} : { customer: customer.ref }),
    });
    await this.#tell(caseRef, 'assigned', { agent: holder.ref });
    this.#holders.set(caseRef, holder.ref);
    const acts = 1 + draw.weighted(deskShape.actsPerCase);
    const handOvers = draw.weighted(deskShape.handOvers);
    for (let act = 0; act < acts && !signal.aborted; act += 1) {
      await pause(this.#settings.actMs * (0.3 + 1.4 * draw.unit()), undefined, { signal }).catch(() => {});
      const agent = this.#agent(holder.ref);
      if (act === 0 && unnamed)
        this.#count(await agent.lookup(caseRef, 'email', customer.email.toUpperCase()));
      await this.#act(agent, caseRef, topic);
      await this.#tell(caseRef, 'replied', { agent: holder.ref });
      if (act < handOvers) {
        const before = this.#agent(holder.ref);
        holder = this.#pickHolder(hands);
        await this.#tell(caseRef, 'assigned', { agent: holder.ref });
        this.#holders.set(caseRef, holder.ref);
        // Now and then the one before looks once more out of habit: refused, and on the record.
        if (draw.chance(0.05)) this.#count(await before.view(caseRef));
      }
    }
    this.#holders.delete(caseRef);
    await this.#tell(caseRef, 'closed', {});
    if (draw.chance(0.02)) this.#count(await this.#agent(holder.ref).view(caseRef));
    if (draw.chance(deskShape.reopened)) await this.#tell(caseRef, 'reopened', {});
  }

  async #act(agent: DeskAgent, caseRef: string, topic: string): Promise<void> {
    const { draw } = this.#settings;
    const shown = this.#count(await agent.view(caseRef));
    if (shown?.outcome !== 'shown') return;
    const wanted = fieldsOf[topic] ?? ['name'];
    if (draw.chance(0.55)) {
      const field = draw.pick(wanted);
      const reason = draw.chance(0.5)
        ? {
            text: `${draw.pick(sayings)} (${draw.pick(['call', 'chat', 'letter'])} ${draw.pick(['today', 'again', 'since Friday'])})`,
          }
        : { code: codeOf[topic] ?? 'verify-caller' };
      this.#count(await agent.reveal(shown.view, [field], reason));
    }
    const reach = shown.fields.find((field) => field.can.includes('call') || field.can.includes('mail'));
    if (reach && draw.chance(0.15)) this.#count(await agent.contact(shown.view, reach.name));
  }

  #count<Looked extends { outcome: string; code?: string }>(looked: Looked): Looked {
    if (looked.outcome === 'shown') this.tally.shown += 1;
    else if (looked.outcome === 'refused' && looked.code)
      this.tally.refused[looked.code] = (this.tally.refused[looked.code] ?? 0) + 1;
    else this.tally.failed += 1;
    return looked;
  }

  #tell(caseRef: string, change: DeskChange['change'], rest: Partial<DeskChange>): Promise<void> {
    return tellChanges(this.#settings.line, [
      { at: new Date().toISOString(), case: caseRef, change, ...rest },
    ]);
  }

  /** Customers come back as they do in the real log: most cases are of somebody who was here before. */
  #nextCustomer(): number {
    const { draw, customersCount } = this.#settings;
    const returning = 1 - 1 / meanOf(deskShape.casesPerCustomer);
    if (this.#known.length > 0 && draw.chance(returning)) return draw.pick(this.#known);
    const n = 1 + draw.below(customersCount);
    this.#known.push(n);
    if (this.#known.length > 5_000) this.#known.shift();
    return n;
  }

  #pickHolder(hands: readonly MadeUpAgent[]): MadeUpAgent {
    const picked = hands[this.#settings.draw.weighted(hands.map((agent) => agent.weight))];
    if (!picked) throw new Error('a queue has nobody to work it');
    return picked;
  }

  #agent(ref: string): DeskAgent {
    const known = this.#agents.get(ref) ?? new DeskAgent(this.#settings.line.origin, ref);
    this.#agents.set(ref, known);
    return known;
  }
}

/** The mean of a distribution given as shares of 1, 2, 3 ... */
const meanOf = (shares: readonly number[]): number =>
  shares.reduce((sum, share, n) => sum + share * (n + 1), 0);
