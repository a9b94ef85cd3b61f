import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { Access } from '../../model/access.ts';
import { type AgentId, type AlertId, type CaseId, type CustomerId, newId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import type { ArrivedChange } from '../../records/cases/arrived-changes.ts';
import type { LeadFound, LeadWord } from '../../records/lead/lead.ts';
import { Watch, type WatchKept, type WatchPorts } from './watch.ts';

const start = Date.UTC(2026, 8, 1);
const dayMs = 86_400_000;
const days = 25;
const chance = seededChance('watch');
const agents = Array.from({ length: 12 }, () => newId('agent', chance));
const thief = agents[4] as AgentId;
const sessions = agents.map(() => newId('session', chance));

/** Each agent works twelve cases a day; from day 15 on the thief opens twenty customers more, without a case. */
const makeDesk = (): { accesses: Access[]; changes: ArrivedChange[] } => {
  const [accesses, changes]: [Access[], ArrivedChange[]] = [[], []];
  const look = (agent: number, atMs: number, about: { customerId: CustomerId; caseId?: CaseId }): void =>
    void accesses.push({
      seq: 0,
      at: instantOf(atMs),
      action: 'view',
      outcome: 'permitted',
      refusal: undefined,
      agentId: agents[agent] as AgentId,
      sessionId: sessions[agent] as Access['sessionId'],
      teamId: undefined,
      siteId: undefined,
      vendorId: undefined,
      customerId: about.customerId,
      caseId: about.caseId,
      viewId: undefined,
      fields: [],
      queueRef: 'general',
      topic: 'card',
      channel: 'phone',
      initiatedBy: 'customer',
      reasonMark: undefined,
    });
  for (let day = 0; day < days; day += 1)
    for (let agent = 0; agent < agents.length; agent += 1)
      for (let turn = 0; turn < 32; turn += 1) {
        const atMs = start + day * dayMs + 9 * 3_600_000 + turn * 600_000 + agent * 7_000;
        const customerId = newId('customer', chance);
        if (turn >= 12) {
          if (agents[agent] === thief && day >= 15) look(agent, atMs, { customerId });
          continue;
        }
        const caseId = newId('case', chance);
        const told = { customerId, caseId, queueRef: 'general', topic: 'card', channel: 'phone' };
        const arrival = { at: instantOf(atMs - 60_000), receivedAt: instantOf(atMs - 59_000) };
        const ids = { agentId: agents[agent], initiatedBy: 'customer' };
        changes.push({
          ...told,
          ...arrival,
          ...ids,
          kind: 'opened',
          messageId: `${caseId}-o`,
          agentId: undefined,
        });
        changes.push({ ...told, ...arrival, ...ids, kind: 'assigned', messageId: `${caseId}-p` });
        look(agent, atMs, { customerId, caseId });
      }
  accesses.sort((a, b) => a.at - b.at);
  changes.sort((a, b) => a.receivedAt - b.receivedAt || (a.messageId < b.messageId ? -1 : 1));
  return { accesses: accesses.map((access, seq) => ({ ...access, seq })), changes };
};
const desk = makeDesk();

/** Records that show only what lies before the clock. */
const openRecords = () => {
  const time = { ms: start };
  const raised: LeadFound[] = [];
  const words: (LeadWord & { agentId: AgentId; kind: string })[] = [];
  const told: AlertId[] = [];
  const ports: WatchPorts = {
    clock: { now: () => instantOf(time.ms) },
    leads: {
      add: async (lead) => {
        if (raised.some(({ source }) => source === lead.source)) return undefined;
        raised.push(lead);
        return newId('alert', chance);
      },
      wordsAfter: async (seq) => words.filter((word) => word.seq > seq),
    },
    readAccesses: async (fromSeq, countMax) =>
      desk.accesses.filter(({ seq, at }) => seq >= fromSeq && at <= time.ms).slice(0, countMax),
    readArrivedChanges: async ({ receivedAt, messageId }, countMax) =>
      desk.changes
        .filter(
          (change) =>
            change.receivedAt <= time.ms &&
            (change.receivedAt > receivedAt ||
              (change.receivedAt === receivedAt && change.messageId > messageId)),
        )
        .slice(0, countMax),
    onLead: (alertId) => void told.push(alertId),
  };
  const catchUp = async (watch: Watch, toDay: number, stepMs = 3_600_000): Promise<void> => {
    while (time.ms < start + toDay * dayMs) {
      time.ms += stepMs;
      while (await watch.step());
    }
  };
  return { ports, raised, words, told, catchUp, time };
};

describe('watching the live sequence', () => {
  it('raises a lead about who looks without cases, within a day, and about nobody else', async () => {
    const { ports, raised, told, catchUp } = openRecords();
    const watch = new Watch(ports);
    await catchUp(watch, 15);
    expect(raised).toEqual([]);
    await catchUp(watch, 17);
    expect(raised.length).toBeGreaterThan(0);
    expect(new Set(raised.map(({ agentId }) => agentId))).toEqual(new Set([thief]));
    expect(raised[0]?.reasons[0]).toMatch(/\d/);
    expect(raised[0]?.told.accesses.length).toBeGreaterThan(0);
    expect(told).toHaveLength(raised.length);
  });

  it('goes on after a restart where it was, as if there had been none', async () => {
    const [whole, broken] = [openRecords(), openRecords()];
    const first = new Watch(whole.ports);
    await whole.catchUp(first, 19);
    let second = new Watch(broken.ports);
    await broken.catchUp(second, 16);
    second = new Watch(broken.ports, deserialize(serialize(second.keep())) as WatchKept);
    await broken.catchUp(second, 19);
    expect(broken.raised).toEqual(whole.raised);
  });

  it('raises nothing twice when it has to read the whole past again', async () => {
    const { ports, raised, catchUp } = openRecords();
    await catchUp(new Watch(ports), 18);
    const before = raised.length;
    const again = new Watch(ports);
    while (await again.step());
    expect(raised).toHaveLength(before);
  });

  it('takes an access as explained when its case change was received just before it', async () => {
    const { ports, raised, catchUp, time } = openRecords();
    // In steps of half a minute a change and its access often come in the same step.
    const watch = new Watch(ports);
    await catchUp(watch, 9, 1_800_000);
    time.ms = start + 9 * dayMs;
    await catchUp(watch, 9.7, 30_000);
    expect(raised).toEqual([]);
  });

  it('weighs what people said from when they said it', async () => {
    const { ports, raised, words, catchUp, time } = openRecords();
    const watch = new Watch(ports);
    await catchUp(watch, 17);
    const [lead] = raised;
    words.push({
      seq: 1,
      at: instantOf(time.ms),
      alertId: newId('alert', chance),
      verdict: 'explained',
      saidBy: newId('agent', chance),
      agentId: thief,
      kind: lead?.kind ?? '',
    });
    const count = raised.length;
    await catchUp(watch, 19);
    const silent = openRecords();
    await silent.catchUp(new Watch(silent.ports), 19);
    expect(raised.length - count).toBeLessThanOrEqual(silent.raised.length - count);
    expect(watch.keep().wordsAfterSeq).toBe(1);
  });
});
