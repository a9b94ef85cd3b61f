import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ErasureGround, groundStart } from '../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { type RetentionPolicy, retentionClasses } from '../../analysis/retention/parse-retention.ts';
import type { Actor } from '../../model/actor.ts';
import { newId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import type { HoldCover } from '../../records/hold/hold.ts';
import { holdWriter } from '../../records/hold/hold-writer.ts';
import { retentionWriter } from '../../records/retention/retention-writer.ts';
import { type PurgePorts, planPurge, purge } from './purge.ts';

const dayMs = 86_400_000;
const retention: RetentionPolicy = {
  disclosure: 100 * dayMs,
  access: 100 * dayMs,
  case: 100 * dayMs,
  approval: 100 * dayMs,
  'break-glass': 100 * dayMs,
  alert: 100 * dayMs,
  session: 100 * dayMs,
  'entry-key': 100 * dayMs,
  'shown-view': 2 * dayMs,
};
const sqlAt = `'2026-11-23T09:00:00Z'::timestamptz`;

let fresh: FreshDatabase | undefined;
let ground: ErasureGround;
let ann: Actor;
let rosa: Awaited<ReturnType<ErasureGround['customer']>>;
const ports = (): PurgePorts => ({
  clock: ground.clock,
  ledger: ground.ledger,
  agentSealer: ground.agentSealer,
  retention,
  records: retentionWriter(ground.db),
});
const run = (text: string, ...values: unknown[]) => ground.db.pool.query(text, values);
const tables: Record<(typeof retentionClasses)[number], string> = {
  disclosure: "disclosure d join entry e using (seq) where e.kind = 'access/v1'",
  access: 'access',
  case: 'support_case',
  approval: 'approval',
  'break-glass': 'break_glass',
  alert: 'alert',
  session: 'session',
  'entry-key': 'entry_key',
  'shown-view': 'shown_view',
};
const left = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const kind of retentionClasses) counts[kind] = await ground.count(tables[kind]);
  return counts;
};
let number = 0;
const hold = async (cover: HoldCover): Promise<void> => {
  number += 1;
  await holdWriter(ground.db.kysely).put({
    id: newId('hold', systemChance),
    seq: 100_000 + number,
    cover,
    until: undefined,
    reason: Buffer.of(1),
    putBy: ann.agentId,
    putAt: groundStart,
  });
};

/** One of each kind at the start, and one of each a day later, about the same customer and by the same agent. */
beforeEach(async () => {
  await fresh?.drop();
  fresh = await freshDatabase();
  ground = new ErasureGround(fresh.db);
  ann = await ground.person('agent');
  rosa = await ground.customer();
  await run(`insert into support_case (id, ref, open, opened_at, closed_at, last_change_at)
    values ('cas_b', 'B', false, ${sqlAt}, ${sqlAt} + interval '1 day', ${sqlAt} + interval '1 day'),
      ('cas_c', 'C', true, ${sqlAt}, null, ${sqlAt})`);
  for (const days of [0, 1]) {
    await ground.look(rosa, ann.agentId, 1, days * dayMs);
    const at = `${sqlAt} + interval '${days} days'`;
    await run(
      `insert into approval (id, seq, asked_by, case_id, customer_id, fields, reason, asked_at, ends_at)
       values ('apr_${days}', ${days}, $1, $2, $3, '{}', '', ${at}, ${at})`,
      ann.agentId,
      rosa.caseId,
      rosa.id,
    );
    await run(
      `insert into break_glass (id, seq, agent_id, customer_id, started_at, ends_at) values ('brk_${days}', ${days}, $1, $2, ${at}, ${at})`,
      ann.agentId,
      rosa.id,
    );
    await run(
      `insert into alert (id, at, kind, agent_id, reasons, delivered_at) values ('alt_${days}', ${at}, 'k', $1, '{}', ${at})`,
      ann.agentId,
    );
    await run(
      `insert into session (id, token_hash, agent_id, standing_no, started_at, seen_at, ends_at)
       values ('ses_${days}', sha256('${days}'), $1, 0, ${at}, ${at}, ${at})`,
      ann.agentId,
    );
    await run(`insert into entry_key values (gen_random_uuid(), ${days}, '', ${at})`);
  }
  await run(`insert into alert (id, at, kind, reasons) values ('alt_waits', ${sqlAt}, 'k', '{}')`);
});
afterAll(() => fresh?.drop());

describe('purging', () => {
  it('counts first and destroys nothing by counting', async () => {
    ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
    const before = await left();
    const plan = await planPurge(ports());
    expect(Object.fromEntries(retentionClasses.map((kind) => [kind, plan[kind].due]))).toEqual({
      ...Object.fromEntries(retentionClasses.map((kind) => [kind, 1])),
      disclosure: 2,
      'shown-view': 2,
    });
    expect(await left()).toEqual(before);
  });

  it('destroys exactly what is past its time, and says so in the ledger before', async () => {
    expect(await purge(ports())).toMatchObject({ seq: undefined });
    ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
    const { destroyed, plan, seq } = await purge(ports());
    for (const kind of retentionClasses) expect([kind, destroyed[kind]]).toEqual([kind, plan[kind].due]);
    // An open case and an alert that nobody has read yet have no age.
    expect(await left()).toEqual({
      ...Object.fromEntries(retentionClasses.map((kind) => [kind, 1])),
      disclosure: 2,
      case: 2,
      alert: 2,
      'shown-view': 0,
    });
    expect(await ground.count('case_change')).toBe(0);
    expect(await ground.count("entry where kind = 'retention/v1' and seq = $1", seq)).toBe(1);
    expect(await ground.count("entry where kind = 'access/v1'")).toBe(2);
    expect(await purge(ports())).toMatchObject({ seq: undefined });
  });

  it.each(['customer', 'agent', 'case', 'range'] as const)(
    'keeps what a hold on a %s covers',
    async (scope) => {
      const covers: Record<typeof scope, HoldCover> = {
        customer: { scope, id: rosa.id } as HoldCover,
        agent: { scope, id: ann.agentId } as HoldCover,
        case: { scope, id: rosa.caseId } as HoldCover,
        range: { scope: 'range', from: groundStart, to: later(groundStart, 1) },
      };
      if (scope === 'agent')
        await run('update support_case set holder_ref = $1 where id = $2', `ref-${ann.agentId}`, rosa.caseId);
      await hold(covers[scope]);
      ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
      const before = await left();
      const { plan } = await purge(ports());
      const kept = {
        disclosure: 2,
        access: 1,
        case: 1,
        approval: 1,
        'break-glass': scope === 'case' ? 0 : 1,
      };
      for (const [kind, count] of Object.entries(kept))
        expect([kind, plan[kind as keyof typeof kept].held]).toEqual([kind, count]);
      const after = await left();
      for (const kind of ['disclosure', 'access', 'case', 'approval'] as const)
        expect([kind, after[kind]]).toEqual([kind, before[kind]]);
      // What no hold covers goes all the same.
      expect(after['entry-key']).toBe(1);
    },
  );

  it('keeps what a hold covers that was put on after the counting', async () => {
    ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
    const real = ports();
    const { destroyed } = await purge({
      ...real,
      records: {
        ...real.records,
        async count(kind, before, now) {
          const counted = await real.records.count(kind, before, now);
          if (kind === 'shown-view') await hold({ scope: 'customer', id: rosa.id });
          return counted;
        },
      },
    });
    expect(destroyed).toMatchObject({ disclosure: 0, access: 0, approval: 0, session: 1 });
  });

  it('passes held records once and still reaches those behind them, in batches', async () => {
    const omar = await ground.customer();
    for (const about of [omar, rosa]) await ground.look(about, ann.agentId, 30);
    await hold({ scope: 'customer', id: omar.id });
    ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
    const told: number[] = [];
    const real = ports();
    const small: PurgePorts = {
      ...real,
      onProgress: (done) => void told.push(done),
    };
    const { destroyed } = await purge(small);
    expect(destroyed.disclosure).toBe(62);
    expect(await ground.count('disclosure where subject_id = $1', omar.id)).toBe(30);
    expect(told.at(-1)).toBe(Object.values(destroyed).reduce((sum, count) => sum + count, 0));
  });

  it('never takes an entry for older than it is, though a clock had been set back', async () => {
    for (const days of [50, 2, 60]) await ground.look(rosa, ann.agentId, 1, days * dayMs);
    ground.clock.setTo(later(groundStart, 110 * dayMs));
    await purge(ports());
    const { rows } = await run(
      `select count(*) filter (where e.at > $1) as young, count(*) filter (where e.at <= $1) as old
       from disclosure d join entry e using (seq) where e.kind = 'access/v1'`,
      new Date(later(groundStart, 10 * dayMs)).toISOString(),
    );
    expect(rows[0].young).toBe(4);
  });

  it('stops between two batches when it is told to', async () => {
    ground.clock.setTo(later(groundStart, 100 * dayMs + 1));
    const stop = new AbortController();
    stop.abort();
    const { destroyed } = await purge({ ...ports(), stop: stop.signal });
    expect(Object.values(destroyed).every((count) => count === 0)).toBe(true);
  });
});
