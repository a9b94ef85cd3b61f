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

const at = '2026-11-22T12:00:00.000Z';

describe('the ledger’s heads', () => {
  it('are told by state, with what is wrong with each witness', async () => {
    const answer = await gate.knock('/v1/ledger/heads', { as: players.auditor });
    expect(answer.json()).toEqual({
      origin: 'ledger.example/acme',
      sequenced: { size: 9 },
      published: { size: 7, at },
      witnessed: { size: 5, at },
      witnesses: [
        { name: 'witness.example', size: 7, answered_at: at },
        { name: 'other.example', size: 0, problem: 'it cannot be reached' },
      ],
    });
  });
});

describe('an entry of the ledger', () => {
  it('comes with its state, its bytes and its proof', async () => {
    const answer = await gate.knock('/v1/ledger/entries/3', { as: players.analyst });
    expect(answer.json()).toEqual({
      seq: 3,
      state: 'published',
      published: { size: 7, at },
      entry: '{"_sd":[]}',
      proof: 'c2sp.org/tlog-proof@v1\n',
    });
  });

  it('has no proof while it is only sequenced', async () => {
    const answer = await gate.knock('/v1/ledger/entries/8', { as: players.analyst });
    expect(answer.json()).toEqual({ seq: 8, state: 'sequenced' });
  });

  it('that is none is not found, and what is no number is no request', async () => {
    const asks = ['9', '999999999999999', '9007199254740993', '-1', '01', 'x', '1e3'];
    const statuses = await Promise.all(
      asks.map(
        async (seq) => (await gate.knock(`/v1/ledger/entries/${seq}`, { as: players.auditor })).statusCode,
      ),
    );
    expect(statuses).toEqual([404, 404, 400, 400, 400, 400, 400]);
  });
});
