import { type Refusal, refuse } from '../../model/refusal.ts';
import { openFields } from '../../records/vault/open-vault.ts';
import type { Asker, FieldsRevealed, RevealAsk } from './ask.ts';
import { gather, judge, type LookingPorts, unsealed } from './looking-room.ts';
import { record } from './record.ts';

/**
 * One reveal, whole: who asks, which case, what budgets; decide; the entry durable; then, and only then, the
 * fields are opened. A refusal returns after its entry. A fault anywhere shows nothing.
 */
export const reveal = async (
  ports: LookingPorts,
  asker: Asker,
  ask: RevealAsk,
): Promise<FieldsRevealed | Refusal> => {
  const { viewId, fields, reason } = ask;
  const gathered = await gather(ports, asker, { viewId, reason });
  const judged = judge(ports, gathered, {
    action: 'reveal',
    fields,
    reason,
    customer: gathered.facts.record ? 'of-this-case' : 'unknown',
  });
  const { seq } = await record(ports, asker, { gathered, judged, viewId, fields, reason });
  if (judged.decision.outcome === 'refuse') return refuse(judged.decision.refusal);
  const { record: sealed, key } = unsealed(gathered);
  return { seq, viewId, fields: openFields(sealed, key, fields) };
};
