import { Fault } from '../../model/fault.ts';
import type { Instant } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import type { ReceivedChange } from '../../records/cases/case-change-row.ts';
import type { CaseWriter } from '../../records/cases/case-writer.ts';
import type { ChangeOutcome } from '../../records/cases/take-changes.ts';
import { type HashCustomerRef, isFieldProblem, readToldChange } from '../../records/cases/told-change.ts';
import { readCaseWebhookBody } from './case-webhook-body.ts';
import { holdBack } from './hold-back.ts';
import {
  type VerifiedDelivery,
  verifyCaseWebhook,
  type WebhookHeaders,
  type WebhookSecret,
} from './verify-case-webhook.ts';

export interface TakeCasePorts {
  readonly cases: CaseWriter;
  readonly clock: Clock;
  readonly keys: Pick<KeyEncryption, 'hash'>;
  readonly secrets: readonly WebhookSecret[];
}

export interface CaseDelivery {
  readonly headers: WebhookHeaders;
  readonly rawBody: Uint8Array;
}

/** What became of a delivery. A sender that is told of conflicts has used one id for two different messages. */
export interface CaseDeliveryTaken {
  readonly results: readonly { readonly messageId: string; readonly outcome: ChangeOutcome }[];
  readonly counts: Readonly<Record<ChangeOutcome, number>>;
  /** How many changes claimed a time in the future and were held back. */
  readonly heldBack: number;
}

/**
 * The id of one change: the delivery's own, or within a batch its place in three digits, so that changes of the
 * same instant keep the order in which they stand.
 */
const messageIdOf = (webhookId: string, index: number, single: boolean): string =>
  single ? webhookId : `${webhookId}/${index.toString().padStart(3, '0')}`;

/** The customer's reference leaves here as a keyed hash and is kept nowhere. */
const customerRefHasher =
  (keys: Pick<KeyEncryption, 'hash'>): HashCustomerRef =>
  (trimmedRef) =>
    keys.hash('customer-ref', trimmedRef).toString('hex');

/**
 * Reads the changes of a verified delivery.
 * @throws Fault `bad-request` naming the field, for the sender to read; it repeats no value.
 */
const readDelivery = (
  delivery: VerifiedDelivery,
  keys: TakeCasePorts['keys'],
  now: Instant,
): ReceivedChange[] => {
  const { single, changes } = readCaseWebhookBody(delivery.body);
  const hashCustomerRef = customerRefHasher(keys);
  const understood = changes.map((change, index) => {
    const read = readToldChange(change, hashCustomerRef);
    if (!isFieldProblem(read)) return read;
    const where = single ? read.field : `changes[${index}].${read.field}`;
    const detail = `Case webhook: ${where} ${read.problem}.`;
    throw new Fault('bad-request', detail, { detail });
  });
  const times = holdBack(
    understood.map((change) => change.at),
    now,
  );
  return understood.map((change, index) => ({
    ...change,
    ...(times[index] ?? { claimedAt: undefined }),
    messageId: messageIdOf(delivery.webhookId, index, single),
    receivedAt: now,
  }));
};

/**
 * Takes one delivery of the case webhook: verified, read, recorded; the cases are up to date when it resolves. A
 * delivery that comes again answers `repeated` and changes nothing. Agents, customers and queues that nobody
 * has heard of are taken too: they may arrive later, and until then nobody matches them.
 * @throws Fault `webhook-forged`, `bad-request`, `busy`, `storage-full`, `storage-down`.
 */
export const takeCaseChange = async (
  ports: TakeCasePorts,
  delivery: CaseDelivery,
): Promise<CaseDeliveryTaken> => {
  const now = ports.clock.now();
  const verified = verifyCaseWebhook({ ...delivery, secrets: ports.secrets, now });
  const changes = readDelivery(verified, ports.keys, now);
  const outcomes = await ports.cases.takeChanges(changes);
  const results = changes.map(({ messageId }, index) => ({
    messageId,
    outcome: outcomes[index] ?? 'conflict',
  }));
  const count = (outcome: ChangeOutcome): number => results.filter((one) => one.outcome === outcome).length;
  return {
    results,
    counts: { new: count('new'), repeated: count('repeated'), conflict: count('conflict') },
    heldBack: changes.filter((change) => change.claimedAt !== undefined).length,
  };
};
