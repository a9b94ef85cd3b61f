import sharp, { type Sharp } from 'sharp';
import { encodeTile } from '../../src/analysis/watermark/encode-tile.ts';
import { type MarkReading, readMark } from '../../src/analysis/watermark/read-mark.ts';
import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { ViewId } from '../../src/model/id.ts';
import { type Dice, diceOf } from '../../test/camera/dice.ts';
import { cropped, overlay } from '../../test/camera/page.ts';
import { type Aftermath, type Cell, photograph, type Trial } from './cells.ts';
import { takePage } from './page-shelf.ts';

export interface TrialResult {
  readonly seed: number;
  readonly outcome: 'exact' | 'wrong' | MarkReading['kind'] | 'no-mark' | 'unreadable' | 'too-small';
  readonly clarity: number;
  readonly readMs: number;
  readonly camera: string | undefined;
}

const rawOf = (image: RgbImage): Sharp =>
  sharp(Buffer.from(image.rgb), { raw: { width: image.width, height: image.height, channels: 3 } });

const develop = async (image: RgbImage, after: Aftermath): Promise<Buffer> => {
  let picture = rawOf(image);
  if (after.messenger) {
    const first = await picture.jpeg({ quality: after.messenger.quality }).toBuffer();
    const fit = {
      width: after.messenger.longestPx,
      height: after.messenger.longestPx,
      fit: 'inside' as const,
    };
    picture = sharp(first).resize({ ...fit, withoutEnlargement: true });
  }
  if (after.resize) picture = picture.resize({ width: Math.round(image.width * after.resize) });
  if (after.grey) picture = picture.greyscale();
  return picture.jpeg({ quality: after.quality }).toBuffer();
};

const capture = (screen: RgbImage, trial: Trial, dice: Dice): RgbImage => {
  if (trial.shot) return photograph({ ...screen, ratio: trial.ratio }, trial.shot, dice);
  const { area, aspect } = trial.cut ?? { area: screen.width * screen.height, aspect: 1.6 };
  const width = Math.min(screen.width, Math.round(Math.sqrt(area * aspect) * trial.ratio));
  const height = Math.min(screen.height, Math.round(Math.sqrt(area / aspect) * trial.ratio));
  const x = Math.floor(dice.next() * (screen.width - width));
  const y = Math.floor(dice.next() * (screen.height - height));
  return cropped(screen, { x, y, width, height });
};

const judge = (reading: MarkReading, viewId: ViewId | undefined): TrialResult['outcome'] => {
  if (reading.kind === 'exact') return reading.viewId === viewId ? 'exact' : 'wrong';
  return reading.kind === 'none' ? reading.reason : reading.kind;
};

/** The picture that one seed gives in one cell, and the view it carries (undefined: unmarked). */
export const pictureOf = async (
  cell: Cell,
  seed: number,
): Promise<{ file: Buffer; viewId: ViewId | undefined; trial: Trial }> => {
  const dice = diceOf(Math.imul(seed, 0x9e3779b1));
  const viewId = Array.from({ length: 12 }, () => Math.floor(dice.next() * 16).toString(16)).join(
    '',
  ) as ViewId;
  const trial = cell.draw(dice, seed);
  const page = await takePage(trial.theme, Math.floor(dice.next() * 1000), trial.ratio);
  const asked = { ...trial, ratio: page.ratio };
  const screen = trial.marked
    ? overlay(page.image, encodeTile(viewId, { theme: trial.theme }), page.ratio)
    : page.image;
  const file = await develop(capture(screen, asked, dice), trial.after);
  return { file, viewId: trial.marked ? viewId : undefined, trial };
};

export const runTrial = async (cell: Cell, seed: number): Promise<TrialResult> => {
  const { file, viewId, trial } = await pictureOf(cell, seed);
  const start = performance.now();
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const reading = readMark({ width: info.width, height: info.height, rgb: new Uint8Array(data) });
  const readMs = Math.round(performance.now() - start);
  const clarity = Math.round(reading.clarity * 10) / 10;
  return { seed, outcome: judge(reading, viewId), clarity, readMs, camera: trial.shot?.camera };
};
