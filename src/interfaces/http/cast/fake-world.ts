import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Fault } from '../../../model/fault.ts';
import {
  type AgentId,
  type CustomerId,
  newId,
  newViewId,
  type VendorId,
  type ViewId,
} from '../../../model/id.ts';
import { instantOf, later } from '../../../model/instant.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { organisationRoles, type Role, roles } from '../../../model/role.ts';
import { keySealer } from '../../../platform/keys/subject-key.ts';
import type { Agent, Page } from '../../../records/directory/directory-entry.ts';
import type { SessionEnd } from '../../../records/session/found-session.ts';
import { type HttpPorts, usualDoorLimits } from '../http-ports.ts';
import { pinoJournal } from '../journal.ts';
import { fakeErasing } from './fake-erasing.ts';
import { type AskSeen, fakeLooking } from './fake-looking.ts';
import { fakeRooms } from './fake-rooms.ts';
import { FakeSessions } from './fake-sessions.ts';

const chance = { bytes: (countBytes: number) => randomBytes(countBytes) };

export const deskOrigin = 'http://127.0.0.1:8080';

/** Someone of the cast, with a session open. */
export interface Player {
  readonly agent: Agent;
  readonly subject: string;
  readonly token: string;
}
export type Players = Readonly<Record<Role, Player>>;

/** A small organisation that behaves: one person a role, and one case of one customer that each of them holds. */
export interface FakeWorld {
  readonly ports: HttpPorts;
  readonly players: Players;
  readonly customer: CustomerId;
  readonly caseRef: string;
  readonly asked: AskSeen[];
  /** What reached the rooms besides the heart: approvals, break-glass, standing, alerts. */
  readonly seen: [string, object][];
  readonly throttled: { session: string; route: string; count: number }[];
  /** Everything the journal wrote, as text. */
  readonly written: () => string;
  readonly openView: () => ViewId;
  readonly pass: (ms: number) => void;
  readonly endSessionOf: (player: Player, over: SessionEnd) => void;
  /** From now on every port throws this. */
  readonly breakWith: (thrown: unknown) => void;
}

const newAgent = (role: Role, vendorId: VendorId | undefined): Agent => ({
  id: newId('agent', chance),
  ref: `ref-${role}`,
  name: `The ${role}`,
  role,
  teamId: vendorId && newId('team', chance),
  siteId: vendorId && newId('site', chance),
  vendorId,
  state: 'active',
  active: true,
  standingNo: 0,
});

const directoryOf = (players: Players, vendorId: VendorId, check: () => void): HttpPorts['directory'] => {
  const everyone = Object.values(players);
  const page = async <Entry>(entries: readonly Entry[]): Promise<Page<Entry>> => {
    check();
    return { entries, next: undefined };
  };
  const agentWho = async (is: (player: Player) => boolean): Promise<Agent | undefined> => {
    check();
    return everyone.find(is)?.agent;
  };
  return {
    organisationName: async () => 'Acme',
    vendors: () => page([{ id: vendorId, ref: 'northwind', name: 'Northwind', state: 'active' as const }]),
    sites: () => page([]),
    shifts: () => page([]),
    queues: () => page([]),
    teams: () => page([]),
    agents: (_ask, { vendorId: vendor, teamId: team } = {}) =>
      page(
        everyone
          .map(({ agent }) => agent)
          .filter((agent) => (!vendor || agent.vendorId === vendor) && (!team || agent.teamId === team)),
      ),
    unitById: async () => undefined,
    agentById: (id) => agentWho(({ agent }) => agent.id === id),
    agentByRef: (ref) => agentWho(({ agent }) => agent.ref === ref),
    agentBySubject: (subject) => agentWho((player) => player.subject === subject),
  };
};

/** Takes any code for the subject itself, if the state fits. */
const identityThat = (check: () => void): HttpPorts['identity'] => ({
  start: async () => {
    check();
    return {
      url: 'https://idp.example/auth',
      pending: { state: 'state', nonce: 'nonce', verifier: 'verifier' },
    };
  },
  finish: async (cameBack, pending) => {
    check();
    if (cameBack.get('state') !== pending.state) throw new Fault('sign-in-failed', 'another state');
    return { subject: cameBack.get('code') ?? '' };
  },
});

const openCast = (vendorId: VendorId, startedAt: ReturnType<typeof instantOf>) => {
  const agents = new Map<AgentId, Agent>();
  const sessions = new FakeSessions(agents);
  const join = (role: Role): Player => {
    const agent = newAgent(role, organisationRoles.includes(role) ? undefined : vendorId);
    agents.set(agent.id, agent);
    return { agent, subject: `sub-${role}`, token: exposePlaintext(sessions.open(agent, startedAt).token) };
  };
  const players = Object.fromEntries(roles.map((role) => [role, join(role)])) as Players;
  return { sessions, players };
};

/** @param over Ports to put in place of the fakes. */
export const fakeWorld = (over: Partial<HttpPorts> = {}): FakeWorld => {
  let now = instantOf(Date.UTC(2026, 10, 22, 12));
  let broken: { readonly thrown: unknown } | undefined;
  const check = (): void => {
    if (broken) throw broken.thrown;
  };
  const lines: string[] = [];
  const throttled: FakeWorld['throttled'] = [];
  const asked: AskSeen[] = [];
  const seen: FakeWorld['seen'] = [];
  const views = new Set<ViewId>();
  const vendorId = newId('vendor', chance);
  const customer = newId('customer', chance);
  const caseRef = 'CASE-1';
  const { sessions, players } = openCast(vendorId, now);
  const isOver = sessions.isOver.bind(sessions);
  const ports: HttpPorts = {
    settings: { publicOrigin: deskOrigin, trustedProxies: [], limits: usualDoorLimits },
    clock: { now: () => now },
    chance,
    journal: pinoJournal(pino({}, { write: (line: string) => void lines.push(line) })),
    health: { parts: async () => ({ database: broken === undefined }) },
    sessions: sessions.port(check),
    findRecentSession: (hash, now) => sessions.port(check).findSession(hash, now),
    identity: identityThat(check),
    signInSealer: keySealer(chance.bytes(32), chance),
    directory: directoryOf(players, vendorId, check),
    looking: fakeLooking({ asked, views, customer, caseRef, now: () => now, isOver, check }),
    cases: {
      casesHeldBy: async () => {
        check();
        return { cases: [], next: undefined };
      },
    },
    reasons: [
      { code: 'verify-caller', sentence: 'Check that the person is who they say', topics: ['*'] },
      { code: 'replace-card', sentence: 'Block, replace or send a card', topics: ['card'] },
    ],
    takeCaseChange: async () => {
      check();
      throw new Fault('webhook-forged', 'no signature fits');
    },
    ...fakeRooms({ seen, customer, caseRef, views, now: () => now, isOver, check }),
    erasing: fakeErasing({ seen, customer, now: () => now, isOver, check, chance }),
    readAccesses: async () => {
      check();
      return [];
    },
    onThrottled: (session, route, count) => void throttled.push({ session, route, count }),
    ...over,
  };
  return {
    ports,
    players,
    customer,
    caseRef,
    asked,
    seen,
    throttled,
    written: () => lines.join(''),
    openView() {
      const viewId = newViewId(chance);
      views.add(viewId);
      return viewId;
    },
    pass(ms) {
      now = later(now, ms);
    },
    endSessionOf: ({ agent }, why) => sessions.end((session) => session.agentId === agent.id, why),
    breakWith(thrown) {
      broken = { thrown };
    },
  };
};
