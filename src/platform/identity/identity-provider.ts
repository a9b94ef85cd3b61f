/** What must come back unchanged for a sign-in to count. Kept by the browser, sealed; useless elsewhere. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: proves that whoever brings the code also started the sign-in. */
  readonly verifier: string;
}

export interface SignInStarted {
  /** Where to send the browser. */
  readonly url: string;
  readonly pending: PendingSignIn;
}

/** Whoever knows our people: any OpenID Connect provider. */
export interface IdentityProvider {
  /** @throws Fault `sign-in-down` when the provider cannot be reached. */
  start(): Promise<SignInStarted>;
  /**
   * Trades what the provider sent back for the person's subject there.
   * @throws Fault `sign-in-failed` when it does not fit what was started; `sign-in-down` when the provider is.
   */
  finish(cameBack: URLSearchParams, pending: PendingSignIn): Promise<{ readonly subject: string }>;
}
