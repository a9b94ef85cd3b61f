import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import type { Instant } from '../../model/instant.ts';
import { exposePlaintext, type Plain, plain } from '../../model/plain.ts';

/** Headers of one delivery, names in lower case, as Node gives them. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SignedDelivery {
  /** Every secret that may sign now: during a rotation the old one and the new one. */
  readonly secrets: readonly WebhookSecret[];
  readonly headers: WebhookHeaders;
  /** The bytes as they came: what was signed is bytes, and parsing loses them. */
  readonly rawBody: Uint8Array;
  readonly now: Instant;
}

/** The key behind `whsec_...`, decoded. */
export type WebhookSecret = Plain<Buffer>;

/** Of a delivery that is what it claims to be: its id, and its body as text. */
export interface VerifiedDelivery {
  readonly webhookId: string;
  readonly body: string;
}

/** How far the signed time may lie from ours, either way: a delivery caught and sent again later is refused. */
export const toleranceMs = 5 * 60_000;

const secretBytesMin = 24;
const secretBytesMax = 64;
const signaturesMax = 16;
const idShape = /^[A-Za-z0-9_.:-]{1,128}$/;
const timestampShape = /^[1-9]\d{0,11}$/;
const signatureBytes = 32;

/**
 * Reads a secret in the form of the Standard Webhooks specification: `whsec_` and 24 to 64 bytes in base64.
 * @throws RangeError that names the form and never the secret.
 */
export const readWebhookSecret = (text: string): WebhookSecret => {
  const encoded = text.startsWith('whsec_') ? text.slice('whsec_'.length) : text;
  const key = Buffer.from(encoded, 'base64');
  const canonical = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (!canonical || key.length < secretBytesMin || key.length > secretBytesMax)
    throw new RangeError(
      `a webhook secret is whsec_ and ${secretBytesMin} to ${secretBytesMax} random bytes in base64; make one with: openssl rand -base64 32`,
    );
  return plain(key);
};

const forged = (inward: string): Fault => new Fault('webhook-forged', inward);

const only = (headers: WebhookHeaders, name: string): string => {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw forged(`the header ${name} is missing or repeated`);
  return value;
};

const readSignatures = (header: string): Buffer[] => {
  const versioned = header.split(' ');
  if (versioned.length > signaturesMax) throw forged(`more than ${signaturesMax} signatures`);
  return (
    versioned
      .filter((signature) => signature.startsWith('v1,'))
      .map((signature) => signature.slice('v1,'.length))
      .map((encoded) => ({ encoded, bytes: Buffer.from(encoded, 'base64') }))
      // Node reads base64 leniently: only the one canonical form is a signature.
      .filter(({ encoded, bytes }) => bytes.length === signatureBytes && bytes.toString('base64') === encoded)
      .map(({ bytes }) => bytes)
  );
};

/**
 * Judges a delivery by the Standard Webhooks specification: HMAC-SHA-256 under a shared secret over
 * `id.timestamp.body`, base64, one or more in `webhook-signature` as `v1,...`. Symmetric signatures only.
 * Since the time is digits alone and our body begins with a brace, no other split of the signed text fits.
 * @throws Fault `webhook-forged` for a missing header, a time off by more than `toleranceMs`, or no fitting
 *   signature; what exactly was wrong stays inside.
 */
export const verifyCaseWebhook = ({ secrets, headers, rawBody, now }: SignedDelivery): VerifiedDelivery => {
  const webhookId = only(headers, 'webhook-id');
  const timestamp = only(headers, 'webhook-timestamp');
  const given = readSignatures(only(headers, 'webhook-signature'));
  if (!idShape.test(webhookId)) throw forged('the webhook-id has characters other than A-Z a-z 0-9 _ . : -');
  if (!timestampShape.test(timestamp)) throw forged('the webhook-timestamp is not in whole seconds');
  const aheadMs = Number(timestamp) * 1_000 - now;
  if (aheadMs > toleranceMs || aheadMs < -toleranceMs)
    throw forged(
      `the webhook-timestamp is ${aheadMs > 0 ? 'ahead of' : 'behind'} our clock by more than 5 minutes`,
    );
  const signed = Buffer.concat([Buffer.from(`${webhookId}.${timestamp}.`), rawBody]);
  let fits = 0;
  // Every secret is tried against every signature in constant time, so that timing tells neither
  // which secret fits nor how much of a guess was right.
  for (const secret of secrets) {
    const expected = createHmac('sha256', exposePlaintext(secret)).update(signed).digest();
    for (const signature of given) fits |= Number(timingSafeEqual(expected, signature));
  }
  if (fits === 0) throw forged('no signature fits any of the secrets');
  return { webhookId, body: Buffer.from(rawBody).toString('utf8') };
};
