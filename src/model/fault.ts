/**
 * Faults: what goes wrong without anyone having said no. A refusal is a value (see refusal.ts); a fault is
 * thrown. The list is closed. `outward` is what strangers may read; the inward text stays in the server's log
 * and holds no personal data either.
 */
export const faults = {
  'bad-request': { status: 400, outward: 'The request is not in the form this address expects.' },
  'not-signed-in': { status: 401, outward: 'Sign in first: this session is unknown or has ended.' },
  'not-allowed': { status: 403, outward: 'Your role does not include this.' },
  'cross-site': {
    status: 403,
    outward: 'This request did not come from Casebound’s own pages, so it was not taken.',
  },
  'sign-in-failed': {
    status: 400,
    outward: 'This sign-in could not be completed: it is too old or was started elsewhere. Start again.',
  },
  'not-admitted': {
    status: 403,
    outward:
      'You are known to the sign-in service, but have no active account in Casebound. Ask your lead or administrator.',
  },
  'sign-in-down': {
    status: 503,
    outward: 'The sign-in service cannot be reached right now. Open sessions go on. Try again shortly.',
  },
  'not-found': { status: 404, outward: 'There is nothing here for you.' },
  conflict: {
    status: 409,
    outward: 'This was already done differently. Reload and look at the current state.',
  },
  'key-reused': { status: 409, outward: 'This Idempotency-Key was used for another request. Use a new key.' },
  'too-large': { status: 413, outward: 'The request is larger than this address accepts.' },
  'unsupported-type': {
    status: 415,
    outward: 'Send application/json, or pictures as multipart/form-data where pictures are read.',
  },
  unprocessable: { status: 422, outward: 'The request is well formed but its content cannot be used.' },
  'not-verified': {
    status: 422,
    outward: 'This evidence does not check out. Do not rely on it; ask for it again from its source.',
  },
  'too-many': { status: 429, outward: 'Too many requests. Wait a little, then go on.' },
  'webhook-forged': {
    status: 401,
    outward: 'The signature does not fit. Check the shared secret and the clock.',
  },
  busy: {
    status: 503,
    outward: 'Casebound cannot record right now, so it shows nothing. Try again shortly.',
  },
  'storage-full': {
    status: 503,
    outward:
      'Casebound cannot record right now, so it shows nothing. Its storage is full: call the operator.',
  },
  'storage-down': {
    status: 503,
    outward: 'Casebound cannot reach its database, so it shows nothing. Try again shortly.',
  },
  'storage-unusable': {
    status: 503,
    outward: 'Casebound cannot use its database, so it shows nothing. Call the operator.',
  },
  'vault-closed': {
    status: 503,
    outward: 'The vault cannot be opened right now, so nothing is shown. Call the operator.',
  },
  'ledger-stopped': {
    status: 503,
    outward: 'The ledger cannot be signed right now. Entries are still recorded. Call the operator.',
  },
  'policy-broken': {
    status: 503,
    outward: 'The rules cannot be evaluated, so nothing is shown. Call the operator.',
  },
  'contact-failed': {
    status: 502,
    outward: 'The call or mail could not be started. Nothing was shown. Try again.',
  },
  bug: { status: 500, outward: 'Something broke on our side. Nothing was shown.' },
} as const satisfies Record<string, { status: number; outward: string }>;

export type FaultCode = keyof typeof faults;

export class Fault extends Error {
  readonly code: FaultCode;
  /** What the asker may read in place of the code's general text; must hold nothing about customers. */
  readonly detail: string | undefined;

  constructor(code: FaultCode, inward: string, options: { cause?: unknown; detail?: string } = {}) {
    super(inward, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.detail = options.detail;
  }
  get status(): number {
    return faults[this.code].status;
  }
  get outward(): string {
    return this.detail ?? faults[this.code].outward;
  }
}

export const isFault = (thrown: unknown): thrown is Fault => thrown instanceof Fault;
