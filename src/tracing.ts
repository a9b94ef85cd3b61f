import { Worker } from 'node:worker_threads';
import type { AttributionResult, CustomerReport } from './analysis/attribution/attribution-result.ts';
import type { Exposure } from './analysis/exposure/exposed-customer.ts';
import { Fault } from './model/fault.ts';
import { exposePlaintext } from './model/plain.ts';
import type { StorageSettings } from './settings.ts';
import type { ExposureAsk, TracingPorts } from './workflows/trace/ask-trace.ts';

/** What a tracing thread is given. */
export interface TraceOrder {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Accesses from this place on are not read: the snapshot that the answer is drawn from. */
  readonly ledgerSize: number;
  readonly task:
    | { readonly kind: 'trace'; readonly reports: readonly CustomerReport[] }
    | { readonly kind: 'expose'; readonly ask: ExposureAsk };
}

const heapMbMax = 1_024;

const inThread = <Answer>(order: TraceOrder): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./trace-thread.ts', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
    });
    thread.once('message', resolve);
    thread.once('error', (cause) => reject(new Fault('bug', 'a trace broke', { cause })));
    thread.once('exit', () => reject(new Fault('bug', 'a trace ended without an answer')));
  });

/** Traces and exposures over the records of these settings, each in a thread of its own. */
export const threadedTracing = (
  settings: Pick<StorageSettings, 'dataDir' | 'databaseUrl'>,
): Pick<TracingPorts, 'trace' | 'expose'> => {
  const order = (ledgerSize: number, task: TraceOrder['task']): TraceOrder => ({
    dataDir: settings.dataDir,
    databaseUrl: settings.databaseUrl && exposePlaintext(settings.databaseUrl),
    ledgerSize,
    task,
  });
  return {
    trace: (size, reports) => inThread<AttributionResult>(order(size, { kind: 'trace', reports })),
    expose: (size, ask) => inThread<Exposure>(order(size, { kind: 'expose', ask })),
  };
};
