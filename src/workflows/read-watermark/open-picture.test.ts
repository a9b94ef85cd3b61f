import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { isUnusable, openPicture } from './open-picture.ts';

const plain = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#e8f0ff' } });
const open = async (bytes: Uint8Array | Promise<Uint8Array>) => openPicture(new Uint8Array(await bytes));
const refusal = async (bytes: Uint8Array | Promise<Uint8Array>): Promise<string> => {
  const opened = await open(bytes);
  return isUnusable(opened) ? opened.unusable : 'opened';
};

/** A PNG that says it is `width` x `height` and holds next to nothing. */
const bomb = (width: number, height: number): Uint8Array => {
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.from(name, 'latin1');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(Buffer.concat([head, body])));
    return Buffer.concat([size, head, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const body = deflateSync(Buffer.alloc(1024));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', body),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
};

describe('opening a stranger’s picture', () => {
  it('opens JPEG, PNG, WebP and AVIF', async () => {
    for (const bytes of [
      plain(200, 120).jpeg(),
      plain(200, 120).png(),
      plain(200, 120).webp(),
      plain(200, 120).avif({ effort: 0 }),
    ])
      expect(await open(bytes.toBuffer())).toMatchObject({ width: 200, height: 120 });
  });

  it('stands a photo upright by its EXIF note', async () => {
    const sideways = plain(300, 150).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await open(sideways)).toMatchObject({ width: 150, height: 300 });
  });

  it('makes 12 megapixels smaller before anything else looks at them', async () => {
    expect(await open(plain(4000, 3000).jpeg().toBuffer())).toMatchObject({ width: 1600, height: 1200 });
  });

  it('gives grey pictures three channels', async () => {
    const opened = await open(plain(120, 110).greyscale().jpeg().toBuffer());
    expect(!isUnusable(opened) && opened.rgb.length).toBe(120 * 110 * 3);
  });

  it('refuses a JPEG that is cut short', async () => {
    const noise = sharp({
      create: {
        width: 400,
        height: 300,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    });
    const whole = await noise.jpeg().toBuffer();
    expect(await refusal(whole.subarray(0, whole.length / 2))).toBe(
      'the picture is damaged or cut short: get the whole file again',
    );
  });

  it('refuses one pixel, naming its size', async () => {
    expect(await refusal(plain(1, 1).png().toBuffer())).toMatch(/^1 x 1 pixels/);
  });

  it('refuses 200 megapixels by the header alone', async () => {
    expect(await refusal(bomb(20_000, 10_000))).toMatch(/^20000 x 10000 pixels, more than 50 million/);
  });

  it('refuses a picture whose header promises more than the file holds', async () => {
    expect(await refusal(bomb(5000, 5000))).toMatch(/damaged or cut short/);
  });

  it('refuses an animation', async () => {
    const frames = await sharp(
      [await plain(120, 120).png().toBuffer(), await plain(120, 120).tint('#f00').png().toBuffer()],
      { join: { animated: true } },
    )
      .webp()
      .toBuffer();
    expect(await refusal(frames)).toMatch(/^an animation of 2 frames/);
  });

  it('refuses text whatever its file is called, and SVG, which sharp would draw', async () => {
    const text = (words: string): Uint8Array => new TextEncoder().encode(words);
    for (const bytes of [
      text('not a photo at all'),
      text('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>'),
      text('GIF'),
    ])
      expect(await refusal(bytes)).toMatch(/^not a picture/);
    expect(await refusal(new Uint8Array())).toBe('the file is empty');
    expect(await refusal(text('GIF89a.......'))).toMatch(/^a GIF/);
    expect(await refusal(text('\0\0\0\u0018ftypheic....'))).toMatch(/^HEIC cannot be opened here/);
  });
});
