import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeTile } from '../../src/analysis/watermark/encode-tile.ts';
import { readMark } from '../../src/analysis/watermark/read-mark.ts';
import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { ViewId } from '../../src/model/id.ts';
import { diceOf } from './dice.ts';
import { dotCamera } from './dot-camera.ts';
import { drawPage, lightLook, overlay } from './page.ts';
import { plainCamera } from './plain-camera.ts';
import type { Shot } from './scene.ts';
import { stripeCamera } from './stripe-camera.ts';

const cameras = { stripe: stripeCamera, dot: dotCamera, plain: plainCamera } as const;
const viewId = 'ab12cd34ef56' as ViewId;
const shot: Shot = { tiltDegrees: 16, scale: 0.9, crop: 0.6, blurPx: 0.5, noise: 1, exposure: 0.75 };
const page = drawPage({ width: 800, height: 560, look: lightLook, layout: 'record', seed: 3 });
const screen = { ...overlay(page, encodeTile(viewId, { theme: 'light' }), 1), ratio: 1 };

const developed = async ({ width, height, rgb }: RgbImage): Promise<RgbImage> => {
  const file = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 75 })
    .toBuffer();
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
};

describe.each(Object.keys(cameras) as (keyof typeof cameras)[])(
  'the simulated %s camera',
  { timeout: 150_000 },
  (name) => {
    it('takes the same photo from the same seed, and another from another', () => {
      const small = { ...shot, crop: 0.05 };
      const photo = (seed: number): RgbImage => cameras[name](screen, small, diceOf(seed));
      expect(photo(4)).toEqual(photo(4));
      expect(Buffer.from(photo(4).rgb).equals(Buffer.from(photo(5).rgb))).toBe(false);
    });

    it('shows white as bright and text as dark, in a photo of the size that was asked for', () => {
      const { width, height, rgb } = cameras[name](screen, { ...shot, tiltDegrees: 0 }, diceOf(6));
      const sorted = Array.from(rgb).sort((a, b) => a - b);
      expect(Math.abs(width * height - 800 * 560 * 0.6 * 0.81)).toBeLessThan(8_000);
      expect(sorted[Math.floor(sorted.length * 0.6)]).toBeGreaterThan(140);
      expect(sorted[Math.floor(sorted.length * 0.002)]).toBeLessThan(130);
    });

    it('gives photos, tilted by 16 degrees and saved as JPEG 75, in which the view is read', async () => {
      expect(readMark(await developed(cameras[name](screen, shot, diceOf(8))))).toMatchObject({
        kind: 'exact',
        viewId,
      });
    });
  },
);
