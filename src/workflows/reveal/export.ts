import { Fault } from '../../model/fault.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import type { Asker, ExportAsk } from './ask.ts';
import { gather, judge, type LookingPorts } from './looking-room.ts';
import { record } from './record.ts';
import { customerAsked } from './view.ts';

/** Nobody takes records out through here. The try is judged and recorded all the same: it is a signal. */
export const askExport = async (ports: LookingPorts, asker: Asker, ask: ExportAsk): Promise<Refusal> => {
  const { caseKey, fields, reason } = ask;
  const gathered = await gather(ports, asker, { caseKey, reason });
  const judged = judge(ports, gathered, {
    action: 'export',
    fields,
    reason,
    customer: customerAsked(gathered),
  });
  await record(ports, asker, { gathered, judged, fields, reason });
  if (judged.decision.outcome === 'refuse') return refuse(judged.decision.refusal);
  throw new Fault('policy-broken', 'a rule permits exports, but there is no way to make one');
};
