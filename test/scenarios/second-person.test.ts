import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalId, CustomerId } from '../../src/model/id.ts';
import { isRefusal, type Refusal } from '../../src/model/refusal.ts';
import type { Alert } from '../../src/records/alert/alert.ts';
import { AlertOutbox } from '../../src/records/alert/alert-outbox.ts';
import { alertReader } from '../../src/records/alert/alert-reader.ts';
import { alertWriter } from '../../src/records/alert/alert-writer.ts';
import { approvalReader } from '../../src/records/approval/approval-reader.ts';
import { approvalWriter } from '../../src/records/approval/approval-writer.ts';
import { breakGlassReader } from '../../src/records/break-glass/break-glass-reader.ts';
import { breakGlassWriter } from '../../src/records/break-glass/break-glass-writer.ts';
import { customerSealer } from '../../src/records/customer-keys/customer-sealer.ts';
import { directoryReader } from '../../src/records/directory/directory-reader.ts';
import type { ApprovePorts } from '../../src/workflows/approve/approve-ports.ts';
import { askApproval } from '../../src/workflows/approve/ask-approval.ts';
import { decideApproval } from '../../src/workflows/approve/decide-approval.ts';
import { type BreakGlassPorts, breakGlass } from '../../src/workflows/break-glass/break-glass.ts';
import { gather } from '../../src/workflows/reveal/looking-room.ts';
import { weighLook } from '../../src/workflows/reveal/weigh-look.ts';
import { castWorld, field, goodReason, knownValue, type Person, read, type World } from './cast.ts';

const minuteMs = 60_000;

let world: World;
let rung: Alert[];
beforeEach(async () => {
  world = await castWorld();
  rung = [];
});
afterEach(() => world.drop());

const shared = () => {
  const { ports, db, keys, clock, ledger } = world;
  return {
    clock,
    ledger,
    chance: ports.chance,
    limits: ports.limits,
    agentSealer: ports.agentSealer,
    sealerOf: customerSealer({ db, keys }),
    whoAsks: async (sessionId: Parameters<ApprovePorts['whoAsks']>[0]) =>
      (await gather(ports, { sessionId, idempotencyKey: undefined }, {})).facts.asker,
  };
};
const approvePorts = (): ApprovePorts => ({
  ...shared(),
  approvals: { ...approvalReader(world.db.kysely), ...approvalWriter(world.db.kysely) },
  weigh: (person, ask) => weighLook(world.ports, person, ask),
  whereabouts: (agentId) => directoryReader(world.db.kysely).agentById(agentId),
});
const breakGlassPorts = (): BreakGlassPorts => {
  const alerts = { ...alertReader(world.db.kysely), ...alertWriter(world.db.kysely) };
  const deliver = async (alert: Alert) => {
    rung.push(alert);
  };
  return {
    ...shared(),
    alerts,
    brokenGlass: { ...breakGlassReader(world.db.kysely), ...breakGlassWriter(world.db.kysely) },
    outbox: new AlertOutbox({ alerts, clock: world.clock, deliver, onFailed: () => {} }),
  };
};

const codeOf = async (answer: Promise<unknown>): Promise<string> => {
  const given = await answer;
  return isRefusal(given) ? given.refused : 'permitted';
};
const taken = async <T>(answer: Promise<T>): Promise<Exclude<T, Refusal>> => {
  const given = await answer;
  if (isRefusal(given)) throw new Error(given.refused);
  return given as Exclude<T, Refusal>;
};
type Asker = Awaited<ReturnType<World['asker']>>;
const view = (asker: Asker, caseKey: string | undefined, customerId?: CustomerId) =>
  world.looking.view(asker, { caseKey, customerId, reason: undefined });
const ask = (asker: Asker, caseKey: string, fields: readonly string[] = []) =>
  askApproval(approvePorts(), asker, {
    caseKey,
    customerId: undefined,
    fields: fields.map(field),
    reason: goodReason(),
  });
const decide = async (person: Person, approvalId: ApprovalId, granted = true) =>
  decideApproval(approvePorts(), await world.asker(person), { approvalId, granted });

describe('a look that needs a second person', () => {
  it('at a protected customer is shown after someone of the organisation approved it, and until that ends', async () => {
    await world.openCase('4711', { by: 'asha', about: 'edith' });
    const asha = await world.asker('asha');
    expect(await codeOf(view(asha, '4711'))).toBe('needs-second-person');
    const { approvalId } = await taken(ask(asha, '4711'));
    expect(await codeOf(view(asha, '4711'))).toBe('needs-second-person');
    for (const near of ['asha', 'ravi', 'lena', 'mateo'] as const)
      expect(await codeOf(decide(near, approvalId)), near).toBe('role-cannot');
    expect(await codeOf(decide('ines', approvalId))).toBe('permitted');
    const shown = await taken(view(asha, '4711'));
    expect(JSON.stringify(shown.fields)).not.toContain(knownValue('edith', 'phone'));
    world.clock.advance(30 * minuteMs);
    expect(await codeOf(view(await world.asker('asha'), '4711'))).toBe('needs-second-person');
  });

  it('is approved field by field', async () => {
    await world.openCase('4711', { by: 'asha', about: 'edith' });
    const asha = await world.asker('asha');
    const { approvalId } = await taken(ask(asha, '4711', ['phone']));
    await taken(decide('omar', approvalId));
    const { viewId } = await taken(view(asha, '4711'));
    const reveal = (name: string) =>
      world.looking.reveal(asha, { viewId, fields: [field(name)], reason: goodReason() });
    expect(read((await taken(reveal('phone'))).fields)).toEqual({ phone: knownValue('edith', 'phone') });
    expect(await codeOf(reveal('email'))).toBe('needs-second-person');
  });

  it('in a case that an agent opened themselves reveals only with approval, and not against it', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa', initiatedBy: 'agent' });
    const asha = await world.asker('asha');
    const { viewId } = await taken(view(asha, '4711'));
    const reveal = () =>
      world.looking.reveal(asha, { viewId, fields: [field('phone')], reason: goodReason() });
    expect(await codeOf(reveal())).toBe('case-not-started-by-customer');
    const against = await taken(ask(asha, '4711', ['phone']));
    await taken(decide('ines', against.approvalId, false));
    expect(await codeOf(reveal())).toBe('case-not-started-by-customer');
    const again = await taken(ask(asha, '4711', ['phone']));
    await taken(decide('ines', again.approvalId));
    expect(await codeOf(reveal())).toBe('permitted');
  });

  it('helps one agent in one case, no other agent and no other case', async () => {
    await world.openCase('4711', { by: 'asha', about: 'edith' });
    await world.openCase('4712', { by: 'asha', about: 'edith' });
    await world.openCase('4713', { by: 'ravi', about: 'edith' });
    const asha = await world.asker('asha');
    const { approvalId } = await taken(ask(asha, '4711'));
    await taken(decide('ines', approvalId));
    expect(await codeOf(view(asha, '4711'))).toBe('permitted');
    expect(await codeOf(view(asha, '4712'))).toBe('needs-second-person');
    expect(await codeOf(view(await world.asker('ravi'), '4713'))).toBe('needs-second-person');
  });

  it('ends with the case, whatever was approved', async () => {
    await world.openCase('4711', { by: 'asha', about: 'edith' });
    const asha = await world.asker('asha');
    const { approvalId } = await taken(ask(asha, '4711'));
    await taken(decide('ines', approvalId));
    await world.tell('4711', 'closed');
    expect(await codeOf(view(asha, '4711'))).toBe('case-closed');
  });

  it('tells a stranger nothing: no case, someone else’s case and a case of another vendor are refused alike', async () => {
    await world.openCase('4711', { by: 'asha', about: 'edith' });
    const mateo = await world.asker('mateo');
    for (const caseKey of ['4711', 'none', "' or 1=1 --"]) {
      expect(await codeOf(ask(mateo, caseKey)), caseKey).toBe('not-yours');
      expect(await codeOf(ask(mateo, caseKey, ['phone', 'password_hash'])), caseKey).toBe('not-yours');
    }
    const tries = (await world.accesses()).filter(({ agentId }) => agentId === world.agentIds.mateo);
    expect(tries.map(({ outcome, refusal }) => [outcome, refusal])).toEqual(
      Array.from({ length: 6 }, () => ['refused', 'not-yours']),
    );
  });
});

describe('breaking the glass', () => {
  it('shows a responder one customer without a case, with an entry and an alert first, until it expires', async () => {
    const omar = await world.asker('omar');
    const { rosa, tomas } = world.customerIds;
    expect(await codeOf(view(omar, undefined, rosa))).toBe('role-cannot');
    const reason = 'extortion mail quotes her record';
    const asked = { person: omar, ask: { customerId: rosa, reason, minutes: 10 } };
    const { seq } = await taken(breakGlass(breakGlassPorts(), asked));
    expect(rung).toMatchObject([{ kind: 'break-glass', seq }]);
    const { viewId } = await taken(view(omar, undefined, rosa));
    const revealed = await taken(
      world.looking.reveal(omar, {
        viewId,
        fields: [field('balance')],
        reason: { code: undefined, text: reason },
      }),
    );
    expect(read(revealed.fields)).toEqual({ balance: knownValue('rosa', 'balance') });
    expect(await codeOf(view(omar, undefined, tomas))).toBe('role-cannot');
    expect(
      await codeOf(
        world.looking.export(omar, { caseKey: undefined, fields: [field('email')], reason: goodReason() }),
      ),
    ).toBe('export-closed');
    world.clock.advance(10 * minuteMs);
    expect(await codeOf(view(omar, undefined, rosa))).toBe('role-cannot');
    expect(
      await codeOf(world.looking.reveal(omar, { viewId, fields: [field('balance')], reason: goodReason() })),
    ).toBe('role-cannot');
  });

  it('does nothing for a customer whose key was destroyed, or who never was', async () => {
    const omar = await world.asker('omar');
    const { rosa } = world.customerIds;
    await world.db.pool.query('delete from keys.customer_key where customer_id = $1', [rosa]);
    for (const customerId of [rosa, 'cus_0000000000000000000000' as CustomerId]) {
      const asked = {
        person: omar,
        ask: { customerId, reason: 'extortion mail quotes her record', minutes: 10 },
      };
      await expect(breakGlass(breakGlassPorts(), asked)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(rung).toEqual([]);
  });

  it('is not for agents and their leads, who are refused and recorded', async () => {
    for (const person of ['asha', 'lena', 'paul'] as const) {
      const asker = await world.asker(person);
      const asked = {
        person: asker,
        ask: { customerId: world.customerIds.rosa, reason: 'she is on the phone', minutes: 10 },
      };
      expect(await codeOf(breakGlass(breakGlassPorts(), asked)), person).toBe('role-cannot');
      expect(await codeOf(view(asker, undefined, world.customerIds.rosa))).not.toBe('permitted');
    }
    expect(rung).toEqual([]);
  });
});
