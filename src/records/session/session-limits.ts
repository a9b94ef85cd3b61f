/** How long a session may live. Handed in, so that tests and policy files can say otherwise. */
export interface SessionLimits {
  /** From sign-in to the end, whatever happens in between. */
  readonly lifetimeMs: number;
  /** Without any request for this long, it is over. */
  readonly idleMs: number;
  /** How often at most "last seen" is written: not at every request. */
  readonly seenEveryMs: number;
  /** Live sessions of one agent; the next sign-in ends the oldest. */
  readonly perAgentMax: number;
}

export const sessionLimits: SessionLimits = {
  lifetimeMs: 12 * 60 * 60_000,
  idleMs: 30 * 60_000,
  seenEveryMs: 60_000,
  perAgentMax: 5,
};
