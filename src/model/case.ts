import type { Instant } from './instant.ts';

/** A change of a case as the help desk tells it. `helper-joined` and `helper-left` record a second agent at work. */
export const caseChangeKinds = [
  'opened',
  'assigned',
  'helper-joined',
  'helper-left',
  'replied',
  'closed',
  'reopened',
] as const;
export type CaseChangeKind = (typeof caseChangeKinds)[number];

export const channels = ['phone', 'chat', 'mail', 'web', 'social', 'other'] as const;
export type Channel = (typeof channels)[number];

export const initiators = ['customer', 'agent', 'system'] as const;
export type Initiator = (typeof initiators)[number];

/** One change, in the help desk's own references. Undefined means: this change says nothing about it. */
export interface CaseChange {
  /** The sender's id of this message: the same id is the same change, however often it arrives. */
  readonly messageId: string;
  readonly caseRef: string;
  readonly kind: CaseChangeKind;
  /** When it happened, by the help desk's clock, at most a little later than when we received it. */
  readonly at: Instant;
  readonly agentRef: string | undefined;
  readonly customerRefHash: string | undefined;
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: Channel | undefined;
  readonly initiatedBy: Initiator | undefined;
}

/** A case as all its changes together make it. */
export interface CaseState {
  readonly open: boolean;
  readonly holderRef: string | undefined;
  readonly helperRefs: readonly string[];
  readonly customerRefHash: string | undefined;
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: Channel | undefined;
  readonly initiatedBy: Initiator | undefined;
  readonly openedAt: Instant;
  readonly closedAt: Instant | undefined;
  readonly heldSince: Instant | undefined;
  readonly lastChangeAt: Instant;
}

const rank: Record<CaseChangeKind, number> = {
  opened: 0,
  reopened: 1,
  assigned: 2,
  'helper-joined': 3,
  'helper-left': 4,
  replied: 5,
  closed: 6,
};

/** The one order in which changes count, whatever order they arrived in: time, then kind, then message id. */
export const compareChanges = (a: CaseChange, b: CaseChange): number =>
  a.at - b.at ||
  rank[a.kind] - rank[b.kind] ||
  (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0);

const apply = (state: CaseState, change: CaseChange): CaseState => {
  const told: CaseState = {
    ...state,
    customerRefHash: change.customerRefHash ?? state.customerRefHash,
    queueRef: change.queueRef ?? state.queueRef,
    topic: change.topic ?? state.topic,
    channel: change.channel ?? state.channel,
    initiatedBy: state.initiatedBy ?? change.initiatedBy,
    lastChangeAt: change.at,
  };
  switch (change.kind) {
    case 'opened':
    case 'reopened':
      return {
        ...told,
        open: true,
        closedAt: undefined,
        ...(change.agentRef ? { holderRef: change.agentRef, heldSince: change.at } : {}),
      };
    case 'assigned': {
      const moved = change.agentRef !== state.holderRef;
      return {
        ...told,
        holderRef: change.agentRef,
        heldSince: moved ? change.at : state.heldSince,
        helperRefs: moved ? [] : state.helperRefs,
      };
    }
    case 'helper-joined':
      return change.agentRef && !state.helperRefs.includes(change.agentRef)
        ? { ...told, helperRefs: [...state.helperRefs, change.agentRef] }
        : told;
    case 'helper-left':
      return { ...told, helperRefs: state.helperRefs.filter((ref) => ref !== change.agentRef) };
    case 'closed':
      return { ...told, open: false, closedAt: change.at, helperRefs: [] };
    case 'replied':
      return told;
  }
};

/**
 * Folds all known changes of one case into its state. The result depends on the set of changes alone, so a
 * webhook that arrives late, twice or out of order leads to the same state. A case whose `opened` has not
 * arrived yet is not open: fail closed.
 */
export const foldCase = (changes: readonly CaseChange[]): CaseState | undefined => {
  const ordered = changes.toSorted(compareChanges);
  const first = ordered[0];
  if (!first) return undefined;
  const blank: CaseState = {
    open: false,
    holderRef: undefined,
    helperRefs: [],
    customerRefHash: undefined,
    queueRef: undefined,
    topic: undefined,
    channel: undefined,
    initiatedBy: undefined,
    openedAt: first.at,
    closedAt: undefined,
    heldSince: undefined,
    lastChangeAt: first.at,
  };
  return ordered.reduce(apply, blank);
};
