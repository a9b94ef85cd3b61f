import { Worker } from 'node:worker_threads';
import type { MarkReading } from '../../analysis/watermark/read-mark.ts';
import type { AgentId, CustomerId, ViewId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { ReadingOrder, ReadingOutcome } from './reading-thread.ts';

/** Who was shown what when, as the ledger's readers know it. */
export interface IssuedView {
  readonly viewId: ViewId;
  readonly agentId: AgentId;
  readonly customerId: CustomerId | undefined;
  readonly at: Instant;
  /** Position of the view's entry in the ledger. */
  readonly seq: number;
}

/** Where issued views are looked up. */
export interface IssuedViews {
  find(viewId: ViewId): Promise<IssuedView | undefined>;
  /** Ids of the views issued from `from` until before `to`, at most `countMax`, latest first. */
  between(from: Instant, to: Instant, countMax: number): Promise<readonly ViewId[]>;
}

export interface ReadAsk {
  /** The files as they came, one or several photos of one screen, at most 12. */
  readonly pictures: readonly Uint8Array[];
  /** When the picture may have been taken. Without it there is no likelihood over issued views. */
  readonly within?: { readonly from: Instant; readonly to: Instant };
}

/** A picture carries the mark of a view: evidence of what was on a screen, not proof of who held the camera. */
export type WatermarkFinding =
  | { readonly reading: MarkReading; readonly views: readonly IssuedView[] }
  | { readonly pictureAt: number; readonly unusable: string };

export const picturesMax = 12;
const candidatesMax = 100_000;
/** Time the thread may compute, by its own processor clock: waiting for a busy machine does not count. */
const computingMsMax = 10_000;
const clockMsMax = 40_000;
const watchEveryMs = 250;
const softLimitMs = 8_500;
const threadHeapMbMax = 384;

const overdue = {
  pictureAt: 0,
  unusable: 'reading took longer than 10 seconds: crop the picture to the screen',
};

/**
 * Runs one reading in a thread of its own, which is ended after ten seconds of computing, or forty by the clock when
 * the machine has no time for it: a picture that keeps the reader busy costs its sender an answer and nobody else
 * anything.
 */
export const readInThread = (order: Omit<ReadingOrder, 'softLimitMs'>): Promise<ReadingOutcome> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./reading-thread.ts', import.meta.url), {
      workerData: { ...order, softLimitMs } satisfies ReadingOrder,
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMbMax },
    });
    const end = (): void => {
      clearInterval(watch);
      clearTimeout(limit);
      void thread.terminate();
    };
    const settle = (outcome: ReadingOutcome): void => {
      end();
      resolve(outcome);
    };
    const watch = setInterval(() => {
      thread.cpuUsage().then(
        ({ user, system }) => (user + system) / 1000 > computingMsMax && settle(overdue),
        // the thread has ended meanwhile: its message or its error settles
        () => {},
      );
    }, watchEveryMs);
    const limit = setTimeout(() => settle(overdue), clockMsMax);
    thread.once('message', settle);
    thread.once('error', (thrown: Error & { code?: string }) => {
      end();
      if (thrown.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(thrown);
      else
        resolve({
          pictureAt: 0,
          unusable: 'reading needs more memory than it is given: save the picture smaller',
        });
    });
  });

const viewIdsOf = (reading: MarkReading): readonly ViewId[] => {
  if (reading.kind === 'exact') return [reading.viewId];
  return reading.kind === 'likely' ? reading.candidates.map(({ viewId }) => viewId) : [];
};

/**
 * Reads which view a picture carries and looks the view up. An exact reading of a view that was never issued here
 * comes back without a view: a foreign mark, or a false reading.
 */
export const readWatermark = async (ask: ReadAsk, issued: IssuedViews): Promise<WatermarkFinding> => {
  if (ask.pictures.length > picturesMax)
    return { pictureAt: picturesMax, unusable: `more than ${picturesMax} pictures: send the sharpest ones` };
  const issuedViews = ask.within ? await issued.between(ask.within.from, ask.within.to, candidatesMax) : [];
  const outcome = await readInThread({ pictures: ask.pictures, issuedViews });
  if ('unusable' in outcome) return outcome;
  const found = await Promise.all(viewIdsOf(outcome.reading).map((viewId) => issued.find(viewId)));
  return { reading: outcome.reading, views: found.filter((view) => view !== undefined) };
};
