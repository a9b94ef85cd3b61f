import { Fault } from '../../model/fault.ts';
import { newId, type SessionId, type ViewId } from '../../model/id.ts';
import { later } from '../../model/instant.ts';
import { actorOf } from '../../records/facts/actor-of.ts';
import { actedBy } from '../../records/ledger/acted-by.ts';
import type { MarkingPorts } from './marking-ports.ts';

export const absenceReasons = ['removed', 'altered', 'hidden', 'unloadable', 'contested'] as const;

export interface AbsenceTold {
  readonly viewId: ViewId;
  readonly reason: (typeof absenceReasons)[number];
  /** How often the page has put the mark back since it was opened. */
  readonly restoredCount: number;
}

/** One restoration may be a browser extension; from this many on a person should look. */
const alarmingCount = 3;

/**
 * The page says that a view's mark was away for a moment. That goes on record; when it happens again and again, or
 * the page had to give up, people are told as well.
 *
 * @throws Fault `not-found` when this session has no such view
 */
export const reportAbsence = async (
  ports: MarkingPorts,
  sessionId: SessionId,
  { viewId, reason, restoredCount }: AbsenceTold,
): Promise<number> => {
  const now = ports.clock.now();
  if (!(await ports.views.isShownIn(viewId, sessionId, later(now, -ports.viewMaxMs))))
    throw new Fault('not-found', 'no such view in this session');
  const actor = actorOf(await ports.whoAsks(sessionId));
  const detail = { view: viewId, reason, restored: restoredCount };
  const { seq } = await ports.ledger.append({
    kind: 'mark-absence/v1',
    at: now,
    by: await actedBy(ports.agentSealer, actor, detail),
  });
  if (reason !== 'contested' && restoredCount !== alarmingCount) return seq;
  const id = newId('alert', ports.chance);
  const sentence =
    reason === 'contested'
      ? 'The mark of a view was taken away again and again, until the page hid the view.'
      : `The mark of a view was taken away ${alarmingCount} times.`;
  await ports.alerts.add({
    id,
    at: now,
    kind: 'mark-absence',
    agentId: actor.agentId,
    seq,
    reasons: [
      sentence,
      `The view is ${viewId}. Innocent: a browser extension that changes pages; ask which are installed.`,
    ],
  });
  await ports.outbox.send(id);
  return seq;
};
