import type { Action } from '../../model/access.ts';
import type { SessionId } from '../../model/id.ts';
import { type Gathered, gather, type LookingPorts } from './looking-room.ts';
import { record } from './record.ts';

export interface Throttled {
  readonly sessionId: SessionId;
  readonly action: Action;
  /** How many tries the door turned away since it was last told. */
  readonly count: number;
}

/** Puts on the record that the door turned tries away before anyone judged them: one entry for all of them. */
export const recordThrottled = async (
  ports: LookingPorts,
  { sessionId, action, count }: Throttled,
): Promise<void> => {
  const gathered: Gathered = await gather(ports, { sessionId, idempotencyKey: undefined }, {});
  await record(
    ports,
    { sessionId, idempotencyKey: undefined },
    {
      gathered,
      judged: {
        asked: { action, fields: [], reason: 'not-asked', customer: 'unknown', spentBudgets: [] },
        decision: { outcome: 'refuse', refusal: 'throttled', policies: [] },
        release: () => {},
      },
      fields: [],
      count,
    },
  );
};
