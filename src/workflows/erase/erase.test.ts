import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  erasureCodeOf as codeOf,
  ErasureGround,
  groundStart,
  nothingLeft as nothing,
} from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { openCheckpoint } from '../../analysis/tlog/checkpoint/checkpoint.ts';
import { verifyTlogProof } from '../../analysis/tlog/checkpoint/tlog-proof.ts';
import { leafHash } from '../../analysis/tlog/entry/entry.ts';
import { makeSignerKey } from '../../analysis/tlog/note/signer-key.ts';
import type { Actor } from '../../model/actor.ts';
import { type CustomerId, newId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import { plain } from '../../model/plain.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { FolderLogStore } from '../../platform/log-store/folder-log-store.ts';
import type { HoldCover } from '../../records/hold/hold.ts';
import { holdWriter } from '../../records/hold/hold-writer.ts';
import { proveEntry } from '../../records/ledger/publish/prove-entry.ts';
import { LedgerPublisher } from '../../records/ledger/publish/publisher.ts';
import { erase } from './erase.ts';
import type { ErasePorts, ErasureAsk } from './erase-ports.ts';

let fresh: FreshDatabase;
let ground: ErasureGround;
let pia: Actor;
let ann: Actor;
let number = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  ground = new ErasureGround(fresh.db);
  pia = await ground.person('responder');
  ann = await ground.person('agent');
});
afterAll(() => fresh.drop());

const askFor = (id: CustomerId, changes: Partial<ErasureAsk> = {}): ErasureAsk => {
  number += 1;
  return {
    subject: { subjectClass: 'customer', id },
    request: `DSR-${number}`,
    basis: 'objection',
    ...changes,
  };
};
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.staging'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path.slice(folder.length), readFileSync(path).toString('base64')]),
  );

describe('erasing a customer', () => {
  it('leaves nothing by which they are found or read, and touches nobody else', async () => {
    const [rosa, omar] = [await ground.customer(), await ground.customer()];
    await ground.look(rosa, ann.agentId, 7);
    await ground.look(omar, ann.agentId, 3);
    await ground.db.pool.query(
      'update support_case set found_customer_id = $1, customer_ref_hash = null where id = $2',
      [rosa.id, rosa.caseId],
    );
    await ground.db.pool.query(
      `insert into alert (id, at, kind, reasons) values ('alt_1', now(), 'k', '{}')`,
    );
    await ground.db.pool.query(
      `insert into lead (alert_id, source, agent_id, kind, score, told) values ('alt_1', 's', $1, 'k', '1', $2)`,
      [ann.agentId, JSON.stringify({ accesses: [rosa.id, omar.id] })],
    );
    const before = await ground.leftOf(omar.id);
    const refHash = ground.keys.hash('customer-ref', rosa.ref);
    expect(await erase(ground.ports, pia, askFor(rosa.id))).toMatchObject({ state: 'done', repeated: false });
    expect(await ground.leftOf(rosa.id)).toEqual(nothing);
    for (const table of [
      'customer where ref_hash = $1',
      'support_case where customer_ref_hash = $1',
      'case_change where customer_ref_hash = $1',
    ])
      expect([table, await ground.count(table, refHash)]).toEqual([table, 0]);
    expect(await ground.leftOf(omar.id)).toEqual(before);
    expect(await ground.count('lead where strpos(told, $1) > 0', rosa.id)).toBe(0);
    expect(await ground.count('lead where strpos(told, $1) > 0', omar.id)).toBe(1);
    // What the agent did is still there, and that it was one customer.
    const { rows } = await ground.db.pool.query(
      'select count(*) as looks, count(distinct customer_id) as customers from access where case_id = $1',
      [rosa.caseId],
    );
    expect(rows).toEqual([{ looks: 7, customers: 1 }]);
  });

  it('knows every column of the database that holds a customer’s id', async () => {
    const { rows } = await ground.db.pool.query<{ place: string }>(
      `select c.table_name || '.' || c.column_name as place from information_schema.columns c
       join pg_class p on p.oid = (quote_ident(c.table_schema) || '.' || quote_ident(c.table_name))::regclass
       where c.table_schema in ('public', 'keys') and not p.relispartition and c.column_name like '%customer%'
       order by place`,
    );
    // A new one needs a step in src/records/erasure before it may stand here; docs/adding.md says so.
    expect(rows.map(({ place }) => place)).toEqual([
      'access.customer_id',
      'approval.customer_id',
      'break_glass.customer_id',
      'case_change.customer_ref_hash',
      'customer_chain.customer_id',
      'customer_key.customer_id',
      'lookup_hash.customer_id',
      'shown_view.customer_id',
      'support_case.customer_ref_hash',
      'support_case.found_customer_id',
    ]);
  });

  it('changes no byte of the published log, and every proof made before still passes', async () => {
    const rosa = await ground.customer();
    const seqs = await ground.look(rosa, ann.agentId, 300);
    const folder = temporaryDirectory();
    const store = new FolderLogStore(folder, systemChance);
    const signer = makeSignerKey({ name: 'ledger.example/erase', type: 1, seed: plain(Buffer.alloc(32, 7)) });
    const publisher = new LedgerPublisher({ db: ground.db, store, signer, clock: ground.clock });
    const publish = async () => {
      for (let did = ''; did !== 'idle'; ) did = (await publisher.step()).did;
      return openCheckpoint((await store.read('checkpoint')) ?? Buffer.of(), signer.verifierKey);
    };
    const checkpoint = await publish();
    const proofs = await Promise.all(seqs.slice(0, 9).map((seq) => proveEntry(store, checkpoint, seq)));
    const before = filesIn(folder);
    await erase(ground.ports, pia, askFor(rosa.id));
    expect(filesIn(folder)).toEqual(before);
    await publish();
    const policy = {
      logs: [{ key: signer.verifierKey, url: undefined }],
      parties: new Map(),
      quorum: 'none',
    };
    for (const { entry, proof } of proofs)
      expect(
        verifyTlogProof({ proof: Buffer.from(proof), leafHash: leafHash(entry) }, policy).index,
      ).toBeGreaterThanOrEqual(0);
    for (const [path, bytes] of Object.entries(before))
      if (!path.includes('.p/') && path !== '/checkpoint') expect(filesIn(folder)[path]).toBe(bytes);
    await publisher.close();
  });

  it('is on record before and after, in words that name nobody', async () => {
    const rosa = await ground.customer();
    await ground.look(rosa, ann.agentId, 4);
    const ask = askFor(rosa.id);
    await erase(ground.ports, pia, ask);
    const erasure = await ground.ports.erasures.findByRequest(ask.request);
    const told = [...(erasure?.orderedTold ?? []), ...(erasure?.doneTold ?? [])].map((text) =>
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    const details = told.filter(([, name]) => name === 'detail').map(([, , value]) => value);
    expect(details).toMatchObject([
      { act: 'ordered', request: ask.request, class: 'customer', basis: 'objection', entries: 4 },
      {
        act: 'done',
        ordered: erasure?.orderedSeq,
        destroyed: { keys: 1, vault_rows: 1, look_ups: 3, disclosures: 4 },
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(rosa.id);
    expect(JSON.stringify(told)).not.toContain(erasure?.standIn);
  });

  it('is done once, however often it is asked for, and under one number for one person', async () => {
    const [rosa, omar] = [await ground.customer(), await ground.customer()];
    const ask = askFor(rosa.id);
    const all = await Promise.all(
      [
        erase(ground.ports, pia, ask),
        erase(ground.ports, pia, ask),
        erase(ground.ports, pia, askFor(rosa.id)),
      ].map(codeOf),
    );
    expect(new Set(all)).toEqual(new Set(['taken']));
    const entries = await ground.count("entry where kind = 'erasure/v1'");
    expect(await erase(ground.ports, pia, askFor(rosa.id))).toMatchObject({
      request: expect.stringMatching(/^DSR-/),
      repeated: true,
    });
    expect(await ground.count("entry where kind = 'erasure/v1'")).toBe(entries);
    const { request } = (await ground.ports.erasures.findOf({ subjectClass: 'customer', id: rosa.id })) ?? {};
    expect(await codeOf(erase(ground.ports, pia, askFor(omar.id, { request: request ?? '' })))).toBe(
      'fault conflict',
    );
    expect(await ground.leftOf(omar.id)).toMatchObject({ customer: 1, key: 1 });
  });

  it('is refused to other roles, ended sessions and suspended people, and each try is on record', async () => {
    const rosa = await ground.customer();
    const denied = () => ground.count("entry where kind = 'denied/v1'");
    const before = await denied();
    const analyst = await ground.person('analyst');
    const over = { ...pia, session: { id: newId('session', systemChance), live: false } };
    expect(await codeOf(erase(ground.ports, analyst, askFor(rosa.id)))).toBe('role-cannot');
    expect(await codeOf(erase(ground.ports, over, askFor(rosa.id)))).toBe('session-ended');
    expect(await codeOf(erase(ground.ports, { ...pia, active: false }, askFor(rosa.id)))).toBe(
      'account-suspended',
    );
    expect(await denied()).toBe(before + 3);
    expect(await ground.leftOf(rosa.id)).toMatchObject({ customer: 1, key: 1 });
  });

  it('says so for nobody, and for a number out of form', async () => {
    expect(await codeOf(erase(ground.ports, pia, askFor(newId('customer', systemChance))))).toBe(
      'fault not-found',
    );
    const rosa = await ground.customer();
    for (const request of ['', 'a b', 'x'.repeat(65), '../x'])
      expect(await codeOf(erase(ground.ports, pia, askFor(rosa.id, { request })))).toBe(
        'fault unprocessable',
      );
  });

  it('gives whoever comes back a new key and a new id', async () => {
    const rosa = await ground.customer();
    await erase(ground.ports, pia, askFor(rosa.id));
    const back = await ground.customer(rosa.ref);
    expect(back.id).not.toBe(rosa.id);
    expect(back.key.exposeForWrapping().equals(rosa.key.exposeForWrapping())).toBe(false);
    expect(await ground.leftOf(back.id)).toMatchObject({ customer: 1, key: 1, lookUps: 3 });
  });
});

describe('a legal hold', () => {
  const hold = async (cover: HoldCover): Promise<void> => {
    number += 1;
    const id = newId('hold', systemChance);
    await holdWriter(ground.db.kysely).put({
      id,
      seq: 1_000_000 + number,
      cover,
      until: later(groundStart, 86_400_000),
      reason: Buffer.of(1),
      putBy: pia.agentId,
      putAt: groundStart,
    });
  };
  const lift = () => ground.db.pool.query('delete from hold');

  it.each(['customer', 'agent', 'case', 'range'] as const)(
    'on a %s keeps the customer whom it concerns, and nobody else',
    async (scope) => {
      const [rosa, omar, leo] = [
        await ground.customer(),
        await ground.customer(),
        await ground.person('agent'),
      ];
      await ground.look(rosa, leo.agentId, 1, 500_000);
      await ground.look(omar, ann.agentId, 1, 900_000);
      const covers: Record<typeof scope, HoldCover> = {
        customer: { scope: 'customer', id: rosa.id },
        agent: { scope: 'agent', id: leo.agentId },
        case: { scope: 'case', id: rosa.caseId },
        range: { scope: 'range', from: later(groundStart, 500_000), to: later(groundStart, 500_001) },
      };
      await hold(covers[scope]);
      const before = await ground.leftOf(rosa.id);
      const orders = await ground.count("entry where kind = 'erasure/v1'");
      expect(await codeOf(erase(ground.ports, pia, askFor(rosa.id)))).toBe('held');
      expect(await ground.leftOf(rosa.id)).toEqual(before);
      expect(await ground.count("entry where kind = 'erasure/v1'")).toBe(orders);
      expect(await codeOf(erase(ground.ports, pia, askFor(omar.id)))).toBe('taken');
      // It ends by its date.
      ground.clock.advance(86_400_000);
      expect(await codeOf(erase(ground.ports, pia, askFor(rosa.id)))).toBe('taken');
      expect(await ground.count('hold where target_id = $1', rosa.id)).toBe(0);
      ground.clock.setTo(groundStart);
      await lift();
    },
  );

  it('that is put on between the order and the destruction still counts, and the number can be used again', async () => {
    const rosa = await ground.customer();
    const { ports } = ground;
    const late: ErasePorts = {
      ...ports,
      erasures: {
        ...ports.erasures,
        async destroy(erasure, now) {
          await hold({ scope: 'customer', id: rosa.id });
          return ports.erasures.destroy(erasure, now);
        },
      },
    };
    const ask = askFor(rosa.id);
    expect(await codeOf(erase(late, pia, ask))).toBe('held');
    expect(await ground.leftOf(rosa.id)).toMatchObject({ customer: 1, key: 1 });
    await lift();
    expect(await codeOf(erase(ports, pia, ask))).toBe('taken');
    expect(await ground.leftOf(rosa.id)).toEqual(nothing);
  });

  it('covers agents the same way', async () => {
    const [rosa, leo, max] = [
      await ground.customer(),
      await ground.person('agent', 'left'),
      await ground.person('agent', 'left'),
    ];
    await ground.look(rosa, leo.agentId);
    const askAgent = (id: Actor['agentId']) =>
      erase(ground.ports, pia, askFor(rosa.id, { subject: { subjectClass: 'actor', id } }));
    for (const cover of [
      { scope: 'agent', id: leo.agentId },
      { scope: 'customer', id: rosa.id },
      { scope: 'case', id: rosa.caseId },
    ] as const) {
      await hold(cover);
      expect([cover.scope, await codeOf(askAgent(leo.agentId))]).toEqual([cover.scope, 'held']);
      await lift();
    }
    expect(await codeOf(askAgent(max.agentId))).toBe('taken');
  });
});

describe('erasing an agent', () => {
  it('takes the key, the name and the references, and keeps what the entries prove', async () => {
    const [rosa, leo] = [await ground.customer(), await ground.person('agent', 'left')];
    await ground.look(rosa, leo.agentId, 5);
    const ref = `ref-${leo.agentId}`;
    await ground.db.pool.query(
      'update support_case set holder_ref = $1, helper_refs = array[$1] where id = $2',
      [ref, rosa.caseId],
    );
    await ground.db.pool.query('update case_change set agent_ref = $1 where case_ref = $2', [
      ref,
      `CASE-${rosa.caseId}`,
    ]);
    const ask = askFor(rosa.id, { subject: { subjectClass: 'actor', id: leo.agentId } });
    expect(await erase(ground.ports, pia, ask)).toMatchObject({ state: 'done' });
    const { rows } = await ground.db.pool.query('select ref, subject, name, state from agent where id = $1', [
      leo.agentId,
    ]);
    expect(rows).toEqual([
      { ref: expect.stringMatching(/^erased-/), subject: null, name: 'erased', state: 'left' },
    ]);
    for (const place of [
      'keys.agent_key where agent_id = $1',
      "disclosure where subject_id = $1 and subject_class = 'actor'",
      'session where agent_id = $1',
    ])
      expect([place, await ground.count(place, leo.agentId)]).toEqual([place, 0]);
    for (const place of [
      'support_case where holder_ref = $1 or $1 = any (helper_refs)',
      'case_change where agent_ref = $1',
      'agent where ref = $1',
    ])
      expect([place, await ground.count(place, ref)]).toEqual([place, 0]);
    expect(
      await ground.count("disclosure where subject_id = $1 and subject_class = 'customer'", rosa.id),
    ).toBe(5);
    expect(await ground.count('access where agent_id = $1', leo.agentId)).toBe(5);
  });

  it('is refused while they work here', async () => {
    const leo = await ground.person('agent');
    const ask = askFor('' as CustomerId, { subject: { subjectClass: 'actor', id: leo.agentId } });
    expect(await codeOf(erase(ground.ports, pia, ask))).toBe('has-not-left');
  });
});
