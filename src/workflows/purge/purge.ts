import {
  type RetentionClass,
  type RetentionPolicy,
  retentionClasses,
} from '../../analysis/retention/parse-retention.ts';
import type { Actor } from '../../model/actor.ts';
import { formatInstant, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import { actedBy, actedByProgram, type SealFor } from '../../records/ledger/acted-by.ts';
import type { Json, Ledger } from '../../records/ledger/entry-draft.ts';
import type { DueCount, RetentionWriter } from '../../records/retention/retention-writer.ts';

export interface PurgePorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly agentSealer: SealFor;
  readonly retention: RetentionPolicy;
  readonly records: RetentionWriter;
  /** Told after each batch how many are destroyed, of how many that were due. */
  readonly onProgress?: (done: number, due: number) => void;
  /** Aborted: stops between two batches; the next run goes on. */
  readonly stop?: AbortSignal;
}

/** What is past its time, by kind. */
export type PurgePlan = Readonly<Record<RetentionClass, DueCount>>;

export interface Purged {
  readonly plan: PurgePlan;
  /** The entry that put it on record; undefined when nothing was due. */
  readonly seq: number | undefined;
  readonly destroyed: Readonly<Record<RetentionClass, number>>;
}

/** What would be destroyed, and what a hold keeps. Destroys nothing. */
export const planPurge = async ({
  clock,
  records,
  retention,
}: Pick<PurgePorts, 'clock' | 'records' | 'retention'>): Promise<PurgePlan> => {
  const now = clock.now();
  const plan: Partial<Record<RetentionClass, DueCount>> = {};
  for (const kind of retentionClasses)
    plan[kind] = await records.count(kind, later(now, -retention[kind]), now);
  return plan as PurgePlan;
};

const record = async (ports: PurgePorts, plan: PurgePlan, actor: Actor | undefined): Promise<number> => {
  const now = ports.clock.now();
  const kinds = retentionClasses.filter((kind) => plan[kind].due + plan[kind].held > 0);
  const detail: Record<string, Json> = {
    act: 'purge',
    kinds: Object.fromEntries(
      kinds.map((kind) => [
        kind,
        { ...plan[kind], before: formatInstant(later(now, -ports.retention[kind])) },
      ]),
    ),
  };
  const by = actor
    ? await actedBy(ports.agentSealer, actor, detail)
    : await actedByProgram(ports.agentSealer, detail);
  return (await ports.ledger.append({ kind: 'retention/v1', at: now, by })).seq;
};

/**
 * Destroys what is past its time and under no hold: counted first, then on record, then gone in batches, each of
 * which asks the holds again. Cut short it is gone on with at the next run.
 */
export const purge = async (ports: PurgePorts, actor?: Actor): Promise<Purged> => {
  const now = ports.clock.now();
  const plan = await planPurge(ports);
  const due = retentionClasses.reduce((sum, kind) => sum + plan[kind].due, 0);
  const destroyed = Object.fromEntries(retentionClasses.map((kind) => [kind, 0])) as Record<
    RetentionClass,
    number
  >;
  if (due === 0) return { plan, seq: undefined, destroyed };
  const seq = await record(ports, plan, actor);
  let done = 0;
  for (const kind of retentionClasses) {
    const before = later(now, -ports.retention[kind]);
    for (let after = -1; plan[kind].due > 0 && !ports.stop?.aborted; ) {
      const { count, last } = await ports.records.purge(kind, { before, now: ports.clock.now() }, after);
      if (count === 0) break;
      after = last;
      done += count;
      destroyed[kind] += count;
      ports.onProgress?.(done, Math.max(due, done));
    }
  }
  return { plan, seq, destroyed };
};
