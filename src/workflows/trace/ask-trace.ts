import { createHash } from 'node:crypto';
import type { AttributionResult, CustomerReport } from '../../analysis/attribution/attribution-result.ts';
import type { Exposure } from '../../analysis/exposure/exposed-customer.ts';
import { type Actor, refusalOfActor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import { type AgentId, newId, type TraceId, type VendorId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';
import type { TraceRecords, TraceRun } from '../../records/trace/trace-records.ts';

export interface TracingPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly traces: TraceRecords;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
  readonly readSize: () => Promise<number>;
  /** Reads accesses below this place and weighs the reports, in a thread of its own. */
  readonly trace: (ledgerSize: number, reports: readonly CustomerReport[]) => Promise<AttributionResult>;
  readonly expose: (ledgerSize: number, ask: ExposureAsk) => Promise<Exposure>;
}

export interface ExposureAsk {
  readonly who: { readonly agentId: AgentId } | { readonly vendorId: VendorId };
  readonly from: Instant;
  readonly to: Instant;
}

/** Attribution takes memory by the size of the organisation: one at a time. */
const tracesAtOnceMax = 1;
const tracers: readonly Role[] = ['analyst', 'responder'];

/** "Whose account, since when" and "who is exposed" over the live sequence, each on record before its answer. */
export const openTracing = (ports: TracingPorts) => {
  let underWay = 0;
  const record = async (
    actor: Actor,
    kind: 'trace/v1' | 'exposure/v1',
    detail: Record<string, string | number>,
  ) =>
    ports.ledger.append({
      kind,
      at: ports.clock.now(),
      by: await actedBy(ports.agentSealer, actor, detail),
    });

  /** The answer is recorded with its hash before anyone can read it. */
  const run = async (actor: Actor, trace: TraceRun, reports: readonly CustomerReport[]): Promise<void> => {
    try {
      const result = JSON.stringify(await ports.trace(trace.ledgerSize, reports));
      const sha256 = createHash('sha256').update(result).digest('hex');
      await record(actor, 'trace/v1', { trace: trace.id, size: trace.ledgerSize, result: sha256 });
      await ports.traces.settle(trace.id, result);
    } catch {
      // Nobody waits for this promise: the state tells that it failed, and asking again is harmless.
      await ports.traces.settle(trace.id, undefined).catch(() => {});
    } finally {
      underWay -= 1;
    }
  };

  return {
    /** Begins a trace; its answer is read by its id later. */
    async ask(
      actor: Actor,
      reports: readonly CustomerReport[],
    ): Promise<{ readonly traceId: TraceId; readonly seq: number; readonly ended: Promise<void> } | Refusal> {
      const refusal = refusalOfActor(actor, tracers);
      if (refusal) return refuse(refusal);
      if (underWay >= tracesAtOnceMax) throw new Fault('busy', 'another trace is under way');
      underWay += 1;
      try {
        const [id, ledgerSize] = [newId('trace', ports.chance), await ports.readSize()];
        const { seq, at } = await record(actor, 'trace/v1', { trace: id, reports: reports.length });
        const asked = { id, askedAt: at, askedBy: actor.agentId, askedSeq: seq, ledgerSize };
        await ports.traces.add({ ...asked, reports: reports.length });
        const ended = run(
          actor,
          { ...asked, reports: reports.length, state: 'running', result: undefined },
          reports,
        );
        return { traceId: id, seq, ended };
      } catch (thrown) {
        underWay -= 1;
        throw thrown;
      }
    },

    /** Who could be seen by an account or a vendor between two moments, and with which fields. */
    async expose(
      actor: Actor,
      { who, from, to }: ExposureAsk,
    ): Promise<{ readonly seq: number; readonly ledgerSize: number; readonly exposure: Exposure } | Refusal> {
      const refusal = refusalOfActor(actor, tracers);
      if (refusal) return refuse(refusal);
      const ledgerSize = await ports.readSize();
      const subject =
        'agentId' in who ? { agent: who.agentId as string } : { vendor: who.vendorId as string };
      const detail = { ...subject, from: formatInstant(from), to: formatInstant(to), size: ledgerSize };
      const exposure = await ports.expose(ledgerSize, { who, from, to });
      const { seq } = await record(actor, 'exposure/v1', {
        ...detail,
        customers: exposure.couldSee.customers,
      });
      return { seq, ledgerSize, exposure };
    },

    async read(id: TraceId): Promise<TraceRun> {
      const found = await ports.traces.find(id);
      if (!found) throw new Fault('not-found', 'no such trace');
      return found;
    },
    list: (countMax: number) => ports.traces.newestFirst(countMax),
  };
};
