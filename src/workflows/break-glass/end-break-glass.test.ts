import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErasureGround, groundStart } from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { Actor } from '../../model/actor.ts';
import { isFault } from '../../model/fault.ts';
import { type BreakGlassId, newId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import { isRefusal } from '../../model/refusal.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { breakGlassReader } from '../../records/break-glass/break-glass-reader.ts';
import { breakGlassWriter } from '../../records/break-glass/break-glass-writer.ts';
import { customerSealer } from '../../records/customer-keys/customer-sealer.ts';
import { type EndBreakGlassPorts, endBreakGlass, liveBreakGlass } from './end-break-glass.ts';

let fresh: FreshDatabase;
let ground: ErasureGround;
let number = 0;
const ports = (): EndBreakGlassPorts => ({
  ...ground.ports,
  brokenGlass: { ...breakGlassReader(fresh.db.kysely), ...breakGlassWriter(fresh.db.kysely) },
  sealerOf: customerSealer({ db: fresh.db, keys: ground.keys }),
});
const brokenBy = async (actor: Actor): Promise<BreakGlassId> => {
  number += 1;
  const id = newId('breakGlass', systemChance);
  const customer = await ground.customer();
  await breakGlassWriter(fresh.db.kysely).add({
    id,
    seq: 5_000 + number,
    agentId: actor.agentId,
    customerId: customer.id,
    startedAt: groundStart,
    endsAt: later(groundStart, 60_000),
  });
  return id;
};
const codeOf = async (act: ReturnType<typeof endBreakGlass>): Promise<string> => {
  try {
    const answer = await act;
    return isRefusal(answer) ? answer.refused : answer.ended ? 'ended' : 'was over';
  } catch (thrown) {
    return isFault(thrown) ? `fault ${thrown.code}` : String(thrown);
  }
};
const isLive = async (id: BreakGlassId): Promise<boolean> =>
  (await liveBreakGlass(ports())).some((one) => one.id === id);

beforeAll(async () => {
  fresh = await freshDatabase();
  ground = new ErasureGround(fresh.db);
});
afterAll(() => fresh.drop());

describe('ending a break-glass early', () => {
  it('is on record, for the customer too, and counts at once; ending it again changes nothing', async () => {
    const zoe = await ground.person('analyst');
    const id = await brokenBy(zoe);
    expect(await isLive(id)).toBe(true);
    const entries = await ground.count("entry where kind = 'break-glass/v1'");
    expect(await codeOf(endBreakGlass(ports(), zoe, id))).toBe('ended');
    expect([await isLive(id), await codeOf(endBreakGlass(ports(), zoe, id))]).toEqual([false, 'was over']);
    expect(await ground.count("entry where kind = 'break-glass/v1'")).toBe(entries + 1);
    expect(await ground.count('disclosure')).toBe(2);
  });

  it('is for whoever broke it, and for analysts, responders and administrators', async () => {
    for (const role of ['analyst', 'responder', 'administrator'] as const) {
      const id = await brokenBy(await ground.person('analyst'));
      expect([role, await codeOf(endBreakGlass(ports(), await ground.person(role), id))]).toEqual([
        role,
        'ended',
      ]);
    }
    const former = await ground.person('auditor');
    expect(await codeOf(endBreakGlass(ports(), former, await brokenBy(former)))).toBe('ended');
  });

  it('is refused to others, on record, whether there is such a thing or not', async () => {
    const id = await brokenBy(await ground.person('analyst'));
    const denied = await ground.count("entry where kind = 'denied/v1'");
    const ann = await ground.person('agent');
    const none = newId('breakGlass', systemChance);
    expect(await codeOf(endBreakGlass(ports(), ann, id))).toBe('role-cannot');
    expect(await codeOf(endBreakGlass(ports(), ann, none))).toBe('role-cannot');
    expect(await ground.count("entry where kind = 'denied/v1'")).toBe(denied + 2);
    expect(await isLive(id)).toBe(true);
    expect(await codeOf(endBreakGlass(ports(), await ground.person('responder'), none))).toBe(
      'fault not-found',
    );
  });
});
