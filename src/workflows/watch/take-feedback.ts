import { type Actor, refusalOfActor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import type { AgentId, AlertId } from '../../model/id.ts';
import type { Clock } from '../../model/ports.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { Verdict } from '../../records/lead/lead.ts';
import type { LeadRecords } from '../../records/lead/lead-records.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

export interface FeedbackPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly leads: Pick<LeadRecords, 'find' | 'addWord'>;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

/**
 * Takes down what a person found out about a lead. Nobody clears themselves: the word of whom the lead is about does
 * not count. It is on record before it changes how later signs are weighed.
 *
 * @throws Fault `not-found` when there is no such lead
 */
export const takeFeedback = async (
  ports: FeedbackPorts,
  actor: Actor,
  { alertId, verdict }: { readonly alertId: AlertId; readonly verdict: Verdict },
): Promise<number | Refusal> => {
  const refusal = refusalOfActor(actor, ['analyst', 'responder']);
  if (refusal) return refuse(refusal);
  const lead = await ports.leads.find(alertId);
  if (!lead) throw new Fault('not-found', 'no such lead');
  if (lead.agentId === actor.agentId || lead.told.members.includes(actor.agentId))
    return refuse('not-independent');
  const at = ports.clock.now();
  const { seq } = await ports.ledger.append({
    kind: 'lead-feedback/v1',
    at,
    by: await actedBy(ports.agentSealer, actor, { lead: alertId, verdict }),
  });
  await ports.leads.addWord({ seq, at, alertId, verdict, saidBy: actor.agentId });
  return seq;
};
