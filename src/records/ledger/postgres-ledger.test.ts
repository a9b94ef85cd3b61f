import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { decodeDisclosure, digestDisclosure } from '../../analysis/tlog/entry/disclosure.ts';
import { decodeEntry, leafHash } from '../../analysis/tlog/entry/entry.ts';
import { type AgentId, type CustomerId, newId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { openMigratedDatabase } from '../schema/open-casebound-database.ts';
import { AccessSequence } from './access-sequence.ts';
import type { EntryDraft } from './entry-draft.ts';
import { followOnce } from './follow.ts';
import { type Committed, PostgresLedger } from './postgres-ledger.ts';
import { readSize } from './read-accesses.ts';
import { disclosureContext } from './seal-entry.ts';

const at = instantOf(Date.UTC(2026, 10, 23, 9));
const agentKey = SubjectKey.generate(systemChance);
const customerKey = SubjectKey.generate(systemChance);
const agentId: AgentId = newId('agent', systemChance);
const customers: CustomerId[] = Array.from({ length: 5 }, () => newId('customer', systemChance));

const draftOf = (customerId: CustomerId): EntryDraft => ({
  kind: 'access/v1',
  at,
  about: {
    customerId,
    sealer: customerKey.sealer('ledger'),
    disclosures: {
      action: 'reveal',
      case: 'cas_1',
      fields: ['phone'],
      reason: 'card was stolen in the tram',
    },
  },
  by: { agentId, sealer: agentKey.sealer('ledger'), disclosures: { agent: agentId, role: 'agent' } },
  access: {
    action: 'reveal',
    outcome: 'permitted',
    refusal: undefined,
    agentId,
    sessionId: newId('session', systemChance),
    teamId: undefined,
    siteId: undefined,
    vendorId: undefined,
    customerId,
    caseId: newId('case', systemChance),
    viewId: undefined,
    fields: ['phone' as never, 'email' as never],
    queueRef: 'cards',
    topic: 'card',
    channel: 'phone',
    initiatedBy: 'customer',
    reasonMark: undefined,
  },
});

const customerAt = (n: number): CustomerId => customers[n % customers.length] as CustomerId;

describe('the ledger on PostgreSQL', () => {
  let fresh: FreshDatabase;
  const open = (onCommitted: (committed: Committed) => void = () => {}) =>
    new PostgresLedger({ db: fresh.db, chance: systemChance, onCommitted });

  beforeAll(async () => {
    fresh = await freshDatabase();
  });
  afterAll(() => fresh.drop());

  it('gives places without gaps, each durable before it is answered', async () => {
    const ledger = open();
    const before = await readSize(fresh.db);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => ledger.append(draftOf(customerAt(n)))),
    );
    expect(answers.map((answer) => answer.seq)).toEqual(Array.from({ length: 40 }, (_, n) => before + n));
    const { rows } = await fresh.db.pool.query('select count(*) as entries, max(seq) as last from entry');
    expect(rows[0]).toEqual({ entries: before + 40, last: before + 39 });
    expect(await readSize(fresh.db)).toBe(before + 40);
  });

  it('holds in the tree only digests; what they stand for opens under the two keys and matches', async () => {
    const { seq } = await open().append(draftOf(customerAt(0)));
    const { rows } = await fresh.db.pool.query('select bytes, leaf_hash from entry where seq = $1', [seq]);
    const entry = decodeEntry(rows[0].bytes);
    expect(Buffer.from(leafHash(rows[0].bytes)).equals(rows[0].leaf_hash)).toBe(true);
    expect(entry).toMatchObject({ kind: 'access/v1', at });
    const text = rows[0].bytes.toString();
    for (const word of ['tram', 'phone', agentId, customerAt(0), 'cas_1']) expect(text).not.toContain(word);
    const open2 = async (subjectClass: 'customer' | 'actor', key: SubjectKey) => {
      const found = await fresh.db.pool.query(
        'select sealed from disclosure where seq = $1 and subject_class = $2',
        [seq, subjectClass],
      );
      return key
        .sealer('ledger')
        .open(found.rows[0].sealed, disclosureContext(seq, subjectClass))
        .toString()
        .split('\n');
    };
    const disclosures = [...(await open2('customer', customerKey)), ...(await open2('actor', agentKey))];
    for (const text of disclosures) expect(entry.digests).toContain(digestDisclosure(text));
    const named = Object.fromEntries(
      disclosures.map((text) => [decodeDisclosure(text).name, decodeDisclosure(text).value]),
    );
    expect(named).toMatchObject({
      customer: customerAt(0),
      reason: 'card was stolen in the tram',
      agent: agentId,
    });
  });

  it('counts each customer’s entries, so that a missing one shows', async () => {
    const customerId = newId('customer', systemChance);
    const [ledger, other] = [open(), open()];
    // Together, alone, and by another sequencer in between: the count goes on.
    const together = await Promise.all([1, 2].map(() => ledger.append(draftOf(customerId))));
    const answers = [...together];
    for (const by of [ledger, other, ledger, ledger]) answers.push(await by.append(draftOf(customerId)));
    const seqs = answers.map((answer) => answer.seq);
    const chains = [];
    for (const seq of seqs) {
      const { rows } = await fresh.db.pool.query(
        "select sealed from disclosure where seq = $1 and subject_class = 'customer'",
        [seq],
      );
      const texts = customerKey
        .sealer('ledger')
        .open(rows[0].sealed, disclosureContext(seq, 'customer'))
        .toString()
        .split('\n');
      chains.push(texts.map(decodeDisclosure).find((disclosure) => disclosure.name === 'chain')?.value);
    }
    expect(chains).toEqual(seqs.map((_, n) => ({ no: n + 1, previous: seqs[n - 1] ?? null })));
  });

  it('records a retry once, also when both tries travel in one batch', async () => {
    const ledger = open();
    const idempotencyKey = randomUUID();
    const before = await readSize(fresh.db);
    const [first, second] = await Promise.all([
      ledger.append(draftOf(customerAt(1)), { idempotencyKey, fingerprint: 'a' }),
      ledger.append(draftOf(customerAt(1)), { idempotencyKey, fingerprint: 'a' }),
    ]);
    const third = await ledger.append(draftOf(customerAt(1)), { idempotencyKey, fingerprint: 'a' });
    expect(first).toMatchObject({ seq: before, repeated: false, sameAsk: true });
    expect(second).toMatchObject({ seq: before, repeated: true, sameAsk: true });
    expect(third).toMatchObject({ seq: before, repeated: true, at });
    expect(await readSize(fresh.db)).toBe(before + 1);
  });

  it('tells when a key is used again for something else', async () => {
    const ledger = open();
    const idempotencyKey = randomUUID();
    await ledger.append(draftOf(customerAt(1)), { idempotencyKey, fingerprint: 'a' });
    expect(await ledger.append(draftOf(customerAt(1)), { idempotencyKey, fingerprint: 'b' })).toMatchObject({
      repeated: true,
      sameAsk: false,
    });
  });

  it('stays whole when four sequencers append at once', async () => {
    const others = [1, 2, 3].map(() => openMigratedDatabase(fresh.connection));
    const ledgers = [
      open(),
      ...others.map((db) => new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} })),
    ];
    const before = await readSize(fresh.db);
    const answers = await Promise.all(
      ledgers.flatMap((ledger, l) =>
        Array.from({ length: 50 }, (_, n) => ledger.append(draftOf(customerAt(n + l)))),
      ),
    );
    expect(answers.map((answer) => answer.seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, n) => before + n),
    );
    const { rows } = await fresh.db.pool.query('select count(*) as entries from entry where seq >= $1', [
      before,
    ]);
    expect(rows[0].entries).toBe(200);
    await Promise.all(others.map((db) => db.close()));
  });

  it('shows every access once and in order to a reader, whoever committed it', async () => {
    const sequence = new AccessSequence(fresh.db, await readSize(fresh.db));
    const seen: number[] = [];
    sequence.subscribe((accesses) => seen.push(...accesses.map((access) => access.seq)));
    const other = openMigratedDatabase(fresh.connection);
    const mine = open((committed) => sequence.offer(committed));
    const theirs = new PostgresLedger({ db: other, chance: systemChance, onCommitted: () => {} });
    const from = sequence.next;
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => (n % 2 ? mine : theirs).append(draftOf(customerAt(n)))),
    );
    await sequence.catchUp();
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => from + n));
    await other.close();
  });

  it('keeps a reader’s position in the transaction of its work', async () => {
    await open().append(draftOf(customerAt(2)));
    const taken: number[] = [];
    const reader = {
      name: 'test-reader',
      take: async (_db: unknown, accesses: readonly { seq: number }[]) => {
        taken.push(...accesses.map((access) => access.seq));
        if (taken.length === 3) throw new Error('power cut');
      },
    };
    await expect(followOnce(fresh.db, reader, 3)).rejects.toThrow();
    taken.length = 4;
    while ((await followOnce(fresh.db, reader, 100)) > 0);
    const size = await readSize(fresh.db);
    expect(taken.slice(4)).toEqual(Array.from({ length: size }, (_, n) => n));
  });

  it('reads accesses back as they were drafted', async () => {
    const { seq } = await open().append(draftOf(customerAt(3)));
    const sequence = new AccessSequence(fresh.db, seq);
    const seen: unknown[] = [];
    sequence.subscribe((accesses) => seen.push(...accesses));
    await sequence.catchUp();
    expect(seen).toEqual([
      {
        ...draftOf(customerAt(3)).access,
        seq,
        at,
        sessionId: expect.any(String),
        caseId: expect.any(String),
      },
    ]);
  });

  it('answers storage-down and records nothing when the database is gone', async () => {
    const gone = openMigratedDatabase(fresh.connection);
    await gone.close();
    const ledger = new PostgresLedger({ db: gone, chance: systemChance, onCommitted: () => {} });
    const before = await readSize(fresh.db);
    await expect(ledger.append(draftOf(customerAt(0)))).rejects.toMatchObject({ code: 'storage-down' });
    expect(await readSize(fresh.db)).toBe(before);
  });
});
