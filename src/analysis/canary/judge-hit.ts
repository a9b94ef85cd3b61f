/** Somebody used a contact that only a view could have given them. */
export interface CanaryHit {
  /** `canary`: a made-up customer; `alias`: a contact made for one account and one customer. */
  readonly kind: 'canary' | 'alias';
  readonly hitAtMs: number;
  /** Every view that showed it. */
  readonly views: readonly { readonly agent: string; readonly viewId: string; readonly atMs: number }[];
  /** When it went out of our hands by other ways: mailed, dialled, handed to another system. */
  readonly sentAtMs: readonly number[];
  /** When it was burnt: since then it proves nothing. */
  readonly burntAtMs: number | undefined;
  /** How many accounts there are, for the prior. */
  readonly agents: number;
  /** The chance that it would be used in this time without any theft: random dialling, guessing. */
  readonly byChance: number;
}

export interface HitVerdict {
  /** `view`: this view; `account`: this account, in one of several views; `accounts`: one of these; else nothing. */
  readonly proves: 'view' | 'account' | 'accounts' | 'nothing';
  readonly accounts: readonly { readonly agent: string; readonly posterior: number }[];
  readonly viewIds: readonly string[];
  /** The copy was made between these two. */
  readonly copiedBetweenMs: readonly [number, number] | undefined;
  /** It had been sent elsewhere before: others could have had it. */
  readonly isContaminated: boolean;
  readonly sentences: readonly string[];
}

const nothing = (sentence: string, isContaminated = false): HitVerdict => ({
  proves: 'nothing',
  accounts: [],
  viewIds: [],
  copiedBetweenMs: undefined,
  isContaminated,
  sentences: [sentence],
});

/** Before anything is known, 1 in a hundred thefts goes through a way that no view shows: a system, a partner. */
const otherWays = 0.01;
/** Once it was sent out, whoever carries mail and calls is as good an explanation as the view. */
const otherWaysWhenSent = 0.5;

/**
 * What a hit proves. An alias names its view while it was shown once and never sent; sent before the hit, it names
 * nobody by itself. A canary names the account that alone saw it; shown to several it names the group.
 */
export const judgeHit = (hit: CanaryHit): HitVerdict => {
  const { kind, hitAtMs, burntAtMs, byChance, agents } = hit;
  if (burntAtMs !== undefined && hitAtMs >= burntAtMs)
    return nothing('It had been burnt before it was used: this proves nothing.');
  const views = hit.views.filter(({ atMs }) => atMs <= hitAtMs);
  const isContaminated = hit.sentAtMs.some((sentMs) => sentMs <= hitAtMs);
  if (views.length === 0)
    return nothing(
      'It was used before any account saw it: it came from elsewhere, or by chance.',
      isContaminated,
    );
  const byAgent = Map.groupBy(views, ({ agent }) => agent);
  const elsewhere = isContaminated ? otherWaysWhenSent : otherWays;
  // Accounts that saw it are alike; chance competes with one theft among all accounts.
  const theft = (1 - elsewhere) * (1 / Math.max(1, agents)) * byAgent.size;
  const innocent = elsewhere / Math.max(1, agents) + byChance;
  const posterior = theft / (theft + innocent) / byAgent.size;
  const accounts = [...byAgent.keys()].sort().map((agent) => ({ agent, posterior }));
  const first = Math.min(...views.map(({ atMs }) => atMs));
  const proves = isContaminated
    ? 'nothing'
    : byAgent.size > 1
      ? 'accounts'
      : views.length > 1
        ? 'account'
        : 'view';
  return {
    proves,
    accounts,
    viewIds: views.map(({ viewId }) => viewId),
    copiedBetweenMs: [first, hitAtMs],
    isContaminated,
    sentences: sentencesOf({ kind, isContaminated, accounts: byAgent.size, views: views.length, byChance }),
  };
};

const sentencesOf = (found: {
  readonly kind: CanaryHit['kind'];
  readonly isContaminated: boolean;
  readonly accounts: number;
  readonly views: number;
  readonly byChance: number;
}): readonly string[] => {
  const { kind, isContaminated, accounts, views, byChance } = found;
  const thing = kind === 'alias' ? 'This alias' : 'This canary';
  const sentences = [
    accounts > 1
      ? `${thing} was shown to ${accounts} accounts: one of them, and no other, could have copied it.`
      : views > 1
        ? `${thing} was shown to one account only, ${views} times.`
        : `${thing} was shown once, to one account.`,
  ];
  if (isContaminated)
    sentences.push(
      'It had been mailed, dialled or passed on before it was used: whoever carried it could have it too, so it names nobody by itself.',
    );
  if (byChance > 1e-6)
    sentences.push('It can be hit by chance, as by random dialling: look for a second, independent hit.');
  sentences.push('An account is a login: who sat before it is not known. Review it; do not accuse.');
  return sentences;
};

/** Why a canary or an alias is given up. */
export type BurnReason = 'hit' | 'recognised' | 'sent' | 'shown-outside-plan' | 'worn';

/** Past this age a canary is known by habit. */
export const wornAfterDays = 120;

/**
 * Whether a canary is to be burnt, and why. A hit that was acted upon tells the thief; a canary that was sent, or
 * shown to accounts outside of its plan, no longer names anybody.
 */
export const burnReasonOf = (canary: {
  readonly plannedAgents: readonly string[];
  readonly seenBy: readonly string[];
  readonly ageDays: number;
  readonly hits: number;
  readonly timesSent: number;
  readonly wasRecognised: boolean;
}): BurnReason | undefined => {
  if (canary.wasRecognised) return 'recognised';
  if (canary.hits > 0) return 'hit';
  if (canary.timesSent > 0) return 'sent';
  if (canary.seenBy.some((agent) => !canary.plannedAgents.includes(agent))) return 'shown-outside-plan';
  return canary.ageDays > wornAfterDays ? 'worn' : undefined;
};
