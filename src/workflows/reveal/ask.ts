import type { FieldName, LookupKind } from '../../model/field.ts';
import type { CustomerId, SessionId, ViewId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Plain } from '../../model/plain.ts';
import type { Refusal } from '../../model/refusal.ts';

/** Who asks. The door has checked the session; the workflow checks it again together with everything else. */
export interface Asker {
  readonly sessionId: SessionId;
  /** From the Idempotency-Key header: a retry of the same ask makes no second entry. */
  readonly idempotencyKey: string | undefined;
}

/** A reason chosen from the list or typed. */
export interface ReasonGiven {
  readonly code: string | undefined;
  readonly text: string | undefined;
}

/** `caseKey` is our case id or the help desk's own reference: agents come from there. */
export interface LookupAsk {
  readonly caseKey: string;
  readonly by: LookupKind;
  readonly value: Plain<string>;
}
export interface ViewAsk {
  /** Left out only under break-glass, which stands in for a case. */
  readonly caseKey: string | undefined;
  /** The handle a look-up gave. Left out: the customer whom the case names. */
  readonly customerId: CustomerId | undefined;
  readonly reason: ReasonGiven | undefined;
}
export interface RevealAsk {
  readonly viewId: ViewId;
  readonly fields: readonly FieldName[];
  readonly reason: ReasonGiven | undefined;
}
export interface ContactAsk {
  readonly viewId: ViewId;
  readonly field: FieldName;
}

/** Records wanted out of Casebound. `caseKey` is the case they are wanted for, when there is one. */
export interface ExportAsk {
  readonly caseKey: string | undefined;
  readonly fields: readonly FieldName[];
  readonly reason: ReasonGiven | undefined;
}

/** A handle: it opens nothing by itself and says nothing about the person. */
export interface LookupFound {
  readonly seq: number;
  readonly customerId: CustomerId;
}
export interface MaskedField {
  readonly name: FieldName;
  readonly label: string;
  readonly masked: string;
  /** What this agent could do with it in this case: the panel shows no button that would only be refused. */
  readonly can: readonly ('reveal' | 'call' | 'mail')[];
}
export interface ViewShown {
  readonly seq: number;
  readonly viewId: ViewId;
  readonly customerId: CustomerId;
  readonly caseRef: string | undefined;
  readonly at: Instant;
  readonly fields: readonly MaskedField[];
  /** Handles of other records that share a contact value with this one: likely the same person. */
  readonly mergeHints: readonly { readonly by: LookupKind; readonly customerId: CustomerId }[];
  readonly budgetLeft: { readonly revealsThisHour: number; readonly customersThisShift: number };
}
export interface FieldsRevealed {
  readonly seq: number;
  readonly viewId: ViewId;
  readonly fields: readonly { readonly name: FieldName; readonly value: Plain<string> }[];
}
export interface ContactStarted {
  readonly seq: number;
}

/** The heart, as the interfaces see it. A refusal is an answer; faults are thrown. */
export interface Looking {
  lookup(asker: Asker, ask: LookupAsk): Promise<LookupFound | Refusal>;
  view(asker: Asker, ask: ViewAsk): Promise<ViewShown | Refusal>;
  reveal(asker: Asker, ask: RevealAsk): Promise<FieldsRevealed | Refusal>;
  contact(asker: Asker, ask: ContactAsk): Promise<ContactStarted | Refusal>;
  /** Always judged and recorded; no rule permits one today, so the only answer is a refusal. */
  export(asker: Asker, ask: ExportAsk): Promise<Refusal>;
}
