import { describe, expect, it } from 'vitest';
import { diceOf } from '../../../test/camera/dice.ts';
import { cropped, darkLook, drawPage, lightLook, overlay } from '../../../test/camera/page.ts';
import type { ViewId } from '../../model/id.ts';
import { encodeTile, type Theme } from './encode-tile.ts';
import { readMark, readMarks } from './read-mark.ts';
import { type RgbImage, shrinkImage } from './rgb-image.ts';

const viewId = 'c0ffee123456' as ViewId;
const pageOf = (theme: Theme, seed: number): RgbImage =>
  drawPage({
    width: 900,
    height: 640,
    look: theme === 'light' ? lightLook : darkLook,
    layout: seed % 2 ? 'record' : 'table',
    seed,
  });
const screenshot = (theme: Theme, seed: number, view = viewId): RgbImage =>
  overlay(pageOf(theme, seed), encodeTile(view, { theme }), 1);
const piece = (image: RgbImage, width = 420, height = 340): RgbImage =>
  cropped(image, { x: 231, y: 147, width, height });

const noisy = (image: RgbImage, sigma: number, seed: number): RgbImage => {
  const dice = diceOf(seed);
  return {
    ...image,
    rgb: image.rgb.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * dice.normal())))),
  };
};

describe('reading the mark', { timeout: 150_000 }, () => {
  it('names the view of a piece of a light page, and of a dark one', () => {
    for (const theme of ['light', 'dark'] as const)
      expect(readMark(piece(screenshot(theme, 1)))).toMatchObject({ kind: 'exact', viewId, photosUsed: 1 });
  });

  it('reads two tiles out of the middle of a dense table', () => {
    expect(readMark(piece(screenshot('light', 2), 192 * 2, 192))).toMatchObject({ kind: 'exact', viewId });
  });

  it('reads a picture that stands on its head', () => {
    const upright = piece(screenshot('light', 3));
    const rgb = new Uint8Array(upright.rgb.length);
    const count = rgb.length / 3;
    for (let at = 0; at < count; at += 1)
      rgb.set(upright.rgb.subarray(at * 3, at * 3 + 3), (count - 1 - at) * 3);
    expect(readMark({ ...upright, rgb })).toMatchObject({ kind: 'exact', viewId });
  });

  it('reads a picture that was made smaller, and says how much', () => {
    const reading = readMark(shrinkImage(piece(screenshot('light', 1), 600, 400), 0.62));
    expect(reading).toMatchObject({ kind: 'exact', viewId });
    expect(reading.kind === 'exact' && Math.abs(reading.scale - 0.62)).toBeLessThan(0.02);
  });

  it('reads a grey copy by brightness alone', () => {
    const image = piece(screenshot('light', 4), 600, 400);
    const rgb = image.rgb.slice();
    for (let at = 0; at < rgb.length; at += 3)
      rgb.fill(
        Math.round(0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0)),
        at,
        at + 3,
      );
    expect(readMark({ ...image, rgb })).toMatchObject({ kind: 'exact', viewId });
  });

  it('is not misled by wide flat borders around the picture', () => {
    const inner = piece(screenshot('light', 5));
    const frame = { width: 800, height: 600, rgb: new Uint8Array(800 * 600 * 3).fill(221) };
    for (let y = 0; y < inner.height; y += 1)
      frame.rgb.set(
        inner.rgb.subarray(y * inner.width * 3, (y + 1) * inner.width * 3),
        ((y + 130) * 800 + 190) * 3,
      );
    expect(readMark(frame)).toMatchObject({ kind: 'exact', viewId });
  });

  it('finds no mark on pages that carry none', () => {
    for (const theme of ['light', 'dark'] as const)
      for (let seed = 1; seed < 3; seed += 1)
        expect(
          readMark(noisy(piece(pageOf(theme, seed), 260, 220), 1, seed), { issuedViews: [viewId] }),
        ).toMatchObject({ kind: 'none', reason: 'no-mark' });
  });

  it('says so when a picture is too small to hold a mark', () => {
    expect(readMark({ width: 1, height: 1, rgb: new Uint8Array(3) })).toEqual({
      kind: 'none',
      reason: 'too-small',
      clarity: 0,
    });
  });

  it('ends with what it has when time is up', () => {
    expect(readMark(piece(screenshot('light', 1)), { isOverdue: () => true })).toMatchObject({
      kind: 'none',
    });
  });
});

describe('reading several pictures of one screen', { timeout: 150_000 }, () => {
  const part = (view = viewId): RgbImage => piece(screenshot('light', 1, view), 230, 200);

  it('adds them up where one alone is too faint', () => {
    const photos = [55, 55, 55, 55].map((sigma, i) => noisy(part(), sigma, i + 1));
    const [first] = photos;
    expect(first && readMark(first).kind).toBe('none');
    expect(readMarks(photos)).toMatchObject({ kind: 'exact', viewId });
  });

  it('ranks issued views by likelihood where the code fails, and never calls that exact', () => {
    const others = Array.from(
      { length: 60 },
      (_, i) => (i * 7919 + 12345).toString(16).padStart(12, 'e') as ViewId,
    );
    const reading = readMark(noisy(part(), 55, 1), { issuedViews: [...others, viewId] });
    expect(reading.kind).toBe('likely');
    expect(reading.kind === 'likely' && reading.candidates[0]?.viewId).toBe(viewId);
  });
});
