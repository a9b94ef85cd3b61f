import { type Actor, refusalOfActor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import { type HoldId, newId } from '../../model/id.ts';
import { formatInstant } from '../../model/instant.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import { type HoldCover, holdReasonContext } from '../../records/hold/hold.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import type { EntryDraft, Json } from '../../records/ledger/entry-draft.ts';
import {
  type HoldAsk,
  type HoldPorts,
  type HoldPut,
  holdingRoles,
  type LiftAsk,
  type LiftOutcome,
  reasonCharsMax,
  reasonCharsMin,
} from './hold-ports.ts';

const coverDetail = (cover: HoldCover): Record<string, Json> =>
  cover.scope === 'range'
    ? { scope: cover.scope, from: formatInstant(cover.from), to: formatInstant(cover.to) }
    : { scope: cover.scope, id: cover.id };

const draftOf = async (
  ports: HoldPorts,
  actor: Actor,
  { kind, detail }: { readonly kind: 'hold/v1' | 'denied/v1'; readonly detail: Record<string, Json> },
): Promise<EntryDraft> => ({
  kind,
  at: ports.clock.now(),
  by: await actedBy(ports.agentSealer, actor, detail),
});

const refused = async (
  ports: HoldPorts,
  actor: Actor,
  { code, detail }: { readonly code: RefusalCode; readonly detail: Record<string, Json> },
): Promise<Refusal> => {
  await ports.ledger.append(
    await draftOf(ports, actor, { kind: 'denied/v1', detail: { ...detail, refusal: code } }),
  );
  return refuse(code);
};

const checkReason = (reason: string): string => {
  const told = reason.trim();
  if (told.length >= reasonCharsMin && told.length <= reasonCharsMax) return told;
  const detail = `Say why in ${reasonCharsMin} to ${reasonCharsMax} characters: which claim, authority or duty.`;
  throw new Fault('unprocessable', `reason: ${detail}`, { detail });
};

const checkTimes = (ports: HoldPorts, { cover, until }: HoldAsk): void => {
  const wrong =
    cover.scope === 'range' && cover.from >= cover.to
      ? 'The range ends before it begins.'
      : until !== undefined && until <= ports.clock.now()
        ? 'The hold would have ended already.'
        : undefined;
  if (wrong) throw new Fault('unprocessable', `hold: ${wrong}`, { detail: wrong });
};

/**
 * Puts a legal hold on: from the answer on nothing that it covers is erased or purged. The entry comes first; the
 * same idempotency key puts on one hold.
 * @throws Fault `unprocessable` for a reason or times out of form, `key-reused`
 */
export const putHold = async (
  ports: HoldPorts,
  { actor, idempotencyKey }: { readonly actor: Actor; readonly idempotencyKey: string | undefined },
  ask: HoldAsk,
): Promise<HoldPut | Refusal> => {
  const reason = checkReason(ask.reason);
  checkTimes(ports, ask);
  const detail = {
    act: 'put',
    ...coverDetail(ask.cover),
    until: ask.until === undefined ? null : formatInstant(ask.until),
  };
  const code = refusalOfActor(actor, holdingRoles);
  if (code) return refused(ports, actor, { code, detail });
  const holdId = newId('hold', ports.chance);
  const draft = await draftOf(ports, actor, { kind: 'hold/v1', detail: { ...detail, hold: holdId, reason } });
  const { at, sameAsk, seq } = await ports.ledger.append(
    draft,
    idempotencyKey === undefined
      ? {}
      : { idempotencyKey, fingerprint: JSON.stringify(['hold', actor.agentId, detail]) },
  );
  if (!sameAsk) throw new Fault('key-reused', 'the idempotency key stands for another ask');
  const before = await ports.holds.findBySeq(seq);
  if (before) return { holdId: before.id, seq };
  const sealer = await ports.agentSealer(actor.agentId);
  await ports.holds.put({
    id: holdId,
    seq,
    cover: ask.cover,
    until: ask.until,
    reason: sealer.seal(Buffer.from(reason), holdReasonContext(holdId)),
    putBy: actor.agentId,
    putAt: at,
  });
  return { holdId: (await ports.holds.findBySeq(seq))?.id ?? holdId, seq };
};

const recordLift = async (
  ports: HoldPorts,
  actor: Actor,
  lift: { readonly act: 'lift-asked' | 'lifted'; readonly hold: HoldId; readonly reason: string },
): Promise<number> =>
  (await ports.ledger.append(await draftOf(ports, actor, { kind: 'hold/v1', detail: { ...lift } }))).seq;

const lost = (): Fault =>
  new Fault('conflict', 'the hold changed while it was being lifted: look at it and ask again');

/**
 * Lifts a hold, which takes two: the first asks for it, somebody else confirms it. Both are on record.
 * @throws Fault `not-found` when there is no such hold, `conflict` when it changed meanwhile, `unprocessable`
 */
export const liftHold = async (
  ports: HoldPorts,
  actor: Actor,
  ask: LiftAsk,
): Promise<LiftOutcome | Refusal> => {
  const reason = checkReason(ask.reason);
  const detail = { act: 'lift', hold: ask.holdId };
  const code = refusalOfActor(actor, holdingRoles);
  if (code) return refused(ports, actor, { code, detail });
  const hold = await ports.holds.find(ask.holdId);
  if (!hold) throw new Fault('not-found', 'there is no such hold');
  if (hold.lifted) return { state: 'lifted', seq: undefined };
  const now = ports.clock.now();
  if (!hold.liftAsked) {
    const seq = await recordLift(ports, actor, { act: 'lift-asked', hold: hold.id, reason });
    if (!(await ports.holds.askLift(hold.id, actor.agentId, now))) throw lost();
    return { state: 'asked', seq };
  }
  // Without a session one operator could speak for both.
  if (hold.liftAsked.by === actor.agentId || actor.session === undefined)
    return refused(ports, actor, { code: 'same-person', detail });
  const seq = await recordLift(ports, actor, { act: 'lifted', hold: hold.id, reason });
  if (!(await ports.holds.lift(hold.id, actor.agentId, now))) throw lost();
  return { state: 'lifted', seq };
};
