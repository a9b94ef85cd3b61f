import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { Fault, isFault } from '../../model/fault.ts';
import type { AgentId, CustomerId, SessionId } from '../../model/id.ts';
import { formatInstant, type Instant, instantOf, later } from '../../model/instant.ts';
import { isRefusal } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { SimulatedClock } from '../../platform/clock/simulated-clock.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import type { Alert } from '../../records/alert/alert.ts';
import { AlertOutbox } from '../../records/alert/alert-outbox.ts';
import { alertReader } from '../../records/alert/alert-reader.ts';
import { alertWriter } from '../../records/alert/alert-writer.ts';
import { breakGlassReader } from '../../records/break-glass/break-glass-reader.ts';
import { breakGlassWriter } from '../../records/break-glass/break-glass-writer.ts';
import { type Facts, factGatherer } from '../../records/facts/gather-facts.ts';
import type { EntryDraft, Ledger } from '../../records/ledger/entry-draft.ts';
import { PostgresLedger } from '../../records/ledger/postgres-ledger.ts';
import { type BreakGlassAsk, type BreakGlassPorts, breakGlass } from './break-glass.ts';

const minuteMs = 60_000;
const start = instantOf(Date.UTC(2026, 10, 23, 9));
const chance = seededChance('glass');
const customer = 'cus_1' as CustomerId;
const customerKey = SubjectKey.generate(chance);
const agentKey = SubjectKey.generate(chance);
const cast: Record<string, Role> = {
  zoe: 'analyst',
  pia: 'responder',
  ann: 'agent',
  leo: 'lead',
  vic: 'vendor-security',
  una: 'auditor',
  adam: 'administrator',
};

let fresh: FreshDatabase;
let clock: SimulatedClock;
let entries: EntryDraft[];
let rung: Alert[];
/** Called at every step that leaves the process, by its name; may throw. */
let onStep: (step: string) => void | Promise<void>;
let postgresLedger: PostgresLedger;

const store = () => fresh.db.kysely;
const brokenAt = (now: Instant) => breakGlassReader(store()).liveAt(now);
const alerts = async () =>
  (
    await sql<{ seq: number | null; delivered_at: Instant | null; reasons: string[] }>`
  select seq, delivered_at, reasons from alert order by at, id`.execute(store())
  ).rows;

const outbox = () =>
  new AlertOutbox({
    alerts: { ...alertReader(store()), ...alertWriter(store()) },
    clock,
    deliver: async (alert) => {
      await onStep('deliver');
      rung.push(alert);
    },
    onFailed: () => {},
  });

/** Wraps each call in a step that a test can watch or let fail. */
const stepped = <T extends object>(room: T, names: readonly (keyof T & string)[]): T => ({
  ...room,
  ...Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: unknown[]) => {
        await onStep(name);
        return (room[name] as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ),
});

const ledger: Ledger = {
  async append(draft, options) {
    await onStep('append');
    const appended = await postgresLedger.append(draft, options);
    if (!appended.repeated) entries.push(draft);
    await onStep('appended');
    return appended;
  },
};

const factsOf = (sessionId: SessionId, customerId: CustomerId | undefined, now: Instant): Promise<Facts> =>
  factGatherer(fresh.db).gather({
    sessionId,
    now,
    customerId,
    caseKey: undefined,
    viewId: undefined,
    reasonMark: undefined,
    viewMaxMs: minuteMs,
    reasonMemoryMs: minuteMs,
    sessionIdleMs: 300 * minuteMs,
  });

const ports = (): BreakGlassPorts => {
  const real = outbox();
  return {
    clock,
    chance,
    ledger,
    limits: { breakGlassMaxMs: 60 * minuteMs, replayMs: 10 * minuteMs },
    brokenGlass: stepped({ ...breakGlassReader(store()), ...breakGlassWriter(store()) }, [
      'add',
      'findBySeq',
    ]),
    alerts: stepped(alertWriter(store()), ['add', 'tie', 'withdraw']),
    outbox: stepped({ send: (id: Alert['id']) => real.send(id) }, ['send']),
    whoAsks: async (sessionId) => (await factsOf(sessionId, undefined, clock.now())).asker,
    sealerOf: async (id) => (id === customer ? customerKey.sealer('ledger') : undefined),
    agentSealer: async () => agentKey.sealer('ledger'),
  };
};

const ask = (changes: Partial<BreakGlassAsk> = {}): BreakGlassAsk => ({
  customerId: customer,
  reason: 'extortion mail names this customer',
  minutes: undefined,
  ...changes,
});
const by = (name: string, idempotencyKey?: string) => ({
  sessionId: `ses_${name}` as SessionId,
  idempotencyKey,
});
const broken = async (name = 'pia', changes: Partial<BreakGlassAsk> = {}, key?: string) => {
  const answer = await breakGlass(ports(), { person: by(name, key), ask: ask(changes) });
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const codeOf = async (name: string, changes: Partial<BreakGlassAsk> = {}, key?: string): Promise<string> => {
  try {
    const answer = await breakGlass(ports(), { person: by(name, key), ask: ask(changes) });
    return isRefusal(answer) ? answer.refused : 'taken';
  } catch (thrown) {
    if (isFault(thrown)) return `fault ${thrown.code}`;
    throw thrown;
  }
};
const factsSay = async (name: string, customerId: CustomerId, now: Instant): Promise<boolean> =>
  (await factsOf(`ses_${name}` as SessionId, customerId, now)).breakGlass;

beforeAll(async () => {
  fresh = await freshDatabase();
  for (const [name, role] of Object.entries(cast)) {
    const id = `agt_${name}`;
    await sql`insert into agent (id, ref, name, role) values (${id}, ${name}, ${name}, ${role})`.execute(
      store(),
    );
    await sql`insert into session (id, token_hash, agent_id, standing_no, started_at, seen_at, ends_at)
      values (${`ses_${name}`}, ${Buffer.from(name)}, ${id}, 0, ${formatInstant(start)}::timestamptz,
        ${formatInstant(start)}::timestamptz, ${formatInstant(later(start, 600 * minuteMs))}::timestamptz)`.execute(
      store(),
    );
  }
  for (const id of ['cus_1', 'cus_2'])
    await sql`insert into customer (id, ref_hash, catalogue_version, masks, sealed, updated_at)
      values (${id}, ${Buffer.from(id)}, 'x', '', '', now())`.execute(store());
  postgresLedger = new PostgresLedger({ db: fresh.db, chance, onCommitted: () => {} });
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  await sql.raw('delete from break_glass; delete from alert;').execute(store());
  clock = new SimulatedClock(start);
  entries = [];
  rung = [];
  onStep = () => {};
});

describe('breaking the glass', () => {
  it('goes in this order: alert kept, entry durable, alert tied, leave given, alert out', async () => {
    const steps: string[] = [];
    onStep = async (step) => {
      steps.push(step);
      if (step === 'append') {
        expect(await alerts()).toMatchObject([{ seq: null, delivered_at: null }]);
        expect(await brokenAt(start)).toEqual([]);
      }
      if (step === 'deliver') expect(await brokenAt(start)).toHaveLength(1);
    };
    await broken();
    expect(steps).toEqual(['add', 'append', 'appended', 'tie', 'add', 'send', 'deliver']);
  });

  it('records who, for whom, why and until when; and rings with words that name no customer', async () => {
    const { seq, endsAt } = await broken('zoe', { minutes: 15 });
    expect(endsAt).toBe(start + 15 * minuteMs);
    expect(entries).toMatchObject([
      {
        kind: 'break-glass/v1',
        about: { customerId: customer, disclosures: { reason: 'extortion mail names this customer' } },
        by: {
          agentId: 'agt_zoe',
          disclosures: { role: 'analyst', detail: { until: '2026-11-23T09:15:00.000Z' } },
        },
      },
    ]);
    expect(rung).toMatchObject([{ kind: 'break-glass', agentId: 'agt_zoe', seq }]);
    expect(JSON.stringify(rung)).not.toContain(customer);
    expect(JSON.stringify(rung)).not.toContain('extortion');
  });

  it('is known to the facts of this person and this customer only, until it expires', async () => {
    const { endsAt } = await broken();
    expect(await factsSay('pia', customer, start)).toBe(true);
    expect(await factsSay('pia', customer, later(endsAt, -1))).toBe(true);
    expect(await factsSay('pia', customer, endsAt)).toBe(false);
    expect(await factsSay('zoe', customer, start)).toBe(false);
    expect(await factsSay('pia', 'cus_2' as CustomerId, start)).toBe(false);
  });

  it.each(['ann', 'leo', 'vic', 'una', 'adam'])('is refused to %s, and the try is recorded', async (name) => {
    expect(await codeOf(name)).toBe('role-cannot');
    expect(entries).toMatchObject([
      { kind: 'denied/v1', access: { action: 'view', refusal: 'role-cannot', customerId: customer } },
    ]);
    expect(await brokenAt(start)).toEqual([]);
    expect(await alerts()).toEqual([]);
  });

  it.each([
    ['', 'reason-missing'],
    ['.', 'reason-empty'],
    ['asdf asdf', 'reason-empty'],
  ])('with the reason %j is refused', async (reason, refusal) => {
    expect(await codeOf('pia', { reason })).toBe(refusal);
    expect(entries).toMatchObject([{ kind: 'denied/v1' }]);
  });

  it('is refused when the session is over', async () => {
    clock.advance(601 * minuteMs);
    expect(await codeOf('pia')).toBe('session-ended');
  });

  it.each([0, -1, 61, 1.5, Number.NaN])('for %d minutes is a fault, and nothing rings', async (minutes) => {
    expect(await codeOf('pia', { minutes })).toBe('fault unprocessable');
    expect(await alerts()).toEqual([]);
  });

  it('for a customer who does not exist is a fault', async () => {
    expect(await codeOf('pia', { customerId: 'cus_none' as CustomerId })).toBe('fault not-found');
    expect(await alerts()).toEqual([]);
  });

  it('that cannot be recorded does not happen, and rings for nothing', async () => {
    onStep = (step) => {
      if (step === 'append') throw new Fault('busy', 'queue full');
    };
    expect(await codeOf('pia')).toBe('fault busy');
    expect(await brokenAt(start)).toEqual([]);
    expect(await alerts()).toEqual([]);
  });

  it('happens although the mail server is down, and rings as soon as it is up again', async () => {
    onStep = (step) => {
      if (step === 'deliver') throw new Error('mail server down');
    };
    await broken();
    expect(await brokenAt(start)).toHaveLength(1);
    expect(rung).toEqual([]);
    onStep = () => {};
    expect(await outbox().sweep({ onStart: false })).toEqual({ delivered: 0, failed: 0 });
    clock.advance(10_000);
    expect(await outbox().sweep({ onStart: false })).toEqual({ delivered: 1, failed: 0 });
    expect(rung).toHaveLength(1);
    expect(await outbox().sweep({ onStart: false })).toEqual({ delivered: 0, failed: 0 });
  });

  it('twice under one key is one entry, one leave and one alert', async () => {
    const key = randomUUID();
    const first = await broken('pia', {}, key);
    clock.advance(minuteMs);
    expect(await broken('pia', {}, key)).toEqual(first);
    expect(entries).toHaveLength(1);
    expect(await brokenAt(clock.now())).toHaveLength(1);
    expect(await alerts()).toHaveLength(1);
    expect(rung).toHaveLength(1);
    expect(await codeOf('pia', { minutes: 5 }, key)).toBe('fault key-reused');
  });

  it('interrupted by a crash at any step leaves no leave without entry and alert, and no entry without its alert', async () => {
    const stepsCount = 7;
    for (let lastStep = 0; lastStep <= stepsCount; lastStep += 1) {
      await sql.raw('delete from break_glass; delete from alert;').execute(store());
      entries = [];
      rung = [];
      let steps = 0;
      // From the crash on nothing leaves the process any more, not even tidying up.
      onStep = () => {
        steps += 1;
        if (steps > lastStep) throw new Fault('bug', 'the process is gone');
      };
      const outcome = await codeOf('pia');
      const left = {
        leaves: (await brokenAt(start)).length,
        alerts: (await alerts()).length,
        entries: entries.length,
      };
      const place = `crash after step ${lastStep}: ${outcome} ${JSON.stringify(left)}`;
      expect(left.leaves, place).toBeLessThanOrEqual(left.entries);
      expect(left.entries, place).toBeLessThanOrEqual(left.alerts);
      onStep = () => {};
      await outbox().sweep({ onStart: true });
      expect(rung.length, place).toBe(left.alerts);
      expect((await alerts()).every((alert) => alert.delivered_at !== null)).toBe(true);
    }
  });

  it('interrupted after its entry is completed by the retry', async () => {
    const key = randomUUID();
    onStep = (step) => {
      if (step !== 'add' && step !== 'append') throw new Fault('storage-down', 'the process is gone');
    };
    expect(await codeOf('pia', {}, key)).toBe('fault storage-down');
    expect(await brokenAt(start)).toEqual([]);
    onStep = () => {};
    const { seq } = await broken('pia', {}, key);
    expect(entries).toHaveLength(1);
    expect(await brokenAt(start)).toMatchObject([{ seq, agentId: 'agt_pia' as AgentId }]);
  });
});

describe('the alert outbox', () => {
  const add = (id: string, at: Instant = start) =>
    alertWriter(store()).add({
      id: id as Alert['id'],
      at,
      kind: 'test',
      agentId: undefined,
      seq: 3,
      reasons: ['Because.'],
    });

  it('delivers what waits, oldest first, each once', async () => {
    await add('alt_2', later(start, -1));
    await add('alt_1');
    const box = outbox();
    expect(await box.sweep({ onStart: true })).toEqual({ delivered: 2, failed: 0 });
    expect(rung.map(({ id }) => id)).toEqual(['alt_2', 'alt_1']);
    expect(await box.send('alt_1' as Alert['id'])).toBe(true);
    expect(rung).toHaveLength(2);
  });

  it('does not deliver one alert twice at the same time', async () => {
    await add('alt_1');
    const box = outbox();
    await Promise.all([
      box.send('alt_1' as Alert['id']),
      box.sweep({ onStart: true }),
      box.send('alt_1' as Alert['id']),
    ]);
    expect(rung).toHaveLength(1);
  });

  it('goes on with the others when one cannot be delivered', async () => {
    await add('alt_1', later(start, -2));
    await add('alt_2', later(start, -1));
    let tries = 0;
    onStep = () => {
      tries += 1;
      if (tries === 1) throw new Error('rejected');
    };
    expect(await outbox().sweep({ onStart: true })).toEqual({ delivered: 1, failed: 1 });
    expect(await outbox().sweep({ onStart: true })).toEqual({ delivered: 1, failed: 0 });
  });

  it('keeps every alert in a list that is read newest first, page by page', async () => {
    for (let n = 0; n < 5; n += 1) await add(`alt_${n}`, later(start, Math.floor(n / 2)));
    const reader = alertReader(store());
    const first = await reader.newestFirst(3, undefined);
    const last = first.at(-1);
    const second = await reader.newestFirst(3, last && { at: last.at, id: last.id });
    expect([...first, ...second].map(({ id }) => id)).toEqual(['alt_4', 'alt_3', 'alt_2', 'alt_1', 'alt_0']);
  });

  it('says that an unknown alert was not delivered', async () => {
    expect(await outbox().send('alt_none' as Alert['id'])).toBe(false);
  });
});
