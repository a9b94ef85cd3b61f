/** How sure it is that a customer's fields were taken or, when asked of an account, shown. */
export type Certainty = 'certain' | 'likely' | 'possible';

/** One line of `exposure.csv`. */
export interface ExposedCustomer {
  readonly customer: string;
  readonly certainty: Certainty;
  /** Probability behind the certainty, for sorting and for the page. */
  readonly probability: number;
  /** Is it known that this customer's record was taken: it is in the leaked sample or on the photo. */
  readonly isKnownTaken: boolean;
  /** Names of fields that were shown, sorted. Empty: none was, or the log does not say. */
  readonly fields: readonly string[];
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Accounts that saw it, sorted. */
  readonly agents: readonly string[];
}

/** Two answers, kept apart: what could be seen, and what is known to have been taken. */
export interface Exposure {
  /** Customers in order: the surest first, then by the first look. */
  readonly customers: readonly ExposedCustomer[];
  readonly couldSee: {
    readonly customers: number;
    readonly certain: number;
    readonly likely: number;
    readonly possible: number;
    /** Fields that were shown of at least one of them. */
    readonly fields: readonly string[];
  };
  readonly taken: {
    /** Customers of the sample or the photo whom these accounts saw in their windows. */
    readonly known: number;
    /** Customers of the sample or the photo whom they did not. */
    readonly knownElsewhere: number;
    /** At least this share of what could be seen was taken; undefined without sample or photo. */
    readonly shareAtLeast: number | undefined;
  };
  /** Fields that the log knows, none of which was shown to these accounts in their windows. */
  readonly fieldsNotExposed: readonly string[];
  /** What the log cannot tell. */
  readonly warnings: readonly string[];
}

/** Above: more likely than not. Below the least, a customer is not listed. */
export const likelyAt = 0.5;
export const possibleAt = 0.05;
