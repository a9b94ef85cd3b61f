/** How an insider steals. Each leaves another trace, and `own-cases-only` leaves none in the records of looks. */
export const theftKinds = [
  /** Ten or more customers a day that are no business of theirs. */
  'extra-looks',
  /** The same at two to five a day. */
  'few-looks',
  /** Two to five a day each, several accounts, one list of wanted customers. */
  'ring',
  /** Only customers with much to lose. */
  'rich-picks',
  /** Their own cases again, long after they were closed. */
  'after-closing',
  /** The last days before leaving. */
  'leaver',
  /** The account goes on after its person has left. */
  'after-leaving',
  /** Records taken out by the hundred. */
  'export',
  /** Their own cases, but all fields of them. */
  'over-reveal',
  /** Now and then one field too many. */
  'mild-reveal',
  /** Cases that the thief opens to have one. */
  'self-made-cases',
  /** Outside of their own working hours. */
  'off-hours',
  /** Their own open cases, looked at again and again without any work. */
  'lingering',
  /** Colleagues' accounts from one's own machine, another every two weeks. */
  'borrowed-login',
  /** An outsider in somebody's session, for an hour or two. */
  'taken-session',
  /** Photographs of what the work shows anyway. */
  'own-cases-only',
] as const;
export type TheftKind = (typeof theftKinds)[number];

/** How much of a trace each kind leaves in the records of looks. */
export const traceOf: Readonly<Record<TheftKind, 'plain' | 'ring' | 'faint' | 'none'>> = {
  'extra-looks': 'plain',
  'few-looks': 'faint',
  ring: 'ring',
  'rich-picks': 'plain',
  'after-closing': 'plain',
  leaver: 'plain',
  'after-leaving': 'plain',
  export: 'plain',
  'over-reveal': 'plain',
  'mild-reveal': 'faint',
  'self-made-cases': 'faint',
  'off-hours': 'faint',
  lingering: 'faint',
  'borrowed-login': 'faint',
  'taken-session': 'faint',
  'own-cases-only': 'none',
};

/** What is wanted of a planted theft. */
export interface TheftPlan {
  readonly kind: TheftKind;
  /** How many accounts do it together. */
  readonly accounts: number;
  readonly startDay: number;
  readonly days: number;
  /** Customers an account and working day; of an own-cases theft the share of the cases, in per cent. */
  readonly perDay: number;
  /** Who is stolen from: whoever, or a list of the richest share of all customers. */
  readonly richestShare?: number;
  /** Only accounts of this site, when named. */
  readonly site?: string;
  /** Days between one account's start and the next one's. */
  readonly recruitDays?: number;
}

/** One customer stolen through one access. */
export interface Take {
  /** The row of the access, in the log as it is written out. */
  readonly row: number;
  readonly customer: number;
  readonly atMs: number;
  /** A place in the names of field sets. */
  readonly fieldSet: number;
}

/** What one account stole. Several accounts may belong to one theft. */
export interface Theft {
  /** Which of the world's plans this belongs to. */
  readonly plan: number;
  readonly kind: TheftKind;
  readonly agent: number;
  /** In the order of time. */
  readonly takes: readonly Take[];
}
