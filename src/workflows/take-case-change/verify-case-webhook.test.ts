import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { type Instant, instantOf, later } from '../../model/instant.ts';
import { readWebhookSecret, toleranceMs, verifyCaseWebhook } from './verify-case-webhook.ts';

const secretText = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const now = instantOf(Date.UTC(2026, 10, 22, 12));

/** Signs as any sender does who uses the public reference library. */
const sign = (over: { id?: string; body?: string; at?: Instant; fill?: number } = {}) => {
  const { id = 'msg_1', body = '{"type":"case.changed"}', at = now, fill = 1 } = over;
  const signature = new Webhook(secretText(fill)).sign(id, new Date(at), body);
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': signature,
    },
    rawBody: Buffer.from(body),
  };
};

const secrets = [readWebhookSecret(secretText(1))];

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (isFault(thrown)) return thrown.code;
    throw thrown;
  }
  return 'taken';
};

describe('a signed case webhook', () => {
  it('is taken when the public reference library signed it, whatever its body', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[A-Za-z0-9_.:-]{1,128}$/),
        (body, id) => {
          const delivery = sign({ body, id });
          expect(verifyCaseWebhook({ ...delivery, secrets, now })).toEqual({ webhookId: id, body });
        },
      ),
    );
  });

  it('is forged when any one bit of its body is another', () => {
    const delivery = sign();
    fc.assert(
      fc.property(fc.nat(delivery.rawBody.length * 8 - 1), (bit) => {
        const rawBody = Buffer.from(delivery.rawBody);
        rawBody[bit >> 3] = (rawBody[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(codeOf(() => verifyCaseWebhook({ ...delivery, rawBody, secrets, now }))).toBe(
          'webhook-forged',
        );
      }),
    );
  });

  it('is forged under another secret, id or time than it was signed with', () => {
    const { headers, rawBody } = sign();
    const stranger = sign({ fill: 9 });
    expect(codeOf(() => verifyCaseWebhook({ ...stranger, secrets, now }))).toBe('webhook-forged');
    for (const changed of [
      { 'webhook-id': 'msg_2' },
      { 'webhook-timestamp': String(Math.floor(now / 1000) + 1) },
      { 'webhook-signature': `v2,${headers['webhook-signature'].slice(3)}` },
    ])
      expect(
        codeOf(() => verifyCaseWebhook({ headers: { ...headers, ...changed }, rawBody, secrets, now })),
      ).toBe('webhook-forged');
  });

  it('is taken up to five minutes off our clock either way, and forged beyond', () => {
    for (const [offMs, expected] of [
      [-toleranceMs, 'taken'],
      [toleranceMs, 'taken'],
      [-toleranceMs - 1_000, 'webhook-forged'],
      [toleranceMs + 1_000, 'webhook-forged'],
    ] as const)
      expect(codeOf(() => verifyCaseWebhook({ ...sign({ at: later(now, offMs) }), secrets, now }))).toBe(
        expected,
      );
  });

  it('is taken under either secret while they rotate, and with several signatures', () => {
    const rotating = [readWebhookSecret(secretText(2)), readWebhookSecret(secretText(1))];
    expect(codeOf(() => verifyCaseWebhook({ ...sign({ fill: 1 }), secrets: rotating, now }))).toBe('taken');
    expect(codeOf(() => verifyCaseWebhook({ ...sign({ fill: 2 }), secrets: rotating, now }))).toBe('taken');
    const { headers, rawBody } = sign({ fill: 1 });
    const both = `${sign({ fill: 7 }).headers['webhook-signature']} ${headers['webhook-signature']}`;
    expect(
      codeOf(() =>
        verifyCaseWebhook({ headers: { ...headers, 'webhook-signature': both }, rawBody, secrets, now }),
      ),
    ).toBe('taken');
  });

  it('is forged when there is no secret at all', () => {
    expect(codeOf(() => verifyCaseWebhook({ ...sign(), secrets: [], now }))).toBe('webhook-forged');
  });

  it('is forged, not a crash, for any headers at all', () => {
    const header = fc.oneof(fc.string(), fc.constant(undefined), fc.array(fc.string(), { maxLength: 2 }));
    fc.assert(
      fc.property(header, header, header, (id, timestamp, signature) => {
        const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
        expect(codeOf(() => verifyCaseWebhook({ headers, rawBody: Buffer.from('{}'), secrets, now }))).toBe(
          'webhook-forged',
        );
      }),
    );
  });

  it('refuses more signatures than a rotation needs, before any is computed', () => {
    const { headers, rawBody } = sign();
    const many = Array.from({ length: 17 }, () => headers['webhook-signature']).join(' ');
    expect(
      codeOf(() =>
        verifyCaseWebhook({ headers: { ...headers, 'webhook-signature': many }, rawBody, secrets, now }),
      ),
    ).toBe('webhook-forged');
  });
});

describe('a webhook secret', () => {
  it('is refused when it is short, long or no base64, without being repeated', () => {
    for (const text of [
      '',
      'whsec_',
      'whsec_hunter2',
      `whsec_${Buffer.alloc(65).toString('base64')}`,
      'whsec_ä!',
    ]) {
      expect(() => readWebhookSecret(text)).toThrow(RangeError);
      try {
        readWebhookSecret(text);
      } catch (thrown) {
        if (text.length > 6) expect(String(thrown)).not.toContain(text.slice(6));
      }
    }
  });

  it('prints as redacted', () => {
    expect(`${readWebhookSecret(secretText(1))}`).toBe('[redacted]');
  });
});
