import { Fault } from '../../../model/fault.ts';
import { newId, type SessionId } from '../../../model/id.ts';
import { later } from '../../../model/instant.ts';
import { plain } from '../../../model/plain.ts';
import type { Chance } from '../../../model/ports.ts';
import { refuse } from '../../../model/refusal.ts';
import type { Erasure } from '../../../records/erasure/erasure.ts';
import type { HoldShown } from '../../../workflows/hold/hold-ports.ts';
import type { ErasingDoor } from '../erasing-door.ts';
import type { FakeRoomsGround } from './fake-ground.ts';

type Ground = Pick<FakeRoomsGround, 'customer' | 'isOver' | 'now' | 'seen'> & {
  readonly chance: Chance;
  readonly check: () => void;
};

type See = (word: string, handed: object) => number;

const over = ({ isOver }: Ground, sessionId: SessionId) =>
  isOver(sessionId) ? refuse('session-ended') : undefined;

const counts = { keys: 1, vaultRows: 1, lookUps: 3, disclosures: 9, approvals: 0, sessions: 0, links: 2 };

const fakeErasures = (ground: Ground, see: See): Pick<ErasingDoor, 'erase' | 'erasures' | 'certificate'> => {
  const erasures: Erasure[] = [];
  const { chance, check, customer, now } = ground;
  const add = (ask: Parameters<ErasingDoor['erase']>[1], seq: number): Erasure => {
    const erasure: Erasure = {
      id: newId('erasure', chance),
      request: ask.request,
      subjectClass: ask.subject.subjectClass,
      subjectId: ask.subject.id,
      basis: ask.basis,
      decidedBy: newId('agent', chance),
      decidedRole: 'responder',
      decidedAt: now(),
      state: 'done',
      orderedKey: '',
      doneKey: '',
      standIn: '',
      orderedSeq: seq - 1,
      destroyedAt: now(),
      destroyed: counts,
      doneSeq: seq,
      doneAt: now(),
      orderedTold: [],
      doneTold: [],
    };
    erasures.push(erasure);
    return erasure;
  };
  return {
    async erase(sessionId, ask) {
      const seq = see('erase', ask);
      const refusal = over(ground, sessionId);
      if (refusal) return refusal;
      if (ask.request === 'HELD-1') return refuse('held');
      if (ask.subject.subjectClass === 'customer' && ask.subject.id !== customer)
        throw new Fault('not-found', 'there is no such person to erase');
      const { id, request } = add(ask, seq);
      return { erasureId: id, request, state: 'done', decidedAt: now(), doneAt: now(), repeated: false };
    },
    async erasures() {
      check();
      return erasures;
    },
    async certificate(id) {
      check();
      if (!erasures.some((erasure) => erasure.id === id)) throw new Fault('not-found', 'no such erasure');
      return '{"format":"casebound-erasure-certificate/1"}';
    },
  };
};

const fakeHolds = (ground: Ground, see: See): Pick<ErasingDoor, 'putHold' | 'liftHold' | 'holds'> => {
  const holds: HoldShown[] = [];
  const { chance, now } = ground;
  return {
    async putHold(asker, ask) {
      const seq = see('put-hold', ask);
      const refusal = over(ground, asker.sessionId);
      if (refusal) return refusal;
      const holdId = newId('hold', chance);
      const { cover, reason, until } = ask;
      const put = { putBy: newId('agent', chance), putAt: now(), liftAsked: undefined, lifted: undefined };
      holds.push({ holdId, seq, cover, until, reason: plain(reason), ...put });
      return { holdId, seq };
    },
    async liftHold(sessionId, ask) {
      const seq = see('lift-hold', ask);
      const refusal = over(ground, sessionId);
      if (refusal) return refusal;
      if (!holds.some(({ holdId }) => holdId === ask.holdId)) throw new Fault('not-found', 'no such hold');
      return ask.reason.startsWith('myself') ? refuse('same-person') : { state: 'asked', seq };
    },
    async holds(ask) {
      see('list-holds', ask);
      return holds;
    },
  };
};

/** Erases the one customer, holds whatever is asked, and lets every live session do it. */
export const fakeErasing = (ground: Ground): ErasingDoor => {
  const { chance, check, customer, now, seen } = ground;
  const see: See = (word, handed) => {
    check();
    seen.push([word, handed]);
    return seen.length;
  };
  return {
    ...fakeErasures(ground, see),
    ...fakeHolds(ground, see),
    async endBreakGlass(sessionId, id) {
      const seq = see('end-break-glass', { id });
      return over(ground, sessionId) ?? { ended: true, seq };
    },
    async liveBreakGlass() {
      check();
      const glass = { id: newId('breakGlass', chance), seq: 3, agentId: newId('agent', chance) };
      const times = { startedAt: now(), endsAt: later(now(), 60_000), endedAt: undefined };
      return [{ ...glass, customerId: customer, ...times }];
    },
    async jobs() {
      const run = { job: 'ledger-audit', knownSince: now(), startedAt: now(), endedAt: now() };
      return [{ ...run, outcome: 'done', told: '12 entries' }];
    },
  };
};
