import { randomBytes } from 'node:crypto';
import { Fault } from '../../../model/fault.ts';
import { type ApprovalId, newId, type ViewId } from '../../../model/id.ts';
import { later } from '../../../model/instant.ts';
import { plain } from '../../../model/plain.ts';
import { refuse } from '../../../model/refusal.ts';
import type { ApprovalRequest } from '../../../records/approval/approval-request.ts';
import { refuseStanding } from '../../../workflows/change-standing/standing-ask.ts';
import type { HttpPorts } from '../http-ports.ts';
import type { FakeRoomsGround } from './fake-ground.ts';
import { fakeTracing } from './fake-tracing.ts';

const chance = { bytes: (countBytes: number) => randomBytes(countBytes) };
const hourMs = 3_600_000;

/** A ledger of nine entries: seven are published, five of them witnessed. */
const fakeLedger = (
  ground: FakeRoomsGround,
  see: (word: string, handed: object) => number,
): HttpPorts['ledger'] => ({
  async heads() {
    ground.check();
    const head = { size: 7, at: ground.now() };
    const w1 = { name: 'witness.example', size: 7, answeredAt: ground.now(), problem: undefined };
    const w2 = { name: 'other.example', size: 0, answeredAt: undefined, problem: 'it cannot be reached' };
    const heads = { published: head, witnessed: { ...head, size: 5 }, timestamped: undefined };
    return { origin: 'ledger.example/acme', sequenced: 9, ...heads, witnesses: [w1, w2] };
  },
  async entry(seq) {
    see('ledger-entry', { seq });
    if (seq >= 9) return undefined;
    const none = {
      published: undefined,
      witnessed: undefined,
      timestamped: undefined,
      evidence: undefined,
    };
    if (seq >= 7) return { seq, state: 'sequenced', ...none };
    const published = { size: 7, at: ground.now() };
    const evidence = { entry: Buffer.from('{"_sd":[]}'), proof: 'c2sp.org/tlog-proof@v1\n' };
    return { seq, state: 'published', ...none, published, evidence };
  },
});

/** One lead, about an agent who is not in the cast. */
const fakeLeads = (
  ground: FakeRoomsGround,
  see: (word: string, handed: object) => number,
): HttpPorts['leads'] => ({
  async read(alertId) {
    see('read-lead', { alertId });
    return {
      alertId,
      source: 'a/2026-11-22/unexplained-looks',
      at: ground.now(),
      agentId: newId('agent', chance),
      kind: 'unexplained-looks',
      score: 3.5,
      reasons: ['34 of 61 customers had no case in this agent’s hands; colleagues: 4 of 58.'],
      told: { accesses: [], innocentExplanations: [], wouldClear: [], members: [], month: [] },
      feedback: [],
    };
  },
  tell: async (sessionId, word) =>
    ground.isOver(sessionId) ? refuse('session-ended') : see('feedback', word),
});

/** Marks the views that stand open in the world, for whoever asks; draws the phone number as a picture. */
const fakeMarks = (
  ground: FakeRoomsGround,
  see: (word: string, handed: object) => number,
): HttpPorts['marks'] => {
  const demand = (viewId: ViewId): void => {
    if (!ground.views.has(viewId)) throw new Fault('not-found', 'no such view');
  };
  return {
    async tile(_sessionId, ask) {
      see('tile', ask);
      demand(ask.viewId);
      return new Uint8Array([0x89, 0x50]);
    },
    draw: async ({ name }) =>
      name === 'phone' ? { png: new Uint8Array([1, 2, 3]), widthCssPx: 320, heightCssPx: 96 } : undefined,
    async reportAbsence(_sessionId, told) {
      demand(told.viewId);
      return see('mark-absence', told);
    },
    async read(_sessionId, ask) {
      const seq = see('read-photos', { count: ask.pictures.length, within: ask.within });
      const first = ask.pictures[0]?.[0];
      if (first === 0) return { seq, pictureAt: 0, unusable: 'not a picture' };
      return { seq, reading: { kind: 'none', reason: 'no-mark', clarity: 3 }, views: [] };
    },
  };
};

/** Approvals, break-glass, standing and alerts that let every live session do everything, and remember it. */
export const fakeRooms = (
  ground: FakeRoomsGround,
): Pick<
  HttpPorts,
  'approvals' | 'breakGlass' | 'changeStanding' | 'readAlerts' | 'ledger' | 'marks' | 'leads' | 'tracing'
> => {
  const requests = new Map<ApprovalId, ApprovalRequest & { readonly words: string }>();
  const see = (word: string, handed: object): number => {
    ground.check();
    ground.seen.push([word, handed]);
    return ground.seen.length;
  };
  return {
    approvals: {
      async ask(person, ask) {
        const seq = see('ask-approval', ask);
        if (ground.isOver(person.sessionId)) return refuse('session-ended');
        if (ask.caseKey !== ground.caseRef) return refuse('not-yours');
        const id = newId('approval', chance);
        const endsAt = later(ground.now(), hourMs);
        requests.set(id, {
          id,
          seq,
          askedBy: newId('agent', chance),
          caseId: newId('case', chance),
          customerId: ground.customer,
          fields: ask.fields,
          reason: Buffer.alloc(0),
          words: ask.reason.text ?? '',
          askedAt: ground.now(),
          endsAt,
          decision: undefined,
        });
        return { approvalId: id, seq, endsAt };
      },
      async decide(person, { approvalId, granted }) {
        const seq = see('decide-approval', { approvalId, granted });
        if (ground.isOver(person.sessionId)) return refuse('session-ended');
        return requests.has(approvalId)
          ? { approvalId, granted, seq, endsAt: later(ground.now(), hourMs) }
          : refuse('not-independent');
      },
      async waiting() {
        ground.check();
        return [...requests.values()].map((request) => ({
          approvalId: request.id,
          askedBy: request.askedBy,
          caseId: request.caseId,
          fields: request.fields,
          reason: plain(request.words),
          askedAt: request.askedAt,
          endsAt: request.endsAt,
        }));
      },
      mine: async () => [...requests.values()],
    },
    async breakGlass(person, ask) {
      const seq = see('break-glass', ask);
      if (ground.isOver(person.sessionId)) return refuse('session-ended');
      if (ask.customerId !== ground.customer) return refuse('role-cannot');
      return { breakGlassId: newId('breakGlass', chance), seq, endsAt: later(ground.now(), hourMs) };
    },
    async changeStanding(by, ask) {
      const seq = see('change-standing', ask);
      if (ask.reason === 'myself') return refuseStanding('yourself');
      return ask.reason === 'again'
        ? { changed: false, seq: undefined, sessionsEnded: 0 }
        : { changed: by.standingNo === 0, seq, sessionsEnded: 2 };
    },
    ledger: fakeLedger(ground, see),
    marks: fakeMarks(ground, see),
    leads: fakeLeads(ground, see),
    tracing: fakeTracing(ground, see),
    async readAlerts(countMax, before) {
      see('read-alerts', { countMax, before });
      const at = before ? later(before.at, -1) : ground.now();
      const reasons = ['The analyst opened one customer without a case.'];
      const alert = { kind: 'break-glass', agentId: undefined, seq: 7, reasons, deliveredAt: undefined };
      return [{ id: newId('alert', chance), at, ...alert }];
    },
  };
};
