import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';

const world = fakeWorld();
const { players } = world;
let gate: Gate;
beforeAll(async () => {
  gate = await openGate(world);
});
afterAll(() => gate.app.close());

const agentsSeenBy = async (role: keyof typeof players): Promise<string[]> => {
  const answer = await gate.knock('/v1/agents', { as: players[role] });
  return answer.json().agents.map((agent: { role: string }) => agent.role);
};

describe('the directory', () => {
  it('shows people of the organisation everyone', async () => {
    for (const role of ['analyst', 'responder', 'auditor', 'administrator'] as const)
      expect(await agentsSeenBy(role)).toEqual(Object.keys(players));
  });

  it('shows vendor security their own vendor, and a lead their own team', async () => {
    expect(await agentsSeenBy('vendor-security')).toEqual(['agent', 'lead', 'vendor-security']);
    expect(await agentsSeenBy('lead')).toEqual(['lead']);
  });

  it('shows nobody to a lead without a team and to vendor security without a vendor', async () => {
    const base = fakeWorld();
    const homeless = { teamId: undefined, siteId: undefined, vendorId: undefined };
    const sessions = {
      ...base.ports.sessions,
      findSession: async (hash: Buffer, now: Parameters<typeof base.ports.sessions.findSession>[1]) => {
        const session = await base.ports.sessions.findSession(hash, now);
        return session && { ...session, ...homeless };
      },
    };
    const { knock, app } = await openGate({ ports: { ...base.ports, sessions } });
    for (const role of ['lead', 'vendor-security'] as const)
      expect((await knock('/v1/agents', { as: base.players[role] })).json()).toEqual({ agents: [] });
    expect((await knock('/v1/vendors', { as: base.players['vendor-security'] })).json()).toEqual({
      vendors: [],
    });
    await app.close();
  });

  it('goes from page to page by an agent’s id, never by a reference in an address', async () => {
    const asked: unknown[] = [];
    const base = fakeWorld();
    const { agent } = base.players.agent;
    const directory = {
      ...base.ports.directory,
      agents: async (page: unknown) => {
        asked.push(page);
        return { entries: [agent], next: agent.ref };
      },
    };
    const { knock, app } = await openGate({ ports: { ...base.ports, directory } });
    const first = await knock('/v1/agents?limit=1', { as: base.players.analyst });
    expect(first.json()).toMatchObject({ next: agent.id });
    await knock(`/v1/agents?limit=1&after=${first.json().next}`, { as: base.players.analyst });
    expect(asked).toEqual([
      { after: undefined, countMax: 1 },
      { after: agent.ref, countMax: 1 },
    ]);
    await app.close();
  });

  it('says of a unit what it is and whether it is suspended', async () => {
    const answer = await gate.knock('/v1/vendors', { as: players.analyst });
    expect(answer.json()).toEqual({
      vendors: [
        { vendor: players.agent.agent.vendorId, ref: 'northwind', name: 'Northwind', state: 'active' },
      ],
    });
  });
});
