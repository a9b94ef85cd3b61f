import { createHash } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import type { SessionId } from '../../model/id.ts';
import type { Clock } from '../../model/ports.ts';
import type { EntryDraft, Json, Ledger } from '../../records/ledger/entry-draft.ts';
import { type IssuedViews, type ReadAsk, readWatermark, type WatermarkFinding } from './read-watermark.ts';

export interface ReadingPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly issued: IssuedViews;
  /** The part of an entry that says who did it; no session: the operator at the command line. */
  readonly actedBy: (
    sessionId: SessionId | undefined,
    detail: { readonly [name: string]: Json },
  ) => Promise<NonNullable<EntryDraft['by']>>;
}

/** Pictures are decoded in memory: more at once would take the memory that looks need. */
const readingsAtOnceMax = 2;

export type PersonReading = WatermarkFinding & { readonly seq: number };

/**
 * Reads pictures for a person of the organisation. Who asked and about which pictures (their SHA-256) is on record
 * before the answer, which names an agent and a customer.
 *
 * @throws Fault `busy` when two readings are under way, `unprocessable` when a picture cannot be used
 */
export const photoReader = (
  ports: ReadingPorts,
): ((sessionId: SessionId | undefined, ask: ReadAsk) => Promise<PersonReading>) => {
  let underWay = 0;
  return async (sessionId, ask) => {
    if (underWay >= readingsAtOnceMax) throw new Fault('busy', 'two pictures are being read already');
    underWay += 1;
    try {
      const finding = await readWatermark(ask, ports.issued);
      const pictures = ask.pictures.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
      const found = 'reading' in finding ? finding.reading.kind : 'unusable';
      const views = 'reading' in finding ? finding.views.map(({ viewId }) => viewId).slice(0, 20) : [];
      const { seq } = await ports.ledger.append({
        kind: 'photo-reading/v1',
        at: ports.clock.now(),
        by: await ports.actedBy(sessionId, { pictures, found, views }),
      });
      return { ...finding, seq };
    } finally {
      underWay -= 1;
    }
  };
};
