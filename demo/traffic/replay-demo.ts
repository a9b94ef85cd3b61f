import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoSettings, startDemoAround } from '../run-demo.ts';
import { customerAt, customerColumns, customerLine } from '../world/customers.ts';
import type { MadeUpAgent, MadeUpOrganisation } from '../world/organisation.ts';
import { DeskAgent } from './desk-agent.ts';
import { type DeskChange, type HelpDeskLine, tellChanges } from './help-desk.ts';
import { automation, type IncidentEvent, matchAssignees, readIncidentLog } from './incident-log.ts';

export interface ReplayAsk {
  readonly file: string;
  readonly eventsMax: number;
  readonly settings: DemoSettings;
}
interface Terminal {
  answer(line: string): void;
  tell(line: string): void;
  readonly stop: AbortSignal;
}

const topics = [
  'account-access',
  'payment',
  'card',
  'fees',
  'identity-check',
  'complaint',
  'technical',
  'other',
];
const atOnceMax = 24;
const tellEvery = 2_000;

/** Their name in the directory: the same as in the log, without spaces. */
const refOf = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, '-');

/** The log's people: each group a team, the teams dealt out to three vendors. */
const organisationOf = (events: readonly IncidentEvent[]): MadeUpOrganisation => {
  const groupsOf = new Map<string, Map<string, number>>();
  for (const { actor, group } of events) {
    if (actor === automation) continue;
    const counts = groupsOf.get(actor) ?? new Map<string, number>();
    counts.set(group ?? 'Group none', (counts.get(group ?? 'Group none') ?? 0) + 1);
    groupsOf.set(actor, counts);
  }
  const vendors = ['one', 'two', 'three'].map((n) => ({ ref: `vendor-${n}`, name: `Vendor ${n}` }));
  const sites = vendors.map(({ ref, name }) => ({
    ref: `${ref}-site`,
    name: `Site of ${name}`,
    vendorRef: ref,
    timeZone: 'UTC',
  }));
  const agents = [...groupsOf].map(([actor, groups]): MadeUpAgent => {
    const [group] = [...groups].sort((a, b) => b[1] - a[1])[0] ?? ['Group none'];
    return {
      ref: refOf(actor),
      subject: refOf(actor),
      name: actor,
      role: 'agent',
      teamRef: refOf(group),
      weight: 1,
    };
  });
  const teamRefs = [...new Set(agents.map((agent) => agent.teamRef ?? ''))];
  return {
    name: 'The desk of the log',
    vendors,
    sites,
    shifts: [],
    queues: [],
    agents,
    teams: teamRefs.map((ref, n) => ({
      ref,
      name: ref,
      siteRef: sites[n % sites.length]?.ref ?? '',
      shiftRef: '',
      queueRefs: [],
    })),
  };
};

const customersOf = (events: readonly IncidentEvent[], seed: string): string => {
  const callers = [...new Set(events.flatMap(({ caller }) => (caller ? [refOf(caller)] : [])))];
  const lines = callers.map((ref, n) => customerLine({ ...customerAt(n + 1, seed), ref }));
  return `${customerColumns.join(',')}\n${lines.join('')}`;
};

/** Three months in minutes: hourly budgets would mean nothing, so the replay runs without them, and says so. */
const withoutBudgets = async (scratch: string): Promise<string> => {
  const policyDir = join(scratch, 'policy');
  await cp(join(import.meta.dirname, '..', '..', 'policy'), policyDir, { recursive: true });
  const file = join(policyDir, 'limits.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/^( +\w+Max): \d+$/gm, '$1: 1000000'));
  return policyDir;
};

interface Tally {
  looks: number;
  shown: number;
  failed: number;
  readonly refused: Map<string, number>;
}

/** Plays each case's events in their order, several cases at a time. */
class Replay {
  readonly tally: Tally = { looks: 0, shown: 0, failed: 0, refused: new Map() };
  readonly #line: HelpDeskLine;
  readonly #actorOf: ReadonlyMap<string, string>;
  readonly #agents = new Map<string, DeskAgent>();
  readonly #seen = new Map<string, { assignedTo: string | undefined; open: boolean; reopenCount: number }>();

  constructor(line: HelpDeskLine, actorOf: ReadonlyMap<string, string>) {
    this.#line = line;
    this.#actorOf = actorOf;
  }

  /** What the desk would have shown before this event, then what the event changed. */
  async play(event: IncidentEvent): Promise<void> {
    const known = this.#seen.get(event.number);
    const human = event.actor === automation ? undefined : event.actor;
    if (!known) await this.#open(event, human);
    if (human) await this.#look(event.number, human);
    await this.#tell(this.#changesOf(event, human));
  }

  async #open(event: IncidentEvent, human: string | undefined): Promise<void> {
    this.#seen.set(event.number, { assignedTo: undefined, open: true, reopenCount: event.reopenCount });
    const category = Number(/\d+/.exec(event.category ?? '')?.[0] ?? 7);
    await this.#tell([
      {
        ...this.#change(event, 'opened'),
        ...(human ? { agent: refOf(human) } : {}),
        ...(event.caller ? { customer: refOf(event.caller) } : {}),
        queue: refOf(event.group ?? 'none'),
        topic: topics[category % topics.length] ?? 'other',
        channel: event.byMail ? 'mail' : 'phone',
        initiated_by: 'customer',
      },
    ]);
  }

  async #look(number: string, actor: string): Promise<void> {
    const agent = this.#agents.get(actor) ?? new DeskAgent(this.#line.origin, refOf(actor));
    this.#agents.set(actor, agent);
    const looked = await agent.view(number);
    this.tally.looks += 1;
    if (looked.outcome === 'shown') this.tally.shown += 1;
    else if (looked.outcome === 'refused')
      this.tally.refused.set(looked.code, (this.tally.refused.get(looked.code) ?? 0) + 1);
    else this.tally.failed += 1;
  }

  #changesOf(event: IncidentEvent, human: string | undefined): DeskChange[] {
    const known = this.#seen.get(event.number);
    const changes: DeskChange[] = [];
    const reopened = known !== undefined && event.reopenCount > known.reopenCount;
    if (reopened) changes.push(this.#change(event, 'reopened'));
    const holder = event.assignedTo ? this.#actorOf.get(event.assignedTo) : undefined;
    if (holder && event.assignedTo !== known?.assignedTo)
      changes.push({ ...this.#change(event, 'assigned'), agent: refOf(holder) });
    if (human) changes.push({ ...this.#change(event, 'replied'), agent: refOf(human) });
    const closed = event.state === 'Closed';
    if (closed && (known?.open || reopened)) changes.push(this.#change(event, 'closed'));
    this.#seen.set(event.number, {
      assignedTo: event.assignedTo,
      open: !closed,
      reopenCount: event.reopenCount,
    });
    return changes;
  }

  #change(event: IncidentEvent, change: DeskChange['change']): DeskChange {
    return { at: new Date().toISOString(), case: event.number, change };
  }

  #tell(changes: readonly DeskChange[]): Promise<void> {
    return changes.length > 0 ? tellChanges(this.#line, changes) : Promise.resolve();
  }
}

/** Plays all events: those of one case one after another, `atOnceMax` cases side by side. */
const playAll = async (
  replay: Replay,
  events: readonly IncidentEvent[],
  terminal: Terminal,
): Promise<number> => {
  const lastOf = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<void>>();
  let played = 0;
  for (const event of events) {
    if (terminal.stop.aborted) break;
    const step = (lastOf.get(event.number) ?? Promise.resolve())
      .then(() => replay.play(event))
      .catch(() => {
        replay.tally.failed += 1;
      })
      .finally(() => underWay.delete(step));
    lastOf.set(event.number, step);
    underWay.add(step);
    played += 1;
    if (played % tellEvery === 0)
      terminal.tell(`${played} of ${events.length} events replayed, ${replay.tally.shown} looks shown`);
    if (underWay.size >= atOnceMax) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return played;
};

/** Replays a real help desk through the doors that everyone uses, and tells which of its looks were shown. */
export const replayLog = async ({ file, eventsMax, settings }: ReplayAsk, terminal: Terminal): Promise<0> => {
  const events = await readIncidentLog(file, eventsMax);
  terminal.tell(`${events.length} events of ${new Set(events.map((event) => event.number)).size} cases read`);
  const scratch = await mkdtemp(join(tmpdir(), 'casebound-replay-'));
  try {
    const organisation = organisationOf(events);
    const demo = await startDemoAround(
      {
        ...settings,
        organisation,
        customersCsv: [customersOf(events, settings.seed)],
        dataDir: join(settings.dataDir, `replay-${Date.now().toString(36)}`),
        policyDir: await withoutBudgets(scratch),
      },
      (line) => terminal.tell(line),
    );
    try {
      const replay = new Replay(
        { origin: demo.url, secret: demo.directory.caseSecret },
        matchAssignees(events),
      );
      const startedAt = Date.now();
      const played = await playAll(replay, events, terminal);
      const seconds = (Date.now() - startedAt) / 1_000;
      const { looks, shown, failed, refused } = replay.tally;
      const share = (count: number): string => `${((100 * count) / Math.max(1, looks)).toFixed(1)} %`;
      terminal.answer(
        `${played} events replayed in ${seconds.toFixed(0)} s (${(played / seconds).toFixed(0)}/s), budgets off`,
      );
      terminal.answer(
        `looks tried by people: ${looks}; shown: ${shown} (${share(shown)}); failed: ${failed}`,
      );
      for (const [code, count] of [...refused].sort((a, b) => b[1] - a[1]))
        terminal.answer(`refused ${code}: ${count} (${share(count)})`);
    } finally {
      await demo.stop();
      await rm(demo.directory.path, { recursive: true, force: true });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return 0;
};
