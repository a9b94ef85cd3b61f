import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErasureGround, groundStart } from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { Actor } from '../../model/actor.ts';
import { isFault } from '../../model/fault.ts';
import { type HoldId, newId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { isRefusal } from '../../model/refusal.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { holdReader } from '../../records/hold/hold-reader.ts';
import { holdWriter } from '../../records/hold/hold-writer.ts';
import type { HoldAsk, HoldPorts, HoldPut } from './hold-ports.ts';
import { listHolds } from './list-holds.ts';
import { liftHold, putHold } from './put-hold.ts';

let fresh: FreshDatabase;
let ground: ErasureGround;
let [pia, adam]: Actor[] = [];
const ports = (): HoldPorts => ({
  ...ground.ports,
  holds: { ...holdReader(fresh.db.kysely), ...holdWriter(fresh.db.kysely) },
});
const by = (actor: Actor | undefined, idempotencyKey?: string) => ({ actor: actor as Actor, idempotencyKey });
const reason = 'claim 12 O 44/26 before the district court';
const ask = (changes: Partial<HoldAsk> = {}): HoldAsk => ({
  cover: { scope: 'customer', id: newId('customer', systemChance) },
  reason,
  until: undefined,
  ...changes,
});
const put = async (changes: Partial<HoldAsk> = {}): Promise<HoldPut> => {
  const answer = await putHold(ports(), by(pia), ask(changes));
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const codeOf = async (act: Promise<object>): Promise<string> => {
  try {
    const answer = await act;
    if (isRefusal(answer)) return answer.refused;
    return 'state' in answer ? String(answer.state) : 'taken';
  } catch (thrown) {
    return isFault(thrown) ? `fault ${thrown.code}` : String(thrown);
  }
};
const stands = async (id: HoldId): Promise<boolean> =>
  (await listHolds(ports(), { ended: false })).some(({ holdId }) => holdId === id);
const entries = (kind: string): Promise<number> => ground.count('entry where kind = $1', kind);

beforeAll(async () => {
  fresh = await freshDatabase();
  ground = new ErasureGround(fresh.db);
  [pia, adam] = [await ground.person('responder'), await ground.person('administrator')];
});
afterAll(() => fresh.drop());

describe('putting a hold on', () => {
  it('is on record, stands at once, and says why to whoever may read it', async () => {
    const before = await entries('hold/v1');
    const { holdId, seq } = await put({ until: later(groundStart, 1_000) });
    expect(await entries('hold/v1')).toBe(before + 1);
    const [shown] = await listHolds(ports(), { ended: false });
    expect(shown).toMatchObject({
      holdId,
      seq,
      putBy: pia?.agentId,
      liftAsked: undefined,
      lifted: undefined,
    });
    expect(shown?.reason && exposePlaintext(shown.reason)).toBe(reason);
    const { rows } = await fresh.db.pool.query('select reason from hold where id = $1', [holdId]);
    expect(rows[0].reason.toString()).not.toContain('court');
    ground.clock.advance(1_000);
    expect(await stands(holdId)).toBe(false);
    expect((await listHolds(ports(), { ended: true })).some((hold) => hold.holdId === holdId)).toBe(true);
    ground.clock.setTo(groundStart);
  });

  it('happens once under one idempotency key, and another ask under it is refused', async () => {
    const key = randomUUID();
    const one = ask();
    const first = await putHold(ports(), by(pia, key), one);
    expect(await putHold(ports(), by(pia, key), one)).toEqual(first);
    expect(await codeOf(putHold(ports(), by(pia, key), ask()))).toBe('fault key-reused');
  });

  it('is refused to other roles, on record, and takes a reason and times that make sense', async () => {
    const before = await entries('denied/v1');
    expect(await codeOf(putHold(ports(), by(await ground.person('analyst')), ask()))).toBe('role-cannot');
    expect(await entries('denied/v1')).toBe(before + 1);
    for (const wrong of [
      ask({ reason: 'because' }),
      ask({ reason: 'x'.repeat(501) }),
      ask({ until: groundStart }),
      ask({ cover: { scope: 'range', from: groundStart, to: groundStart } }),
    ])
      expect(await codeOf(putHold(ports(), by(pia), wrong))).toBe('fault unprocessable');
  });

  it('shows a hold without its reason when whoever gave it was erased', async () => {
    const leo = await ground.person('responder');
    const answer = await putHold(ports(), by(leo), ask());
    await fresh.db.pool.query('delete from keys.agent_key where agent_id = $1', [leo.agentId]);
    const another = new ErasureGround(fresh.db, ground.keys);
    const shown = await listHolds({ ...ports(), agentSealer: another.agentSealer }, { ended: false });
    expect(
      shown.find(({ holdId }) => !isRefusal(answer) && holdId === answer.holdId)?.reason,
    ).toBeUndefined();
  });
});

describe('lifting a hold', () => {
  it('takes two people, each on record', async () => {
    const { holdId } = await put();
    const before = await entries('hold/v1');
    const lift = (actor: Actor | undefined) => codeOf(liftHold(ports(), actor as Actor, { holdId, reason }));
    expect(await lift(pia)).toBe('asked');
    expect([await lift(pia), await stands(holdId)]).toEqual(['same-person', true]);
    // Whoever works on the command line could speak for anybody.
    expect(await lift(adam && { ...adam, session: undefined })).toBe('same-person');
    expect(await lift(await ground.person('auditor'))).toBe('role-cannot');
    expect([await lift(adam), await stands(holdId)]).toEqual(['lifted', false]);
    expect(await entries('hold/v1')).toBe(before + 2);
    expect([await lift(pia), await entries('hold/v1')]).toEqual(['lifted', before + 2]);
  });

  it('is not to be had from the database by one person either', async () => {
    const { holdId } = await put();
    const { holds } = ports();
    expect(await holds.lift(holdId, adam?.agentId as never, groundStart)).toBe(false);
    expect(await holds.askLift(holdId, pia?.agentId as never, groundStart)).toBe(true);
    expect(await holds.askLift(holdId, adam?.agentId as never, groundStart)).toBe(false);
    expect(await holds.lift(holdId, pia?.agentId as never, groundStart)).toBe(false);
    expect(await stands(holdId)).toBe(true);
  });

  it('of none is said to be none', async () => {
    const holdId = newId('hold', systemChance);
    expect(await codeOf(liftHold(ports(), pia as Actor, { holdId, reason }))).toBe('fault not-found');
  });
});
