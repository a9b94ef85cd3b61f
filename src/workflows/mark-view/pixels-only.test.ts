import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type MarkReading, readMark } from '../../analysis/watermark/read-mark.ts';
import type { ViewId } from '../../model/id.ts';
import { plain } from '../../model/plain.ts';
import { pixelsOnly } from './pixels-only.ts';

const viewId = '0ddba11cafe5' as ViewId;
const read = async (picture: Uint8Array | Buffer): Promise<MarkReading> => {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return readMark({ width: info.width, height: info.height, rgb: new Uint8Array(data) });
};

describe('a value drawn as pixels only', { timeout: 150_000 }, () => {
  it('carries the view by itself, in both themes, whatever the value', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { png } = await pixelsOnly({ value: plain('+351 912 345 678 <b>&'), viewId, theme });
      expect(await read(png)).toMatchObject({ kind: 'exact', viewId });
    }
  });

  it('carries it into a JPEG screenshot of an unmarked page at one device pixel a CSS pixel', async () => {
    const { png, widthCssPx, heightCssPx } = await pixelsOnly({
      value: plain('DE89 3704 0044 0532 0130 00'),
      viewId,
      theme: 'light',
    });
    const field = await sharp(png).resize(widthCssPx, heightCssPx).toBuffer();
    const page = await sharp({
      create: { width: widthCssPx + 100, height: heightCssPx + 80, channels: 3, background: '#fff' },
    })
      .composite([{ input: field, left: 40, top: 40 }])
      .jpeg({ quality: 85 })
      .toBuffer();
    expect(await read(page)).toMatchObject({ kind: 'exact', viewId });
  });

  it('shows different pictures for different values, and holds no text', async () => {
    const [one, two] = await Promise.all(
      ['4111', '4112'].map((text) => pixelsOnly({ value: plain(text), viewId, theme: 'light' })),
    );
    expect(Buffer.from(one?.png ?? []).equals(Buffer.from(two?.png ?? []))).toBe(false);
    expect(Buffer.from(one?.png ?? []).includes('4111')).toBe(false);
  });

  it('refuses nothing and too much', async () => {
    for (const text of ['', '  ', 'x'.repeat(121)])
      await expect(pixelsOnly({ value: plain(text), viewId, theme: 'light' })).rejects.toMatchObject({
        code: 'unprocessable',
      });
  });
});
