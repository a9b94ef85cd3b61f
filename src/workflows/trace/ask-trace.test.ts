import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import type { AttributionResult } from '../../analysis/attribution/attribution-result.ts';
import type { Exposure } from '../../analysis/exposure/exposed-customer.ts';
import type { Actor } from '../../model/actor.ts';
import { newId, type TraceId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { isRefusal } from '../../model/refusal.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { keySealer } from '../../platform/keys/subject-key.ts';
import type { TraceRun } from '../../records/trace/trace-records.ts';
import { openTracing } from './ask-trace.ts';

const chance = seededChance('tracing');
const now = instantOf(Date.UTC(2026, 10, 22, 9));
const result = {
  suspects: [],
  nobody_posterior: 1,
  warnings: [],
  limits: ['x'],
} as unknown as AttributionResult;
const exposure = { customers: [], couldSee: { customers: 3 } } as unknown as Exposure;
const actor = (over: Partial<Actor> = {}): Actor => ({
  agentId: newId('agent', chance),
  role: 'analyst',
  active: true,
  teamId: undefined,
  siteId: undefined,
  vendorId: undefined,
  session: { id: newId('session', chance), live: true },
  ...over,
});

const setUp = (trace: () => Promise<AttributionResult> = async () => result) => {
  const ledger = new MemoryLedger();
  const runs = new Map<TraceId, TraceRun>();
  const sizes: number[] = [];
  const tracing = openTracing({
    clock: { now: () => now },
    chance,
    ledger,
    traces: {
      add: async (run) => void runs.set(run.id, { ...run, state: 'running', result: undefined }),
      async settle(id, told) {
        const run = runs.get(id);
        if (run) runs.set(id, { ...run, state: told === undefined ? 'failed' : 'done', result: told });
      },
      find: async (id) => runs.get(id),
      newestFirst: async () => [...runs.values()],
    },
    agentSealer: async () => keySealer(chance.bytes(32), chance),
    readSize: async () => 41,
    trace: async (size) => {
      sizes.push(size);
      return trace();
    },
    expose: async () => exposure,
  });
  return { ledger, tracing, sizes };
};

describe('a trace', () => {
  it('keeps the snapshot it was drawn from, and its answer is on record by hash before it can be read', async () => {
    const { ledger, tracing, sizes } = setUp();
    const by = actor();
    const asked = await tracing.ask(by, [{ customer: 'cus_a', atMs: now }]);
    if (isRefusal(asked)) throw new Error('refused');
    await asked.ended;
    const run = await tracing.read(asked.traceId);
    expect(run).toMatchObject({
      state: 'done',
      ledgerSize: 41,
      reports: 1,
      askedBy: by.agentId,
      askedSeq: 0,
    });
    expect(sizes).toEqual([41]);
    const sha256 = createHash('sha256')
      .update(run.result ?? '')
      .digest('hex');
    expect(ledger.drafts.map(({ kind, by: acted }) => [kind, acted?.disclosures.detail])).toEqual([
      ['trace/v1', { trace: asked.traceId, reports: 1 }],
      ['trace/v1', { trace: asked.traceId, size: 41, result: sha256 }],
    ]);
  });

  it('that breaks says so, and the next one may begin', async () => {
    const { tracing } = setUp(() => Promise.reject(new Error('broke')));
    for (const _ of [1, 2]) {
      const asked = await tracing.ask(actor(), []);
      if (isRefusal(asked)) throw new Error('refused');
      await asked.ended;
      expect((await tracing.read(asked.traceId)).state).toBe('failed');
    }
  });

  it('waits for no other: a second one is told to come later', async () => {
    const { tracing } = setUp(() => new Promise(() => {}));
    await tracing.ask(actor(), []);
    await expect(tracing.ask(actor(), [])).rejects.toMatchObject({ code: 'busy' });
  });

  it('is for analysts and responders with a live session', async () => {
    const { tracing, ledger } = setUp();
    for (const by of [actor({ role: 'auditor' }), actor({ active: false })]) {
      expect(isRefusal(await tracing.ask(by, []))).toBe(true);
      const ask = { who: { agentId: by.agentId }, from: now, to: now };
      expect(isRefusal(await tracing.expose(by, ask))).toBe(true);
    }
    expect(ledger.drafts).toEqual([]);
  });
});

describe('an exposure', () => {
  it('is on record with whom it was asked about before it is told', async () => {
    const { ledger, tracing } = setUp();
    const vendorId = newId('vendor', chance);
    const told = await tracing.expose(actor(), { who: { vendorId }, from: now, to: now });
    expect(told).toMatchObject({ seq: 0, ledgerSize: 41, exposure });
    expect(ledger.drafts[0]).toMatchObject({
      kind: 'exposure/v1',
      by: { disclosures: { detail: { vendor: vendorId, size: 41, customers: 3 } } },
    });
  });
});
