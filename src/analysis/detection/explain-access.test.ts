import { describe, expect, it } from 'vitest';
import { loggedChanges } from '../../model/access-columns.ts';
import { applyChange } from './case-book.ts';
import { chunked, type DeskAccess, type DeskChange, deskStartMs, hourMs } from './cast/small-desk.ts';
import { explainAccess } from './explain-access.ts';
import { createMemory, fitMemory } from './memory.ts';
import { reasonRules } from './reason.ts';
import { roleAt } from './role.ts';

const at = (hours: number): number => deskStartMs + hours * hourMs;
const opened: DeskChange = { atMs: at(0), case: 'k1', change: 'opened', customer: 'anna', queue: 'cards' };
const toMaria: DeskChange = { ...opened, atMs: at(1), change: 'assigned', agent: 'maria' };

interface Told {
  readonly changes: readonly DeskChange[];
  readonly look: DeskAccess;
  readonly role?: 'lead' | 'reviewer';
  readonly hasCaseFile?: boolean;
  /** Who sits in one team; everybody's last access lies at hour 2 unless told. */
  readonly team?: readonly string[];
  readonly lastSeenMs?: number;
  readonly openBefore?: { readonly agent: string; readonly atMs: number };
}

const reasonOf = (told: Told): string | undefined => {
  const log = chunked({ accesses: [told.look], changes: [...told.changes] });
  const { names } = log;
  const memory = createMemory();
  fitMemory(memory, { agents: 50, cases: 50, customers: 50, queues: 20 });
  const place = (name: string): number => names.agents.indexOf(name);
  for (const name of told.team ?? []) if (place(name) > 0) memory.agents.team[place(name)] = 1;
  memory.agents.placeMs.fill(told.lastSeenMs ?? at(2));
  for (let row = 0; row < log.changes.rows; row += 1) {
    expect(loggedChanges[log.changes.change[row] ?? 0]).toBeDefined();
    applyChange(memory.cases, log.changes, row);
  }
  if (told.role) memory.agents.role[place(told.look.agent)] = roleAt[told.role];
  memory.agents.queue[place(told.look.agent)] = names.queues.indexOf(told.look.queue ?? '');
  const customer = names.customers.indexOf(told.look.customer ?? '');
  if (told.openBefore) {
    memory.customers.lastAgent[customer] = place(told.openBefore.agent);
    memory.customers.lastMs[customer] = told.openBefore.atMs;
  }
  const asked = {
    atMs: told.look.atMs,
    agent: place(told.look.agent),
    customer,
    case: names.cases.indexOf(told.look.case ?? ''),
    topic: 0,
    topicCell: 0,
  };
  return reasonRules[explainAccess(memory, asked, told.hasCaseFile ?? true)]?.name;
};

const look = (agent: string, hours: number, more: Partial<DeskAccess> = {}): DeskAccess => ({
  agent,
  customer: 'anna',
  atMs: at(hours),
  ...more,
});

describe('the first reason that makes an access legitimate', () => {
  it('is the case in the agent’s own hands, whether the access names it or not', () => {
    expect(reasonOf({ changes: [opened, toMaria], look: look('maria', 2, { case: 'k1' }) })).toBe('assigned');
    expect(reasonOf({ changes: [opened, toMaria], look: look('maria', 2) })).toBe('assigned');
  });

  it('is a hand-over after the case went to somebody else', () => {
    const changes = [opened, toMaria, { ...toMaria, atMs: at(2), agent: 'ben' }];
    expect(reasonOf({ changes, look: look('maria', 3) })).toBe('hand-over');
    expect(reasonOf({ changes, look: look('ben', 3) })).toBe('assigned');
  });

  it('is help after joining or answering a colleague’s case, and no longer after leaving it', () => {
    const joined: DeskChange = { ...toMaria, atMs: at(1.5), change: 'helper-joined', agent: 'ben' };
    expect(reasonOf({ changes: [opened, toMaria, joined], look: look('ben', 2) })).toBe('helper');
    const left: DeskChange = { ...joined, atMs: at(1.8), change: 'helper-left' };
    expect(reasonOf({ changes: [opened, toMaria, joined, left], look: look('ben', 2) })).toBe(
      'colleagues-case',
    );
  });

  it('is the waiting case of the agent’s own queue, not of another', () => {
    expect(reasonOf({ changes: [opened], look: look('ben', 1, { queue: 'cards' }) })).toBe('team-queue');
    expect(reasonOf({ changes: [opened], look: look('ben', 1, { queue: 'loans' }) })).toBe('colleagues-case');
  });

  it('is a callback up to three days after the own case closed, and after-closing from then on', () => {
    const changes: DeskChange[] = [opened, toMaria, { ...toMaria, atMs: at(3), change: 'closed' }];
    expect(reasonOf({ changes, look: look('maria', 3 + 71) })).toBe('callback');
    expect(reasonOf({ changes, look: look('maria', 3 + 73) })).toBe('after-closing');
    expect(reasonOf({ changes, look: look('ben', 4) })).toBe('others-closed-case');
  });

  it('is the reopened case again, and a case that closed before it opened is open', () => {
    const closed: DeskChange = { ...toMaria, atMs: at(3), change: 'closed' };
    const reopened: DeskChange = { ...toMaria, atMs: at(200), change: 'reopened' };
    expect(reasonOf({ changes: [opened, toMaria, closed, reopened], look: look('maria', 201) })).toBe(
      'assigned',
    );
    const early: DeskChange = { ...opened, atMs: at(-5), change: 'closed' };
    expect(reasonOf({ changes: [early, opened, toMaria], look: look('maria', 2) })).toBe('assigned');
  });

  it('is supervision for a lead of the same team and quality review for a reviewer, by role alone', () => {
    const changes: DeskChange[] = [opened, toMaria];
    const team = ['maria', 'lena'];
    expect(reasonOf({ changes, look: look('lena', 2), role: 'lead', team })).toBe('supervision');
    expect(reasonOf({ changes, look: look('lena', 2), role: 'lead', team: ['lena'] })).toBe(
      'colleagues-case',
    );
    const closed: DeskChange[] = [...changes, { ...toMaria, atMs: at(3), change: 'closed' }];
    expect(reasonOf({ changes: closed, look: look('quinn', 30), role: 'reviewer' })).toBe('quality-review');
    expect(reasonOf({ changes: closed, look: look('quinn', 30) })).toBe('others-closed-case');
    expect(reasonOf({ changes: closed, look: look('quinn', 2_000), role: 'reviewer' })).toBe(
      'others-closed-case',
    );
  });

  it('is cover for a team-mate who is away, and help side by side with one who is there', () => {
    const team = ['maria', 'ben'];
    const changes = [opened, toMaria];
    expect(reasonOf({ changes, look: look('ben', 40), team })).toBe('cover');
    expect(reasonOf({ changes, look: look('ben', 3), team })).toBe('colleagues-case');
    const openBefore = { agent: 'maria', atMs: at(2.8) };
    expect(reasonOf({ changes, look: look('ben', 3), team, openBefore })).toBe('side-by-side');
    expect(reasonOf({ changes, look: look('ben', 3), openBefore })).toBe('colleagues-case');
  });

  it('is none for a customer without a case, for another customer’s case, for a case unheard of', () => {
    expect(reasonOf({ changes: [], look: look('ben', 1) })).toBe('no-case');
    const other: DeskChange = { ...opened, case: 'k2', customer: 'zoe' };
    expect(reasonOf({ changes: [other], look: look('ben', 1, { case: 'k2' }) })).toBe('wrong-case');
    expect(reasonOf({ changes: [], look: look('ben', 1, { case: 'k9' }) })).toBe('unknown-case');
  });

  it('without a case file is the case that the access names, and says that nobody can check it', () => {
    expect(reasonOf({ changes: [], look: look('ben', 1, { case: 'k9' }), hasCaseFile: false })).toBe(
      'named-case',
    );
    expect(reasonOf({ changes: [], look: look('ben', 1), hasCaseFile: false })).toBe('no-case');
  });

  it('is written down as a plain sentence for every rule', () => {
    for (const { sentence } of reasonRules) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});
