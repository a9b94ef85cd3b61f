import { randomBytes } from 'node:crypto';
import { type FieldName, parseFieldName } from '../../../model/field.ts';
import { type CustomerId, newId, newViewId, type SessionId, type ViewId } from '../../../model/id.ts';
import type { Instant } from '../../../model/instant.ts';
import { exposePlaintext, Plain, plain } from '../../../model/plain.ts';
import { type Refusal, refuse } from '../../../model/refusal.ts';
import type { Asker, Looking } from '../../../workflows/reveal/ask.ts';

const chance = { bytes: (countBytes: number) => randomBytes(countBytes) };

/** What reached the heart; plaintext stands in the open here so that tests can compare it. */
export interface AskSeen {
  readonly method: keyof Looking;
  readonly sessionId: SessionId;
  readonly idempotencyKey: string | undefined;
  readonly ask: Readonly<Record<string, unknown>>;
}

export interface FakeHeart {
  readonly asked: AskSeen[];
  readonly views: Set<ViewId>;
  readonly customer: CustomerId;
  readonly caseRef: string;
  readonly now: () => Instant;
  readonly isOver: (sessionId: SessionId) => boolean;
  readonly check: () => void;
}

const field = (name: string): FieldName => {
  const parsed = parseFieldName(name);
  if (!parsed) throw new RangeError(`${name} is no field name`);
  return parsed;
};

const masked = [
  { name: field('email'), label: 'E-mail', masked: 'a•••@e•••', can: ['reveal', 'mail'] },
  { name: field('phone'), label: 'Phone', masked: '••• 12', can: ['reveal', 'call'] },
] as const;

/** The value that the fake reveals of a field: easy to tell from everything else that an answer holds. */
export const plaintextOf = (name: string): string => `plaintext of ${name}`;

/** Knows one case of one customer, shows it to every live session, refuses everything else, keeps every ask. */
export const fakeLooking = (heart: FakeHeart): Looking => {
  const see = (method: keyof Looking, asker: Asker, ask: object): number | Refusal => {
    heart.check();
    const opened = Object.entries(ask).map(([name, value]) => [
      name,
      value instanceof Plain ? exposePlaintext(value) : value,
    ]);
    heart.asked.push({ method, ...asker, ask: Object.fromEntries(opened) });
    return heart.isOver(asker.sessionId) ? refuse('session-ended') : heart.asked.length;
  };
  return {
    async lookup(asker, ask) {
      const seq = see('lookup', asker, ask);
      if (typeof seq !== 'number') return seq;
      if (ask.caseKey !== heart.caseRef) return refuse('not-yours');
      const found = exposePlaintext(ask.value) === 'ann@example.com';
      return found ? { seq, customerId: heart.customer } : refuse('no-match');
    },
    async view(asker, ask) {
      const seq = see('view', asker, ask);
      if (typeof seq !== 'number') return seq;
      if (ask.caseKey !== heart.caseRef || (ask.customerId ?? heart.customer) !== heart.customer)
        return refuse('not-yours');
      const viewId = newViewId(chance);
      heart.views.add(viewId);
      return {
        seq,
        viewId,
        customerId: heart.customer,
        caseRef: heart.caseRef,
        at: heart.now(),
        fields: masked,
        mergeHints: [{ by: 'phone', customerId: newId('customer', chance) }],
        budgetLeft: { revealsThisHour: 29, customersThisShift: 39 },
      };
    },
    async reveal(asker, ask) {
      const seq = see('reveal', asker, ask);
      if (typeof seq !== 'number') return seq;
      if (!heart.views.has(ask.viewId)) return refuse('not-yours');
      if (!ask.reason) return refuse('reason-missing');
      const fields = ask.fields.map((name) => ({ name, value: plain(plaintextOf(name)) }));
      return { seq, viewId: ask.viewId, fields };
    },
    async contact(asker, ask) {
      const seq = see('contact', asker, ask);
      if (typeof seq !== 'number') return seq;
      return heart.views.has(ask.viewId) ? { seq } : refuse('not-yours');
    },
    async export(asker, ask) {
      const seq = see('export', asker, ask);
      return typeof seq === 'number' ? refuse('export-closed') : seq;
    },
  };
};
