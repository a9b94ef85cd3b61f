import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  erasureCodeOf as codeOf,
  ErasureGround,
  groundStart,
  nothingLeft as nothing,
} from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { Actor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import type { CustomerId } from '../../model/id.ts';
import { carryOutUnfinished } from './carry-out.ts';
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
const askFor = (id: CustomerId): ErasureAsk => {
  number += 1;
  return { subject: { subjectClass: 'customer', id }, request: `DSR-${number}`, basis: 'objection' };
};

describe('an erasure that was cut short', () => {
  /** Every call that leaves the process, in order; the nth one fails after, or before, it took effect. */
  const failingAt = (n: number, when: 'before' | 'after'): ErasePorts => {
    let calls = 0;
    const cut = async <T>(act: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (calls === n && when === 'before') throw new Fault('storage-down', 'cut');
      const answer = await act();
      if (calls === n) throw new Fault('storage-down', 'cut');
      return answer;
    };
    const { ports } = ground;
    const { erasures, ledger } = ports;
    return {
      ...ports,
      ledger: { append: (draft, options) => cut(() => ledger.append(draft, options)) },
      erasures: {
        ...erasures,
        add: (erasure) => cut(() => erasures.add(erasure)),
        order: (id, entry) => cut(() => erasures.order(id, entry)),
        destroy: (erasure, now) => cut(() => erasures.destroy(erasure, now)),
        clear: (erasure) => cut(() => erasures.clear(erasure)),
        finish: (id, entry, now) => cut(() => erasures.finish(id, entry, now)),
      },
    };
  };

  it('at any step, is carried on to the same end with two entries and true counts', async () => {
    let cuts = 0;
    for (let n = 1; n <= 40; n += 1)
      for (const when of ['before', 'after'] as const) {
        const rosa = await ground.customer();
        await ground.look(rosa, ann.agentId, 3);
        const ask = askFor(rosa.id);
        const entries = await ground.count("entry where kind = 'erasure/v1'");
        const code = await codeOf(erase(failingAt(n, when), pia, ask));
        if (code === 'taken') return expect(cuts).toBeGreaterThan(12);
        cuts += 1;
        // Before it was written down nothing has begun; from then on nobody needs to ask again.
        if (await ground.ports.erasures.findByRequest(ask.request)) await carryOutUnfinished(ground.ports);
        else await erase(ground.ports, pia, ask);
        const erasure = await ground.ports.erasures.findByRequest(ask.request);
        expect([n, when, erasure?.state, erasure?.destroyed.disclosures]).toEqual([n, when, 'done', 3]);
        expect(await ground.leftOf(rosa.id)).toEqual(nothing);
        expect(await ground.count("entry where kind = 'erasure/v1'")).toBe(entries + 2);
      }
    throw new Error('it was cut short every time');
  });

  it('removes what a look under way wrote after the destruction, and then forgets the id', async () => {
    const rosa = await ground.customer();
    await erase(ground.ports, pia, askFor(rosa.id));
    await ground.look(rosa, ann.agentId, 2);
    expect(await ground.leftOf(rosa.id)).toMatchObject({ disclosures: 2, accesses: 2, chain: 1 });
    await carryOutUnfinished(ground.ports);
    expect((await ground.ports.erasures.findOf({ subjectClass: 'customer', id: rosa.id }))?.subjectId).toBe(
      rosa.id,
    );
    ground.clock.advance(3_700_000);
    await carryOutUnfinished(ground.ports);
    expect(await ground.leftOf(rosa.id)).toEqual(nothing);
    const erasure = await ground.ports.erasures.findOf({ subjectClass: 'customer', id: rosa.id });
    expect([erasure?.subjectId, erasure?.state]).toEqual([undefined, 'done']);
    expect(await erase(ground.ports, pia, askFor(rosa.id))).toMatchObject({ repeated: true });
    ground.clock.setTo(groundStart);
  });
});
