import { existsSync } from 'node:fs';
import {
  automation,
  type IncidentEvent,
  matchAssignees,
  readIncidentLog,
} from '../../demo/traffic/incident-log.ts';
import type { World } from '../../src/analysis/worlds/build-world.ts';
import { Draw } from '../../src/analysis/worlds/draw.ts';
import { LogWriter, type Matter, type Seat } from '../../src/analysis/worlds/log-writer.ts';
import type { Post } from '../../src/analysis/worlds/member.ts';
import type { Take, Theft, TheftKind } from '../../src/analysis/worlds/theft.ts';
import type { AccessColumnName } from '../../src/model/access-columns.ts';
import type { BenchWorld } from './bench-worlds.ts';
import { dayMs } from './contender.ts';

/** What the real log tells of each event. */
const realDeskColumns: ReadonlySet<AccessColumnName> = new Set([
  'at',
  'agent',
  'action',
  'customer',
  'case',
  'team',
  'queue',
  'topic',
  'channel',
]);

/** Nearly all of the log lies in these 92 days. */
const startMs = Date.UTC(2016, 1, 29);
const days = 92;

interface Ticket extends Matter {
  readonly openedAtMs: number;
  closedAtMs: number;
}

interface Actor {
  readonly seat: Seat;
  readonly dayHours: Map<number, number[]>;
  readonly tickets: Ticket[];
}

/** The log as accesses and case changes, and what thieves need to know of it. */
interface RealDesk {
  readonly writer: LogWriter;
  readonly actors: readonly Actor[];
  /** In the order of opening. */
  readonly tickets: readonly Ticket[];
}

const noSeat = { vendor: 0, site: 0, session: 0, device: 0 };

const mainGroups = (events: readonly IncidentEvent[]): Map<string, string> => {
  const counts = new Map<string, Map<string, number>>();
  for (const { actor, group } of events) {
    const own = counts.get(actor) ?? new Map<string, number>();
    own.set(group ?? 'none', (own.get(group ?? 'none') ?? 0) + 1);
    counts.set(actor, own);
  }
  return new Map(
    [...counts].map(([actor, own]) => [actor, [...own].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '']),
  );
};

const readDesk = (events: readonly IncidentEvent[]): RealDesk => {
  const writer = new LogWriter();
  const { names } = writer;
  const groupOf = mainGroups(events);
  const actorOf = matchAssignees(events);
  const actors = new Map<string, Actor>();
  const tickets = new Map<string, Ticket & { assigned?: string | undefined; reopened: number }>();
  for (const event of events) {
    if (event.at < startMs || event.at >= startMs + days * dayMs) continue;
    const agent = names.agents.place(event.actor);
    const known = tickets.get(event.number);
    const ticket = known ?? {
      case: names.cases.place(event.number),
      customer: names.customers.place(event.caller ?? ''),
      queue: names.queues.place(event.group ?? ''),
      topic: names.topics.place(event.category ?? ''),
      channel: names.channels.place(event.byMail ? 'mail' : 'phone'),
      initiatedBy: 0,
      openedAtMs: event.at,
      closedAtMs: Number.POSITIVE_INFINITY,
      reopened: event.reopenCount,
    };
    tickets.set(event.number, ticket);
    if (!known) writer.change('opened', event.at, { ...ticket, agent });
    if (event.assignedTo && event.assignedTo !== ticket.assigned) {
      ticket.assigned = event.assignedTo;
      const holder = actorOf.get(event.assignedTo);
      if (holder) writer.change('assigned', event.at, { ...ticket, agent: names.agents.place(holder) });
    }
    if (event.reopenCount > ticket.reopened) {
      ticket.reopened = event.reopenCount;
      writer.change('reopened', event.at, { ...ticket, agent });
      ticket.closedAtMs = Number.POSITIVE_INFINITY;
    }
    if (event.state === 'Closed') {
      writer.change('closed', event.at, { ...ticket, agent: event.actor === automation ? 0 : agent });
      ticket.closedAtMs = event.at;
    }
    if (event.actor === automation) continue;
    writer.change('replied', event.at, { ...ticket, agent });
    const actor = actors.get(event.actor) ?? {
      seat: { ...noSeat, agent, team: names.teams.place(groupOf.get(event.actor) ?? '') },
      dayHours: new Map<number, number[]>(),
      tickets: [],
    };
    actors.set(event.actor, actor);
    const day = Math.floor((event.at - startMs) / dayMs);
    actor.dayHours.set(day, [...(actor.dayHours.get(day) ?? []), event.at]);
    actor.tickets.push(ticket);
    writer.access(actor.seat, ticket, { atMs: event.at, action: 'view' });
  }
  return { writer, actors: [...actors.values()], tickets: [...tickets.values()] };
};

interface Planted {
  readonly kind: TheftKind;
  readonly perDay: number;
  /** Which customers: everybody, or the pieces of one list of several hundred. */
  readonly fromList: boolean;
}

const packs: Readonly<Record<string, readonly Planted[]>> = {
  plain: [
    { kind: 'extra-looks', perDay: 12, fromList: false },
    { kind: 'extra-looks', perDay: 20, fromList: false },
    { kind: 'after-closing', perDay: 12, fromList: false },
  ],
  ring: Array.from({ length: 5 }, () => ({ kind: 'ring' as const, perDay: 3.5, fromList: true })),
  faint: [
    { kind: 'few-looks', perDay: 4, fromList: false },
    { kind: 'few-looks', perDay: 4, fromList: false },
  ],
  honest: [],
};

const theftFromDay = 35;

/** Looks into tickets of others, between the own ones: each names a ticket, as every row of the real log does. */
const plant = (
  desk: RealDesk,
  thief: { actor: Actor; planted: Planted; list: ReadonlySet<number> },
  draw: Draw,
): Take[] => {
  const { actor, planted, list } = thief;
  const takes: Take[] = [];
  for (const [day, times] of actor.dayHours) {
    if (day < theftFromDay) continue;
    const [first, last] = [Math.min(...times), Math.max(...times)];
    for (let count = Math.max(1, draw.poisson(planted.perDay)); count > 0; count -= 1) {
      const atMs = draw.between(first, Math.max(last, first + 3 * 3_600_000));
      const ticket = aTicket(planted.kind === 'after-closing' ? actor.tickets : desk.tickets, {
        draw,
        wanted: ({ openedAtMs, closedAtMs, customer }) =>
          openedAtMs < atMs &&
          customer !== 0 &&
          (planted.kind !== 'after-closing' || closedAtMs < atMs - dayMs) &&
          (!planted.fromList || list.has(customer)),
      });
      if (!ticket) continue;
      const row = desk.writer.access(actor.seat, ticket, { atMs, action: 'view' });
      takes.push({ row, customer: ticket.customer, atMs, fieldSet: 0 });
    }
  }
  return takes.sort((a, b) => a.atMs - b.atMs);
};

const aTicket = (
  tickets: readonly Ticket[],
  on: { draw: Draw; wanted: (ticket: Ticket) => boolean },
): Ticket | undefined => {
  for (let tries = 0; tries < 400 && tickets.length > 0; tries += 1) {
    const ticket = on.draw.pick(tickets);
    if (on.wanted(ticket)) return ticket;
  }
  return undefined;
};

const build = async (file: string, name: string, seed: number): Promise<World | undefined> => {
  if (!existsSync(file)) return undefined;
  const draw = new Draw(`real-${name}-${seed}`);
  const desk = readDesk(await readIncidentLog(file, 0));
  const able = desk.actors.filter(({ tickets, dayHours }) => tickets.length >= 150 && dayHours.size >= 25);
  const pack = packs[name] ?? [];
  const list = new Set(draw.several(desk.tickets, 600).map(({ customer }) => customer));
  const thieves = draw.several(able, pack.length);
  const planted = thieves.map((actor, at): Theft => {
    const how = pack[at] ?? { kind: 'few-looks', perDay: 3, fromList: false };
    const takes = plant(desk, { actor, planted: how, list }, draw.fork(String(at)));
    return { plan: at, kind: how.kind, agent: actor.seat.agent, takes };
  });
  const log = desk.writer.finish();
  return {
    log,
    thefts: planted.map((theft) => ({
      ...theft,
      takes: theft.takes.map((taken) => ({ ...taken, row: log.placeOf[taken.row] ?? 0 })),
    })),
    reports: [],
    posts: new Map(desk.actors.map(({ seat }): [number, Post] => [seat.agent, 'agent'])),
    needs: new Map(),
    startMs,
    days,
  };
};

/** A real desk with planted thieves, when its log is at hand. */
export const realDeskWorlds = (file: string): BenchWorld[] =>
  Object.keys(packs).map((name) => ({
    name,
    background: 'real desk',
    columns: realDeskColumns,
    build: (seed) => build(file, name, seed),
  }));
