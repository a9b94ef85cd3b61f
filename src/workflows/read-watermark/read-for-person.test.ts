import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import { encodeTile } from '../../analysis/watermark/encode-tile.ts';
import { newId, newViewId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { keySealer } from '../../platform/keys/subject-key.ts';
import { photoReader } from './read-for-person.ts';

const chance = seededChance('reading');
const viewId = newViewId(chance);
const now = instantOf(Date.UTC(2026, 10, 22, 9));
const shown = {
  viewId,
  agentId: newId('agent', chance),
  customerId: newId('customer', chance),
  at: now,
  seq: 7,
};

const agentId = newId('agent', chance);

const setUp = () => {
  const ledger = new MemoryLedger();
  const read = photoReader({
    clock: { now: () => now },
    ledger,
    issued: { find: async (id) => (id === viewId ? shown : undefined), between: async () => [] },
    actedBy: async (sessionId, detail) => ({
      agentId,
      sealer: keySealer(chance.bytes(32), chance),
      disclosures: { agent: agentId, role: 'analyst', session: sessionId ?? '', detail },
    }),
  });
  return { ledger, read };
};

const screenshot = async (): Promise<Uint8Array> => {
  const { width, height, rgba } = encodeTile(viewId, { theme: 'light' });
  const tile = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  const page = sharp({ create: { width: 420, height: 400, channels: 3, background: '#ffffff' } });
  return new Uint8Array(
    await page
      .composite([{ input: tile, tile: true }])
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
};
const session = newId('session', chance);

describe('a picture read for a person', { timeout: 150_000 }, () => {
  it('names view, agent, customer and time, and who asked is on record with the picture’s hash first', async () => {
    const { ledger, read } = setUp();
    const picture = await screenshot();
    const answer = await read(session, { pictures: [picture] });
    expect(answer).toMatchObject({ seq: 0, reading: { kind: 'exact', viewId }, views: [shown] });
    const sha256 = createHash('sha256').update(picture).digest('hex');
    expect(ledger.drafts).toMatchObject([
      {
        kind: 'photo-reading/v1',
        by: {
          disclosures: { role: 'analyst', detail: { pictures: [sha256], found: 'exact', views: [viewId] } },
        },
      },
    ]);
  });

  it('answers nothing when it cannot be put on record', async () => {
    const { ledger, read } = setUp();
    const { Fault } = await import('../../model/fault.ts');
    ledger.break(new Fault('storage-down', 'gone'));
    const text = new Uint8Array(Buffer.from('these are words'));
    await expect(read(session, { pictures: [text] })).rejects.toMatchObject({ code: 'storage-down' });
  });

  it('is read while at most one other is', async () => {
    const { read } = setUp();
    const text = new Uint8Array(Buffer.from('these are words'));
    const three = [1, 2, 3].map(() => read(session, { pictures: [text] }));
    const [one, two, third] = await Promise.allSettled(three);
    expect([one?.status, two?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'busy' } });
    expect(await read(session, { pictures: [text] })).toMatchObject({ unusable: expect.any(String) });
  });
});
