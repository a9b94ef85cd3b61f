import { type Actor, refusalOfActor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import type { BreakGlassId, CustomerId } from '../../model/id.ts';
import type { Clock } from '../../model/ports.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import { type Role, roles } from '../../model/role.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { BreakGlassReader } from '../../records/break-glass/break-glass-reader.ts';
import type { BreakGlassWriter } from '../../records/break-glass/break-glass-writer.ts';
import type { BrokenGlass } from '../../records/break-glass/broken-glass.ts';
import { actedBy, type SealFor } from '../../records/ledger/acted-by.ts';
import type { EntryDraft, Ledger } from '../../records/ledger/entry-draft.ts';

export interface EndBreakGlassPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly brokenGlass: Pick<BreakGlassReader, 'find' | 'liveAt'> & Pick<BreakGlassWriter, 'end'>;
  /** The sealer of a customer for the ledger; undefined when there is no such customer any more. */
  readonly sealerOf: (customerId: CustomerId) => Promise<Sealer | undefined>;
  readonly agentSealer: SealFor;
}

export interface GlassEnded {
  /** False when it was over already: nothing was recorded and nothing changed. */
  readonly ended: boolean;
  readonly seq: number | undefined;
}

/** Who may end anybody's. Whoever broke the glass may always end their own. */
const endingRoles: readonly Role[] = ['analyst', 'responder', 'administrator'];

const aboutOf = async (
  ports: EndBreakGlassPorts,
  customerId: CustomerId,
): Promise<Pick<EntryDraft, 'about'>> => {
  const sealer = await ports.sealerOf(customerId);
  const disclosures = { action: 'break-glass-ended', fields: [] };
  return sealer ? { about: { customerId, sealer, disclosures } } : {};
};

/**
 * Ends a break-glass before its time. From the next request on it opens nothing more, on every node.
 * @throws Fault `not-found` when there is none of this id
 */
export const endBreakGlass = async (
  ports: EndBreakGlassPorts,
  actor: Actor,
  id: BreakGlassId,
): Promise<GlassEnded | Refusal> => {
  const broken = await ports.brokenGlass.find(id);
  const own = broken?.agentId === actor.agentId;
  const code = refusalOfActor(actor, own ? roles : endingRoles);
  const now = ports.clock.now();
  const detail = { act: 'end', break_glass: id };
  if (code) {
    const by = await actedBy(ports.agentSealer, actor, { ...detail, refusal: code });
    await ports.ledger.append({ kind: 'denied/v1', at: now, by });
    return refuse(code);
  }
  if (!broken) throw new Fault('not-found', 'there is no such break-glass');
  if (broken.endedAt !== undefined || broken.endsAt <= now) return { ended: false, seq: undefined };
  const { seq } = await ports.ledger.append({
    kind: 'break-glass/v1',
    at: now,
    ...(await aboutOf(ports, broken.customerId)),
    by: await actedBy(ports.agentSealer, actor, { ...detail, entry: broken.seq }),
  });
  await ports.brokenGlass.end(id, now);
  return { ended: true, seq };
};

/** What is broken right now, for those who may end it. */
export const liveBreakGlass = (
  ports: Pick<EndBreakGlassPorts, 'brokenGlass' | 'clock'>,
): Promise<readonly BrokenGlass[]> => ports.brokenGlass.liveAt(ports.clock.now());
