import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { formatInstant, type Instant, instantOf, later } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { caseReader } from '../../records/cases/case-reader.ts';
import { caseWriter } from '../../records/cases/case-writer.ts';
import { type TakeCasePorts, takeCaseChange } from './take-case-change.ts';
import { readWebhookSecret } from './verify-case-webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const now = instantOf(Date.UTC(2026, 10, 22, 12));
const keys: TakeCasePorts['keys'] = {
  hash: (use, value) => createHmac('sha256', 'test key').update(`${use} ${value}`).digest().subarray(0, 16),
};

let fresh: FreshDatabase;
let ports: TakeCasePorts;
beforeAll(async () => {
  fresh = await freshDatabase();
  ports = {
    cases: caseWriter(fresh.db, seededChance(1)),
    clock: { now: () => now },
    keys,
    secrets: [readWebhookSecret(secret)],
  };
});
afterAll(() => fresh.drop());

const deliver = (id: string, body: object | string, receivedAt: Instant = now) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(receivedAt / 1000),
    'webhook-signature': new Webhook(secret).sign(id, new Date(receivedAt), text),
  };
  return takeCaseChange(
    { ...ports, clock: { now: () => receivedAt } },
    { headers, rawBody: Buffer.from(text) },
  );
};
const told = (over: object = {}) => ({
  type: 'case.changed',
  at: formatInstant(now),
  case: 'C-1',
  change: 'opened',
  agent: 'ann',
  ...over,
});
const { type: _, ...bare } = told();
const caseOf = (ref: string) => caseReader(fresh.db).caseByKey(ref);

describe('the webhook of the help desk', () => {
  it('brings a case up to date, and says repeated when it comes again', async () => {
    const first = await deliver('msg_1', told());
    expect(first).toEqual({
      results: [{ messageId: 'msg_1', outcome: 'new' }],
      counts: { new: 1, repeated: 0, conflict: 0 },
      heldBack: 0,
    });
    expect((await deliver('msg_1', told())).counts).toEqual({ new: 0, repeated: 1, conflict: 0 });
    expect((await deliver('msg_1', told({ agent: 'eve' }))).counts).toEqual({
      new: 0,
      repeated: 0,
      conflict: 1,
    });
    expect(await caseOf('C-1')).toMatchObject({ open: true, holderRef: 'ann' });
  });

  it('leads to the same case when its messages overtake each other', async () => {
    await deliver('late_3', told({ case: 'C-late', change: 'closed', at: formatInstant(later(now, 2)) }));
    await deliver(
      'late_2',
      told({ case: 'C-late', change: 'assigned', agent: 'bob', at: formatInstant(later(now, 1)) }),
    );
    expect(await caseOf('C-late')).toMatchObject({ open: false });
    await deliver('late_1', told({ case: 'C-late' }));
    expect(await caseOf('C-late')).toMatchObject({ open: false, holderRef: 'bob', closedAt: later(now, 2) });
  });

  it('stores a keyed hash of the customer reference and the reference itself nowhere', async () => {
    await deliver('msg_cust', told({ case: 'C-cust', customer: '  KUNDE-4711 ' }));
    const found = await caseOf('C-cust');
    expect(found?.customerRefHash).toBe(keys.hash('customer-ref', 'KUNDE-4711').toString('hex'));
    const rows = await sql`select row_to_json(c)::text as t from case_change c
      union all select row_to_json(s)::text from support_case s`.execute(fresh.db.kysely);
    expect(JSON.stringify(rows.rows)).not.toContain('4711');
  });

  it('takes agents, customers and queues that nobody has heard of', async () => {
    await deliver(
      'msg_unknown',
      told({ case: 'C-unknown', agent: 'new-hire', queue: 'new-queue', customer: 'new' }),
    );
    expect(await caseOf('C-unknown')).toMatchObject({ holderRef: 'new-hire', queueRef: 'new-queue' });
  });

  it('holds a time of the future back to receipt and keeps the claim', async () => {
    const hourAhead = formatInstant(later(now, 3_600_000));
    const taken = await deliver('msg_ahead', told({ case: 'C-ahead', at: hourAhead }));
    expect(taken.heldBack).toBe(1);
    expect(await caseOf('C-ahead')).toMatchObject({ openedAt: now });
    const rows =
      await sql`select at, claimed_at, received_at from case_change where message_id = 'msg_ahead'`.execute(
        fresh.db.kysely,
      );
    expect(rows.rows).toEqual([{ at: now, claimed_at: later(now, 3_600_000), received_at: now }]);
  });

  it('lets a case whose clock ran ahead be closed by one whose clock is right', async () => {
    await deliver('skew_1', told({ case: 'C-skew', at: formatInstant(later(now, 3_600_000)) }));
    await deliver(
      'skew_2',
      told({ case: 'C-skew', change: 'closed', at: formatInstant(later(now, 60_000)) }),
      later(now, 60_000),
    );
    expect(await caseOf('C-skew')).toMatchObject({ open: false });
  });

  it('takes many changes at once, in the order in which they stand when their times are equal', async () => {
    const agents = Array.from({ length: 12 }, (__, n) => `agent-${n}`);
    const changes = [
      { ...bare, case: 'C-many' },
      ...agents.map((agent) => ({ ...bare, case: 'C-many', change: 'assigned', agent })),
    ];
    const taken = await deliver('msg_many', { type: 'case.changes', changes });
    expect(taken.counts.new).toBe(13);
    expect(taken.results[10]?.messageId).toBe('msg_many/010');
    expect(await caseOf('C-many')).toMatchObject({ holderRef: 'agent-11' });
    expect((await deliver('msg_many', { type: 'case.changes', changes })).counts.repeated).toBe(13);
  });

  it('takes all of a message or none, and names the wrong field without its value', async () => {
    const changes = [
      { ...bare, case: 'C-none' },
      { ...bare, case: 'C-none', at: 'yesterday by Ann' },
    ];
    await expect(deliver('msg_none', { type: 'case.changes', changes })).rejects.toMatchObject({
      code: 'bad-request',
      outward:
        'Case webhook: changes[1].at is not an RFC 3339 time with its offset, such as 2026-11-22T12:45:06Z.',
    });
    expect(await caseOf('C-none')).toBeUndefined();
  });

  it('is looked at only when the signature fits: a forged one learns nothing about its body', async () => {
    const body = Buffer.from('{"type": not even JSON');
    const headers = {
      'webhook-id': 'f',
      'webhook-timestamp': String(now / 1000),
      'webhook-signature': 'v1,AAAA',
    };
    await expect(takeCaseChange(ports, { headers, rawBody: body })).rejects.toMatchObject({
      code: 'webhook-forged',
    });
  });

  it('is refused when a delivery caught yesterday is sent again today', async () => {
    const text = JSON.stringify(told({ case: 'C-replay' }));
    const yesterday = later(now, -86_400_000);
    const headers = {
      'webhook-id': 'msg_replay',
      'webhook-timestamp': String(yesterday / 1000),
      'webhook-signature': new Webhook(secret).sign('msg_replay', new Date(yesterday), text),
    };
    await expect(takeCaseChange(ports, { headers, rawBody: Buffer.from(text) })).rejects.toMatchObject({
      code: 'webhook-forged',
    });
  });
});
