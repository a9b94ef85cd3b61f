import { describe, expect, it } from 'vitest';
import { instantOf, later } from '../../src/model/instant.ts';
import { fixedZip } from '../../src/platform/archive/fixed-zip.ts';
import { buildBundle } from '../../src/records/ledger/bundle/build-bundle.ts';
import { bundleWorld } from '../support/bundle-world.ts';
import { readPolicy, verifyBundle } from '../support/independent-verifier.ts';
import { inShell } from '../support/plain-verifier.ts';
import { opensslVersion } from '../support/timestamp-authority.ts';

type World = Awaited<ReturnType<typeof bundleWorld>>;
const openssl = opensslVersion();
const policyOf = ({ policy }: World) => readPolicy(Buffer.from(policy));

describe('an evidence bundle about a customer', () => {
  it('shows all their entries with their values, withholds whose hands it was, and ends with itself', async () => {
    const world = await bundleWorld();
    await world.fill(20);
    const [customer = ''] = world.people.customers;
    const { zip, seq } = await world.exported({
      query: { by: 'customer', customerId: customer as never },
      recipient: 'the customer',
    });
    const found = await verifyBundle(zip, policyOf(world));
    expect(found.entries).toHaveLength(8);
    expect(found.complete).toBe(`all entries about ${customer} from number 1 to number 8`);
    expect(found.entries.at(-1)).toMatchObject({ index: seq, kind: 'export/v1' });
    expect(found.entries.at(-1)?.fields).toContainEqual({ name: 'reason', value: 'the customer' });
    expect(found.entries[0]?.fields.map(({ name }) => name).sort()).toEqual([
      'action',
      'case',
      'chain',
      'customer',
      'fields',
      'reason',
    ]);
    // Two of the agent in each of seven, three of the program in its own.
    expect(found.withheld).toBe(2 * 7 + 3);
    expect(zip.includes(world.people.agents[0] ?? '?')).toBe(false);
    expect(found.checkpoint.cosigners).toMatchObject([{ name: 'w' }]);
  });

  it('is the same, byte for byte, when it is asked for again over the same records', async () => {
    const world = await bundleWorld();
    await world.fill(6);
    const checkpoint = await world.checkpointOver();
    const build = () =>
      buildBundle(
        { ...world, firstSeq: 0, openerOf: async (_, id) => world.sealers.get(id), tools: new Map() },
        {
          query: { by: 'entries', first: 1, last: 5 },
          shown: new Set(['customer', 'actor']),
          checkpoint,
          held: [],
        },
      );
    const [one, two] = [await build(), await build()];
    expect(fixedZip(one.files).equals(fixedZip(two.files))).toBe(true);
  });

  it('cut to a time shows one more on either side, so that nothing between is missing', async () => {
    const world = await bundleWorld();
    await world.fill(30);
    const [, customerId] = world.people.customers;
    if (!customerId) throw new Error('a customer');
    const start = instantOf(Date.UTC(2026, 10, 1));
    const [from, to] = [later(start, 8 * 3_600_000), later(start, 15 * 3_600_000)];
    const { zip } = await world.exported({ query: { by: 'customer', customerId, from, to } });
    const found = await verifyBundle(zip, policyOf(world));
    const names = found.entries.map(({ fields }) => fields.length);
    expect(names).toEqual([2, 6, 6, 2]);
    expect(found.complete).toMatch(
      /from number 3 to number 6, which cover 2026-11-01T08:00:00.000Z to 2026-11-01T15/,
    );
    // A time in which nothing happened: the two neighbours show it.
    const empty = { from: later(start, 5 * 3_600_000), to: later(start, 6 * 3_600_000) };
    const nothing = await world.exported({ query: { by: 'customer', customerId, ...empty } });
    expect(
      (await verifyBundle(nothing.zip, policyOf(world))).entries.map(({ fields }) => fields.length),
    ).toEqual([2, 2]);
  });

  it('from the log of a later year counts on from the year before', async () => {
    const world = await bundleWorld();
    await world.fill(9);
    await world.db.pool.query('update ledger_publisher set first_seq = 5');
    const [customerId = ''] = world.people.customers;
    const { files, zip, seq } = await world.exported({
      query: { by: 'customer', customerId: customerId as never },
    });
    const found = await verifyBundle(zip, policyOf(world));
    expect(found.complete).toBe(`all entries about ${customerId} from number 3 to number 4`);
    expect(found.entries.map(({ index }) => index + 5)).toEqual([7, seq]);
    expect(inShell(files, ['--key', world.key]).said).toMatch(
      openssl ? /from number 3 to number 4\nverified\n$/ : /./,
    );
  });

  it('is refused for a customer whose key was destroyed', async () => {
    const world = await bundleWorld();
    await world.fill(3);
    const [customerId] = world.people.customers;
    if (!customerId) throw new Error('a customer');
    world.sealers.delete(customerId);
    await expect(world.exported({ query: { by: 'customer', customerId } })).rejects.toMatchObject({
      code: 'unprocessable',
    });
  });
});

describe('other evidence bundles', () => {
  it('show an agent’s entries, a case’s, a view’s, or every entry of a range or a time', async () => {
    const world = await bundleWorld();
    await world.fill(12);
    const { agents, cases, view } = world.people;
    const [agentId, caseId] = [agents[0], cases[1]];
    if (!agentId || !caseId) throw new Error('people');
    const about = async (
      query: Parameters<World['exported']>[0]['query'],
      shown: readonly ('customer' | 'actor')[],
    ) => {
      const { zip } = await world.exported({ query, shown: new Set(shown) });
      return verifyBundle(zip, policyOf(world));
    };
    const byAgent = await about({ by: 'agent', agentId }, ['actor']);
    expect(byAgent.entries.map(({ fields }) => fields)).toEqual(
      Array.from({ length: 6 }, () => [
        { name: 'agent', value: agentId },
        { name: 'role', value: 'agent' },
      ]),
    );
    expect((await about({ by: 'case', caseId }, [])).entries).toHaveLength(6);
    const byView = await about({ by: 'view', viewId: view }, ['customer', 'actor']);
    expect(byView).toMatchObject({ withheld: 0, complete: 'nothing is claimed' });
    expect(byView.entries).toHaveLength(12);
    expect((await about({ by: 'entries', first: 3, last: 9 }, [])).complete).toBe('every entry from 3 to 9');
    const from = later(instantOf(Date.UTC(2026, 10, 1)), 2 * 3_600_000);
    const inTime = await about({ by: 'times', from, to: later(from, 2 * 3_600_000) }, []);
    expect(inTime.complete).toBe('every entry from 2 to 4');
    for (const query of [
      { by: 'entries', first: 3, last: 99_999 },
      { by: 'entries', first: 9, last: 3 },
      { by: 'view', viewId: '000000000000' as never },
      { by: 'times', from: later(from, 1e9), to: later(from, 2e9) },
    ] as const)
      await expect(world.exported({ query })).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('say of erased values that they are not kept', async () => {
    const world = await bundleWorld();
    await world.fill(4);
    const [customerId] = world.people.customers;
    await world.db.pool.query(`delete from disclosure where subject_id = $1`, [customerId]);
    const { zip, files } = await world.exported({ query: { by: 'entries', first: 0, last: 3 } });
    expect((await verifyBundle(zip, policyOf(world))).entries).toHaveLength(4);
    expect(String(files.get('withheld.json'))).toMatch(
      /"class":"customer","digests":\[\],"index":0,"why":"not-kept"/,
    );
  });

  it('refuse to be made when the database keeps a value that the entry never committed to', async () => {
    const world = await bundleWorld();
    await world.fill(2);
    await world.db.pool.query(
      `update entry set bytes = (select bytes from entry where seq = 1) where seq = 0`,
    );
    await expect(world.exported({ query: { by: 'entries', first: 0, last: 1 } })).rejects.toMatchObject({
      message: expect.stringMatching(/entry 0/),
    });
  });
});
