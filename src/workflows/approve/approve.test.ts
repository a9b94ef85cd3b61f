import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { Decision } from '../../analysis/policy/policy-facts.ts';
import { Fault, isFault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import type { AgentId, ApprovalId, CaseId, CustomerId, SessionId, TeamId, VendorId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { isRefusal, type RefusalCode } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { SimulatedClock } from '../../platform/clock/simulated-clock.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { approvalReader } from '../../records/approval/approval-reader.ts';
import { approvalWriter } from '../../records/approval/approval-writer.ts';
import type { AskerFacts, Facts } from '../../records/facts/gather-facts.ts';
import type { EntryDraft, Ledger } from '../../records/ledger/entry-draft.ts';
import { PostgresLedger } from '../../records/ledger/postgres-ledger.ts';
import type { ApprovalAsk, ApprovePorts, Person, Weighed } from './approve-ports.ts';
import { askApproval, waitingPerAgentMax } from './ask-approval.ts';
import { decideApproval } from './decide-approval.ts';
import { listApprovals } from './list-approvals.ts';

const minuteMs = 60_000;
const start = instantOf(Date.UTC(2026, 10, 23, 9));
const chance = seededChance('approve');
const customer = 'cus_1' as CustomerId;
const phone = 'phone' as FieldName;

/** Ann and her lead Bob work for one vendor, Max leads at another; the others are the organisation's own people. */
const cast: Record<string, { role: Role; team?: string; vendor?: string; active?: false; live?: false }> = {
  ann: { role: 'agent', team: 'tea_1', vendor: 'ven_1' },
  bob: { role: 'lead', team: 'tea_1', vendor: 'ven_1' },
  max: { role: 'lead', team: 'tea_2', vendor: 'ven_2' },
  ivy: { role: 'agent', team: 'tea_9' },
  leo: { role: 'lead', team: 'tea_9' },
  zoe: { role: 'analyst' },
  pia: { role: 'responder' },
  adam: { role: 'administrator' },
  una: { role: 'auditor' },
  vic: { role: 'vendor-security', vendor: 'ven_1' },
  sue: { role: 'analyst', active: false },
  old: { role: 'analyst', live: false },
};
const agentOf = (name: string) => `agt_${name}` as AgentId;
const person = (name: string, idempotencyKey?: string): Person => ({
  sessionId: `ses_${name}` as SessionId,
  idempotencyKey,
});
const askerFacts = (sessionId: string): AskerFacts => {
  const name = sessionId.slice(4);
  const who = cast[name];
  if (!who) throw new Fault('not-signed-in', 'no such session');
  return {
    sessionId: sessionId as SessionId,
    sessionLive: who.live ?? true,
    agentId: agentOf(name),
    agentRef: name,
    role: who.role,
    active: who.active ?? true,
    teamId: who.team as TeamId | undefined,
    siteId: undefined,
    vendorId: who.vendor as VendorId | undefined,
    shift: undefined,
  };
};

let fresh: FreshDatabase;
let clock: SimulatedClock;
let entries: EntryDraft[];
/** Called when an entry is about to become durable; may throw, as a full disk does. */
let onAppend: (draft: EntryDraft) => Promise<void> | void;
let asIs: Decision;
let ifApproved: Decision;
let over: Partial<Facts>;
let postgresLedger: PostgresLedger;

const refuses = (refusal: RefusalCode): Decision => ({ outcome: 'refuse', refusal, policies: [refusal] });
const permits: Decision = { outcome: 'permit', policies: ['support-looks'] };
const customerKey = SubjectKey.generate(chance);
const agentKey = SubjectKey.generate(chance);

const ledger: Ledger = {
  async append(draft, options) {
    await onAppend(draft);
    const appended = await postgresLedger.append(draft, options);
    if (!appended.repeated) entries.push(draft);
    return appended;
  },
};

const weigh = async ({ sessionId }: Person, ask: ApprovalAsk): Promise<Weighed> => ({
  facts: {
    asker: askerFacts(sessionId),
    view: undefined,
    matter: {
      id: ask.caseKey as CaseId,
      ref: 'INC-7',
      open: true,
      hands: 'holder',
      namesSomeone: true,
      queueRef: 'cards',
      topic: 'card',
      channel: 'phone',
      initiatedBy: 'agent',
      lastChangeAt: start,
    },
    caseCustomerId: customer,
    record: {
      customerId: customer,
      protected: true,
      catalogueVersion: 'x',
      masks: Buffer.alloc(0),
      sealed: Buffer.alloc(0),
      key: { wrappingKeyId: 'k', wrapped: Buffer.alloc(0) },
    },
    approvedFields: [],
    approved: false,
    breakGlass: false,
    reasonRepeated: false,
    ...over,
  },
  reasonMark: 'mark',
  asIs,
  ifApproved,
});

const ports = (changes: Partial<ApprovePorts> = {}): ApprovePorts => ({
  clock,
  chance,
  ledger,
  limits: { approvalMs: 30 * minuteMs, replayMs: 10 * minuteMs },
  approvals: { ...approvalReader(fresh.db.kysely), ...approvalWriter(fresh.db.kysely) },
  weigh,
  whoAsks: async (sessionId) => askerFacts(sessionId),
  whereabouts: async (agentId) => askerFacts(`ses_${agentId.slice(4)}`),
  sealerOf: async (customerId) => (customerId === customer ? customerKey.sealer('ledger') : undefined),
  agentSealer: async () => agentKey.sealer('ledger'),
  ...changes,
});

const ask = (changes: Partial<ApprovalAsk> = {}): ApprovalAsk => ({
  caseKey: 'cas_1',
  customerId: undefined,
  fields: [phone],
  reason: { code: undefined, text: 'number on the letter is wrong' },
  ...changes,
});
const asked = async (name = 'ann', changes: Partial<ApprovalAsk> = {}) => {
  const answer = await askApproval(ports(), person(name), ask(changes));
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const find = (id: ApprovalId) => approvalReader(fresh.db.kysely).find(id);
const decide = (name: string, approvalId: ApprovalId, granted = true) =>
  decideApproval(ports(), person(name), { approvalId, granted });
const codeOf = async (answer: Promise<unknown>): Promise<string> => {
  try {
    const given = await answer;
    return isRefusal(given) ? given.refused : 'taken';
  } catch (thrown) {
    if (isFault(thrown)) return `fault ${thrown.code}`;
    throw thrown;
  }
};

beforeAll(async () => {
  fresh = await freshDatabase();
  for (const [name, { role }] of Object.entries(cast))
    await sql`insert into agent (id, ref, name, role) values (${agentOf(name)}, ${name}, ${name}, ${role})`.execute(
      fresh.db.kysely,
    );
  postgresLedger = new PostgresLedger({ db: fresh.db, chance, onCommitted: () => {} });
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  await sql`delete from approval`.execute(fresh.db.kysely);
  clock = new SimulatedClock(start);
  entries = [];
  onAppend = () => {};
  asIs = refuses('needs-second-person');
  ifApproved = permits;
  over = {};
});

describe('asking for approval', () => {
  it('is on the record before anyone can decide it', async () => {
    onAppend = async () => {
      expect(await approvalReader(fresh.db.kysely).waiting(clock.now())).toEqual([]);
    };
    const { approvalId, seq, endsAt } = await asked();
    expect(await find(approvalId)).toMatchObject({
      seq,
      askedBy: 'agt_ann',
      caseId: 'cas_1',
      customerId: customer,
      fields: ['phone'],
      endsAt: start + 30 * minuteMs,
      decision: undefined,
    });
    expect(endsAt).toBe(start + 30 * minuteMs);
    expect(entries).toMatchObject([
      {
        kind: 'approval/v1',
        about: {
          customerId: customer,
          disclosures: { action: 'approval', reason: 'number on the letter is wrong' },
        },
        by: { agentId: 'agt_ann', disclosures: { detail: { step: 'asked' } } },
      },
    ]);
  });

  it('leaves no request when the entry cannot be made durable', async () => {
    onAppend = () => {
      throw new Fault('storage-full', 'no space');
    };
    expect(await codeOf(asked())).toBe('fault storage-full');
    expect(await approvalReader(fresh.db.kysely).waiting(start)).toEqual([]);
  });

  it('for a case or customer that is not theirs is refused like the look itself, and recorded as a refused try', async () => {
    asIs = refuses('not-yours');
    ifApproved = refuses('not-yours');
    over = { matter: undefined, record: undefined };
    expect(
      await codeOf(askApproval(ports(), person('ann'), ask({ reason: { code: undefined, text: '.' } }))),
    ).toBe('not-yours');
    expect(entries).toMatchObject([
      {
        kind: 'denied/v1',
        access: {
          action: 'reveal',
          outcome: 'refused',
          refusal: 'not-yours',
          agentId: 'agt_ann',
          fields: ['phone'],
        },
      },
    ]);
    expect(await approvalReader(fresh.db.kysely).waiting(start)).toEqual([]);
  });

  it('for what no approval can allow is refused with what stands in the way', async () => {
    ifApproved = refuses('case-quiet');
    expect(await codeOf(askApproval(ports(), person('ann'), ask()))).toBe('case-quiet');
  });

  it('for a look that needs none is sent back', async () => {
    asIs = permits;
    expect(await codeOf(askApproval(ports(), person('ann'), ask()))).toBe('fault unprocessable');
    expect(entries).toEqual([]);
  });

  it.each([
    ['no words', undefined, 'reason-missing'],
    ['a code alone', undefined, 'reason-missing', 'verify-caller'],
    ['words that say nothing', 'asdf asdf', 'reason-empty'],
    ['the case number', 'INC-7 phone', 'reason-empty'],
  ])('with %s as its reason is refused', async (_, text, refusal, code = undefined as string | undefined) => {
    expect(await codeOf(askApproval(ports(), person('ann'), ask({ reason: { code, text } })))).toBe(refusal);
    expect(entries).toMatchObject([{ kind: 'denied/v1', access: { refusal } }]);
  });

  it('with words from another case is refused', async () => {
    over = { reasonRepeated: true };
    expect(await codeOf(askApproval(ports(), person('ann'), ask()))).toBe('reason-repeated');
  });

  it('keeps the words sealed under the customer’s key, bound to this request', async () => {
    const one = await asked();
    const two = await asked('ann', { caseKey: 'cas_2' });
    const { rows } = await sql<{ text: string }>`select row_to_json(a)::text as text from approval a`.execute(
      fresh.db.kysely,
    );
    expect(JSON.stringify(rows)).not.toContain('letter');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('letter').toString('hex'));
    const moved = (await find(two.approvalId))?.reason ?? Buffer.alloc(0);
    expect(() => customerKey.sealer('ledger').open(moved, `${one.approvalId} reason`)).toThrow();
  });

  it('twice under one key is one request and one entry', async () => {
    const key = randomUUID();
    const first = await askApproval(ports(), person('ann', key), ask());
    clock.advance(minuteMs);
    expect(await askApproval(ports(), person('ann', key), ask())).toEqual(first);
    expect(entries).toHaveLength(1);
    expect(await approvalReader(fresh.db.kysely).waiting(clock.now())).toHaveLength(1);
  });

  it('under a key that stands for something else is a fault', async () => {
    const key = randomUUID();
    await askApproval(ports(), person('ann', key), ask());
    expect(await codeOf(askApproval(ports(), person('ann', key), ask({ fields: [] })))).toBe(
      'fault key-reused',
    );
    clock.advance(11 * minuteMs);
    expect(await codeOf(askApproval(ports(), person('ann', key), ask()))).toBe('fault key-reused');
  });

  it('whose server stopped between entry and request is completed by the retry', async () => {
    const key = randomUUID();
    const { approvals } = ports();
    const stopping = { ...approvals, add: () => Promise.reject(new Fault('storage-down', 'stopped')) };
    expect(await codeOf(askApproval(ports({ approvals: stopping }), person('ann', key), ask()))).toBe(
      'fault storage-down',
    );
    const retried = await askApproval(ports(), person('ann', key), ask());
    expect(retried).toMatchObject({ endsAt: start + 30 * minuteMs });
    expect(entries).toHaveLength(1);
  });

  it('stops when ten requests of one person wait, and goes on when they have expired', async () => {
    for (let n = 0; n < waitingPerAgentMax; n += 1) await asked('ann', { caseKey: `cas_${n}` });
    expect(await codeOf(asked('ann', { caseKey: 'cas_x' }))).toBe('fault too-many');
    expect(await codeOf(asked('ivy'))).toBe('taken');
    clock.advance(30 * minuteMs);
    expect(await codeOf(asked('ann', { caseKey: 'cas_x' }))).toBe('taken');
  });
});

describe('deciding a request', () => {
  it('takes effect only when it is on the record', async () => {
    const { approvalId, seq } = await asked();
    onAppend = async () => {
      expect(await find(approvalId)).toMatchObject({ decision: undefined });
    };
    clock.advance(5 * minuteMs);
    expect(await decide('zoe', approvalId)).toMatchObject({ granted: true, endsAt: start + 35 * minuteMs });
    expect(await find(approvalId)).toMatchObject({
      endsAt: start + 35 * minuteMs,
      decision: { granted: true, decidedBy: 'agt_zoe', decidedAt: start + 5 * minuteMs },
    });
    expect(entries.at(-1)).toMatchObject({
      kind: 'approval/v1',
      about: { customerId: customer },
      by: { agentId: 'agt_zoe', disclosures: { detail: { step: 'granted', asked: seq } } },
    });
  });

  it('against it ends it at once', async () => {
    const { approvalId } = await asked();
    expect(await decide('pia', approvalId, false)).toMatchObject({ granted: false, endsAt: start });
    expect(await find(approvalId)).toMatchObject({ endsAt: start, decision: { granted: false } });
    expect(entries.at(-1)).toMatchObject({ by: { disclosures: { detail: { step: 'refused' } } } });
  });

  it('changes nothing when the entry cannot be made durable, and leaves it to others at once', async () => {
    const { approvalId } = await asked();
    onAppend = () => {
      throw new Fault('busy', 'queue full');
    };
    expect(await codeOf(decide('zoe', approvalId))).toBe('fault busy');
    expect(await find(approvalId)).toMatchObject({ decision: undefined });
    onAppend = () => {};
    expect(await codeOf(decide('pia', approvalId))).toBe('taken');
  });

  it.each([
    ['ann', 'role-cannot'],
    ['bob', 'role-cannot'],
    ['max', 'role-cannot'],
    ['vic', 'role-cannot'],
    ['una', 'role-cannot'],
    ['ivy', 'role-cannot'],
    ['sue', 'account-suspended'],
    ['old', 'session-ended'],
  ])('is refused to %s (%s), and the try is recorded', async (name, refusal) => {
    const { approvalId } = await asked();
    expect(await codeOf(decide(name, approvalId))).toBe(refusal);
    expect(await find(approvalId)).toMatchObject({ decision: undefined });
    expect(entries.at(-1)).toMatchObject({ kind: 'denied/v1', by: { agentId: agentOf(name) } });
  });

  it.each(['leo', 'zoe', 'pia', 'adam'])(
    'is open to %s of the organisation for a vendor’s agent',
    async (name) => {
      const { approvalId } = await asked();
      expect(await codeOf(decide(name, approvalId))).toBe('taken');
    },
  );

  it('is refused to the lead of the organisation’s own team that asked, and to the asker', async () => {
    const { approvalId } = await asked('ivy');
    expect(await codeOf(decide('leo', approvalId))).toBe('not-independent');
    const own = await asked('leo', { caseKey: 'cas_2' });
    expect(await codeOf(decide('leo', own.approvalId))).toBe('not-independent');
    expect(await codeOf(decide('zoe', approvalId))).toBe('taken');
  });

  it('by two people at once puts one decision on the record', async () => {
    const { approvalId } = await asked();
    const codes = await Promise.all(['zoe', 'pia', 'adam'].map((name) => codeOf(decide(name, approvalId))));
    expect(codes.toSorted()).toEqual(['fault conflict', 'fault conflict', 'taken']);
    expect(entries.filter(({ by }) => by?.disclosures.detail?.['step'] === 'granted')).toHaveLength(1);
  });

  it('comes too late when it was decided or has expired', async () => {
    const { approvalId } = await asked();
    await decide('zoe', approvalId, false);
    expect(await codeOf(decide('pia', approvalId))).toBe('fault conflict');
    const late = await asked('ann', { caseKey: 'cas_2' });
    clock.advance(30 * minuteMs);
    expect(await codeOf(decide('pia', late.approvalId))).toBe('fault conflict');
    expect(await find(late.approvalId)).toMatchObject({ decision: undefined });
  });

  it('is left to another when the first one never finished', async () => {
    const { approvalId } = await asked();
    const { approvals } = ports();
    await approvals.claim(approvalId, agentOf('zoe'), clock.now());
    expect(await codeOf(decide('pia', approvalId))).toBe('fault conflict');
    clock.advance(30_000);
    expect(await codeOf(decide('pia', approvalId))).toBe('taken');
    const decision = { granted: true, decidedBy: agentOf('zoe'), decidedAt: clock.now() };
    expect(await approvals.settle(approvalId, decision, clock.now())).toBe(false);
  });

  it('of a request that does not exist is a fault', async () => {
    expect(await codeOf(decide('zoe', 'apr_none' as ApprovalId))).toBe('fault not-found');
  });
});

describe('the list of requests', () => {
  it('shows those that one may decide, oldest first, with the asker’s words', async () => {
    await asked('ann');
    clock.advance(1);
    await asked('ivy', { caseKey: 'cas_2' });
    const seenBy = async (name: string) => {
      const list = await listApprovals(ports(), person(name));
      return isRefusal(list)
        ? list.refused
        : list.map(({ caseId, reason }) => [caseId, exposePlaintext(reason)]);
    };
    expect(await seenBy('zoe')).toEqual([
      ['cas_1', 'number on the letter is wrong'],
      ['cas_2', 'number on the letter is wrong'],
    ]);
    expect(await seenBy('leo')).toEqual([['cas_1', 'number on the letter is wrong']]);
    expect(await seenBy('bob')).toBe('role-cannot');
    clock.advance(30 * minuteMs);
    expect(await seenBy('zoe')).toEqual([]);
  });
});
