import { Fault } from '../../model/fault.ts';
import { findField } from '../../model/field.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import { openFields } from '../../records/vault/open-vault.ts';
import type { Asker, ContactAsk, ContactStarted } from './ask.ts';
import { gather, judge, type LookingPorts, unsealed } from './looking-room.ts';
import { record } from './record.ts';

/**
 * Starts a call or a mail to a customer whose number or address the agent does not see. The value goes from the
 * vault to the telephone system or mail gateway; the answer to the agent holds nothing of it.
 */
export const contact = async (
  ports: LookingPorts,
  asker: Asker,
  ask: ContactAsk,
): Promise<ContactStarted | Refusal> => {
  const { viewId, field } = ask;
  const gathered = await gather(ports, asker, { viewId });
  const customer = gathered.facts.record ? 'of-this-case' : 'unknown';
  const judged = judge(ports, gathered, { action: 'contact', fields: [field], customer });
  const { seq, repeated } = await record(ports, asker, { gathered, judged, viewId, fields: [field] });
  if (judged.decision.outcome === 'refuse') return refuse(judged.decision.refusal);
  // A retry of a recorded contact does not ring the customer twice.
  if (repeated) return { seq };
  const { record: sealed, key } = unsealed(gathered);
  const to = openFields(sealed, key, [field])[0]?.value;
  const by = findField(ports.catalogue, field)?.contact;
  if (!to || !by)
    throw new Fault('contact-failed', 'no value to contact by', {
      detail: 'This customer left no such contact.',
    });
  const { asker: agent, matter } = gathered.facts;
  await ports.contactStarter.start({ by, to, agentRef: agent.agentRef, caseRef: matter?.ref });
  return { seq };
};
