import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawPage, lightLook, overlay } from '../../../test/camera/page.ts';
import { encodeTile } from '../../analysis/watermark/encode-tile.ts';
import type { AgentId, CustomerId, ViewId } from '../../model/id.ts';
import { type Instant, instantOf } from '../../model/instant.ts';
import { type IssuedView, type IssuedViews, picturesMax, readWatermark } from './read-watermark.ts';

const viewId = '5ca1ab1e0042' as ViewId;
const anna: IssuedView = {
  viewId,
  agentId: 'agt_anna' as AgentId,
  customerId: 'cus_0815' as CustomerId,
  at: instantOf(1_000),
  seq: 7,
};

/** A register of views in memory. */
class Register implements IssuedViews {
  readonly asked: (readonly [Instant, Instant])[] = [];
  readonly #views: readonly IssuedView[];
  constructor(views: readonly IssuedView[]) {
    this.#views = views;
  }
  async find(wanted: ViewId): Promise<IssuedView | undefined> {
    return this.#views.find((view) => view.viewId === wanted);
  }
  async between(from: Instant, to: Instant): Promise<readonly ViewId[]> {
    this.asked.push([from, to]);
    return this.#views.filter(({ at }) => at >= from && at < to).map((view) => view.viewId);
  }
}

const screenshot = async (): Promise<Uint8Array> => {
  const page = drawPage({ width: 500, height: 400, look: lightLook, layout: 'record', seed: 2 });
  const { width, height, rgb } = overlay(page, encodeTile(viewId, { theme: 'light' }), 1);
  return new Uint8Array(
    await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
};

describe('reading which view a picture carries', { timeout: 150_000 }, () => {
  it('names the agent, the customer and the time of the view', async () => {
    const finding = await readWatermark({ pictures: [await screenshot()] }, new Register([anna]));
    expect(finding).toMatchObject({ reading: { kind: 'exact', viewId }, views: [anna] });
  });

  it('tells a mark that was never issued here from one that was', async () => {
    const finding = await readWatermark({ pictures: [await screenshot()] }, new Register([]));
    expect(finding).toMatchObject({ reading: { kind: 'exact', viewId }, views: [] });
  });

  it('asks for the views of the time in question only when one is given', async () => {
    const register = new Register([anna]);
    const tiny = new Uint8Array(
      await sharp({ create: { width: 120, height: 120, channels: 3, background: '#fff' } })
        .png()
        .toBuffer(),
    );
    await readWatermark({ pictures: [tiny] }, register);
    expect(register.asked).toEqual([]);
    const within = { from: instantOf(0), to: instantOf(5_000) };
    expect(await readWatermark({ pictures: [tiny], within }, register)).toMatchObject({
      reading: { kind: 'none' },
      views: [],
    });
    expect(register.asked).toEqual([[0, 5_000]]);
  });

  it('says which of several pictures cannot be used', async () => {
    const finding = await readWatermark(
      { pictures: [await screenshot(), new Uint8Array([1, 2, 3])] },
      new Register([]),
    );
    expect(finding).toMatchObject({ pictureAt: 1, unusable: expect.stringMatching(/^not a picture/) });
  });

  it('takes no more than twelve pictures', async () => {
    const finding = await readWatermark(
      { pictures: Array.from({ length: picturesMax + 1 }, () => new Uint8Array(1)) },
      new Register([]),
    );
    expect(finding).toMatchObject({ pictureAt: picturesMax });
  });
});
