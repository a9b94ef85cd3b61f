import { createHmac } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import { exposePlaintext, type Plain } from '../../model/plain.ts';
import type { Chance, Clock } from '../../model/ports.ts';

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks writes secrets. */
  readonly secret: Plain<string>;
}

export interface WebhookPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  /** How long the other side may take to answer. */
  readonly answerMsMax: number;
}

/**
 * Signs a message as Standard Webhooks 1.0.0 asks: HMAC-SHA-256 over `id.timestamp.body` with the secret's bytes.
 * @throws Fault `bad-request` when the secret is not of the form `whsec_<base64>`.
 */
export const signWebhook = (
  secret: Plain<string>,
  message: { id: string; timestamp: number; body: string },
): string => {
  const bytes = /^whsec_([A-Za-z0-9+/]{32,}={0,2})$/.exec(exposePlaintext(secret))?.[1];
  if (!bytes) throw new Fault('bad-request', 'a webhook secret reads whsec_ and at least 24 bytes of base64');
  const mac = createHmac('sha256', Buffer.from(bytes, 'base64'));
  return `v1,${mac.update(`${message.id}.${message.timestamp}.${message.body}`).digest('base64')}`;
};

/**
 * Sends signed messages to one address of the organisation's own systems. The body may hold plaintext (a number
 * to dial), so nothing of it is kept and no error quotes it.
 * @throws Fault `contact-failed` when the other side cannot be reached, is too slow or does not answer 2xx.
 */
export const sendSignedWebhook = async (
  target: WebhookTarget,
  ports: WebhookPorts,
  payload: object,
): Promise<void> => {
  const id = `msg_${Buffer.from(ports.chance.bytes(16)).toString('hex')}`;
  const timestamp = Math.floor(ports.clock.now() / 1_000);
  const body = JSON.stringify(payload);
  const answer = await fetch(target.url, {
    method: 'POST',
    redirect: 'error',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(target.secret, { id, timestamp, body }),
    },
    body,
    signal: AbortSignal.timeout(ports.answerMsMax),
  }).catch(() => {
    throw new Fault('contact-failed', 'the webhook target could not be reached in time');
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Fault('contact-failed', `the webhook target answered ${answer.status}`);
};
