import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newViewId } from '../../model/id.ts';
import { plaintextOf } from './cast/fake-looking.ts';
import { fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';
import { photoForm } from './cast/sample-requests.ts';

const world = fakeWorld();
const { agent, analyst } = world.players;
let gate: Gate;
beforeAll(async () => {
  gate = await openGate(world);
});
afterAll(() => gate.app.close());

describe('the mark of a view', () => {
  it('is handed out as a picture, and never kept by a browser', async () => {
    const view = world.openView();
    const answer = await gate.knock(`/v1/views/${view}/mark?theme=dark`, { as: agent });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'image/png', 'cache-control': 'no-store' });
    expect(answer.rawPayload).toEqual(Buffer.from([0x89, 0x50]));
    expect(world.seen.at(-1)).toEqual(['tile', { viewId: view, theme: 'dark' }]);
  });

  it('is nothing to strangers, and of unknown views there is none', async () => {
    const unknown = newViewId(world.ports.chance);
    expect((await gate.knock(`/v1/views/${world.openView()}/mark`)).statusCode).toBe(401);
    expect((await gate.knock(`/v1/views/${unknown}/mark`, { as: agent })).statusCode).toBe(404);
  });

  it('is told to be away by the page, in words from a list', async () => {
    const url = `/v1/views/${world.openView()}/mark-absences`;
    const told = await gate.knock(url, { as: agent, payload: { reason: 'removed', restored: 2 } });
    expect([told.statusCode, told.json()]).toEqual([201, { seq: world.seen.length }]);
    expect(world.seen.at(-1)).toMatchObject(['mark-absence', { reason: 'removed', restoredCount: 2 }]);
    const odd = await gate.knock(url, { as: agent, payload: { reason: '<b>', restored: 2 } });
    expect(odd.statusCode).toBe(400);
  });
});

describe('a field that is shown as pixels only', () => {
  it('leaves as a picture and not as text', async () => {
    const answer = await gate.knock(`/v1/views/${world.openView()}/reveals`, {
      as: agent,
      payload: { fields: ['email', 'phone'], reason: { code: 'verify-caller' }, theme: 'dark' },
    });
    expect(answer.json().fields).toEqual([
      { name: 'email', value: plaintextOf('email') },
      { name: 'phone', picture: { png: 'AQID', width: 320, height: 96 } },
    ]);
    expect(answer.body).not.toContain(plaintextOf('phone'));
  });
});

describe('reading pictures', () => {
  const read = (query: string, pictures: readonly number[]) =>
    gate.knock(`/v1/photo-readings${query}`, {
      as: analyst,
      method: 'POST',
      payload: photoForm(...pictures.map((byte) => new Uint8Array([byte, 7]))),
    });

  it('takes several pictures of one screen and a time window, and answers what they carry', async () => {
    const answer = await read('?from=2026-11-20T00:00:00.000Z&to=2026-11-21T00:00:00.000Z', [1, 2]);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { seq: world.seen.length, kind: 'none', view: null, reason: 'no-mark', clarity: 3, views: [] },
    ]);
    expect(world.seen.at(-1)).toMatchObject(['read-photos', { count: 2, within: { from: 1795132800000 } }]);
  });

  it('says which picture is none, and what else is wrong, in one sentence', async () => {
    const tries = [
      [await read('', [0]), 422, 'Picture 1: not a picture.'],
      [await read('', []), 422, 'Send at least one picture as a part of the form.'],
      [await read('?from=2026-11-20T00:00:00.000Z', [1]), 422, 'Give both `from` and `to`'],
      [await read('', Array<number>(13).fill(1)), 413, 'The request is larger'],
      [
        await gate.knock('/v1/photo-readings', { as: analyst, payload: { picture: 'x' } }),
        415,
        'Send application/json, or pictures as multipart/form-data',
      ],
    ] as const;
    for (const [answer, status, title] of tries) {
      expect([answer.statusCode, answer.json().title]).toEqual([status, expect.stringContaining(title)]);
    }
  });

  it('is for those who investigate', async () => {
    const answer = await gate.knock('/v1/photo-readings', {
      as: agent,
      payload: photoForm(new Uint8Array([1])),
    });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'not-allowed']);
  });
});
