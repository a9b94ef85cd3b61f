import { newId, type TraceId } from '../../../model/id.ts';
import { refuse } from '../../../model/refusal.ts';
import { systemChance as chance } from '../../../platform/chance/system-chance.ts';
import type { HttpPorts } from '../http-ports.ts';
import type { FakeRoomsGround } from './fake-ground.ts';

/** A trace that is under way for ever, and an exposure of one customer. */
export const fakeTracing = (
  ground: Omit<FakeRoomsGround, 'seen'>,
  see: (word: string, handed: object) => number,
): HttpPorts['tracing'] => {
  const run = (id: TraceId) => ({
    id,
    askedAt: ground.now(),
    askedBy: newId('agent', chance),
    askedSeq: 4,
    ledgerSize: 9,
    reports: 2,
    state: 'running' as const,
    result: undefined,
  });
  return {
    async ask(sessionId, reports) {
      const seq = see('ask-trace', { reports });
      return ground.isOver(sessionId) ? refuse('session-ended') : { traceId: newId('trace', chance), seq };
    },
    async expose(sessionId, ask) {
      const seq = see('expose', ask);
      if (ground.isOver(sessionId)) return refuse('session-ended');
      const fields = ['email'];
      const [firstAtMs, lastAtMs] = [ground.now(), ground.now()];
      const sure = { certainty: 'certain' as const, probability: 1, isKnownTaken: false };
      const customers = [{ customer: ground.customer, ...sure, fields, firstAtMs, lastAtMs, agents: [] }];
      const couldSee = { customers: 1, certain: 1, likely: 0, possible: 0, fields };
      const taken = { known: 0, knownElsewhere: 0, shareAtLeast: undefined };
      const exposure = { customers, couldSee, taken, fieldsNotExposed: ['phone'], warnings: [] };
      return { seq, ledgerSize: 9, exposure };
    },
    async read(id) {
      see('read-trace', { id });
      return run(id);
    },
    async list() {
      ground.check();
      return [run(newId('trace', chance))];
    },
  };
};
