import { createHash } from 'node:crypto';
import { Fault } from '../../model/fault.ts';
import type { AgentId, SessionId } from '../../model/id.ts';
import type { Clock } from '../../model/ports.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { actorOf } from '../../records/facts/actor-of.ts';
import type { AskerFacts } from '../../records/facts/gather-facts.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';
import { type IssuedViews, type ReadAsk, readWatermark, type WatermarkFinding } from './read-watermark.ts';

export interface ReadingPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly issued: IssuedViews;
  /** @throws Fault `not-signed-in` when there is no such session. */
  readonly whoAsks: (sessionId: SessionId) => Promise<AskerFacts>;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
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
): ((sessionId: SessionId, ask: ReadAsk) => Promise<PersonReading>) => {
  let underWay = 0;
  return async (sessionId, ask) => {
    if (underWay >= readingsAtOnceMax) throw new Fault('busy', 'two pictures are being read already');
    underWay += 1;
    try {
      const finding = await readWatermark(ask, ports.issued);
      const actor = actorOf(await ports.whoAsks(sessionId));
      const pictures = ask.pictures.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
      const found = 'reading' in finding ? finding.reading.kind : 'unusable';
      const views = 'reading' in finding ? finding.views.map(({ viewId }) => viewId).slice(0, 20) : [];
      const { seq } = await ports.ledger.append({
        kind: 'photo-reading/v1',
        at: ports.clock.now(),
        by: await actedBy(ports.agentSealer, actor, { pictures, found, views }),
      });
      return { ...finding, seq };
    } finally {
      underWay -= 1;
    }
  };
};
