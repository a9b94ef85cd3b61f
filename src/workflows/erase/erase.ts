import { type Actor, refusalOfActor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import { newId, newUuid } from '../../model/id.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import type { Erasure } from '../../records/erasure/erasure.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import { carryOut } from './carry-out.ts';
import {
  type ErasePorts,
  type ErasureAsk,
  type ErasureOutcome,
  erasingRoles,
  requestPattern,
} from './erase-ports.ts';

const outcomeOf = (erasure: Erasure, repeated: boolean): ErasureOutcome => ({
  erasureId: erasure.id,
  request: erasure.request,
  state: erasure.state,
  decidedAt: erasure.decidedAt,
  doneAt: erasure.doneAt,
  repeated,
});

const refused = async (
  ports: ErasePorts,
  { actor, ask, code }: { readonly actor: Actor; readonly ask: ErasureAsk; readonly code: RefusalCode },
): Promise<Refusal> => {
  const detail = { act: 'erase', class: ask.subject.subjectClass, request: ask.request, refusal: code };
  await ports.ledger.append({
    kind: 'denied/v1',
    at: ports.clock.now(),
    by: await actedBy(ports.agentSealer, actor, detail),
  });
  return refuse(code);
};

/** The erasure that answers this ask already. @throws Fault `conflict` when its number stands for somebody else's */
const knownErasure = async (ports: ErasePorts, ask: ErasureAsk): Promise<Erasure | undefined> => {
  const known = await ports.erasures.findOf(ask.subject);
  if (known) return known;
  const numbered = await ports.erasures.findByRequest(ask.request);
  // Undefined, or begun for this very person since we looked.
  if (numbered === undefined || numbered.subjectId === ask.subject.id) return numbered;
  const detail =
    'This number of a request was used for another person. Give each request a number of its own.';
  throw new Fault('conflict', 'the number of the request stands for another erasure', { detail });
};

const begin = async (
  ports: ErasePorts,
  actor: Actor,
  ask: ErasureAsk,
): Promise<Erasure['id'] | undefined> => {
  const { subjectClass, id: subjectId } = ask.subject;
  const id = newId('erasure', ports.chance);
  const added = await ports.erasures.add({
    id,
    request: ask.request,
    subjectClass,
    subjectId,
    basis: ask.basis,
    decidedBy: actor.agentId,
    decidedRole: actor.role,
    decidedAt: ports.clock.now(),
    orderedKey: newUuid(ports.chance),
    doneKey: newUuid(ports.chance),
    standIn: subjectClass === 'customer' ? newId('customer', ports.chance) : `erased-${id.slice(-12)}`,
  });
  return added ? id : (await knownErasure(ports, ask))?.id;
};

/**
 * Erases a customer, or an agent who has left: their key and everything by which they can be found or read. The
 * ledger's entries stay, as digests that nobody can open any more. Judged first, then on record, then destroyed.
 * Asking again for the same person answers with the first erasure and carries on what was cut short.
 * @throws Fault `not-found` when there is no such person, `conflict` when the number was used for another,
 *   `unprocessable` for a number out of form
 */
export const erase = async (
  ports: ErasePorts,
  actor: Actor,
  ask: ErasureAsk,
): Promise<ErasureOutcome | Refusal> => {
  if (!new RegExp(requestPattern).test(ask.request)) {
    const detail = 'The number of a request has 1 to 64 letters, digits, dots, dashes or underscores.';
    throw new Fault('unprocessable', `request: ${detail}`, { detail });
  }
  const code = refusalOfActor(actor, erasingRoles);
  if (code) return refused(ports, { actor, ask, code });
  const known = await knownErasure(ports, ask);
  if (known) return outcomeOf(await carryOut(ports, known.id), true);
  const presence = await ports.erasures.presence(ask.subject);
  if (presence === 'none') throw new Fault('not-found', 'there is no such person to erase');
  if (presence === 'here') return refused(ports, { actor, ask, code: 'has-not-left' });
  if (await ports.erasures.isHeld(ask.subject, ports.clock.now()))
    return refused(ports, { actor, ask, code: 'held' });
  const id = await begin(ports, actor, ask);
  if (id === undefined) throw new Fault('conflict', 'another erasure of this person began and was blocked');
  const erasure = await carryOut(ports, id);
  // A hold was put on in the instant between: it counts.
  if (erasure.state === 'blocked') return refused(ports, { actor, ask, code: 'held' });
  return outcomeOf(erasure, false);
};
