import { customerRef } from '../world/customers.ts';
import { type DeskChange, type HelpDeskLine, tellChanges } from './help-desk.ts';

/** Whoever tries the demo for the first time is this agent: the traffic leaves their cases alone. */
export const firstAgentRef = 'avocet.1';

const cases: readonly (Partial<DeskChange> & { readonly name: string; readonly n?: number })[] = [
  { name: 'locked-out', topic: 'account-access', channel: 'chat', initiated_by: 'customer', n: 11 },
  { name: 'lost-transfer', topic: 'payment', channel: 'mail', initiated_by: 'customer', n: 12 },
  { name: 'caller-unknown', topic: 'card', channel: 'phone', initiated_by: 'customer' },
  { name: 'we-called-them', topic: 'fees', channel: 'phone', initiated_by: 'agent', n: 13 },
  { name: 'identity-papers', topic: 'identity-check', channel: 'web', initiated_by: 'customer', n: 14 },
];

/** Opens one case of each kind for the first agent. */
export const openFirstCases = async (line: HelpDeskLine): Promise<void> => {
  const run = Date.now().toString(36).slice(-4);
  const at = new Date().toISOString();
  const changes = cases.flatMap(({ name, n, ...told }): DeskChange[] => {
    const caseRef = `${name}-${run}`;
    return [
      {
        at,
        case: caseRef,
        change: 'opened',
        queue: 'general',
        ...told,
        ...(n ? { customer: customerRef(n) } : {}),
      },
      { at, case: caseRef, change: 'assigned', agent: firstAgentRef },
    ];
  });
  await tellChanges(line, changes);
};
