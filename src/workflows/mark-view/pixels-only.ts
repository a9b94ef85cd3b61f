import sharp from 'sharp';
import { encodeTile, type Theme } from '../../analysis/watermark/encode-tile.ts';
import { Fault } from '../../model/fault.ts';
import type { ViewId } from '../../model/id.ts';
import { exposePlaintext, type Plain } from '../../model/plain.ts';

/** A value drawn by the server: there is no text in the page to copy, and no layer to take away. */
export interface PixelsOnly {
  readonly png: Uint8Array;
  readonly widthCssPx: number;
  readonly heightCssPx: number;
}

export interface PixelsOnlyWish {
  readonly value: Plain<string>;
  readonly viewId: ViewId;
  readonly theme: Theme;
}

/** Two picture pixels a CSS pixel. A tile takes 192 picture pixels: half its usual size, so that two fit in a field. */
const ratio = 2;
const tilePx = 192;
const minimum = { width: 320 * ratio, height: 96 * ratio } as const;
const widthPxMax = 640 * ratio;
const paddingPx = 16 * ratio;
const valueCharsMax = 120;
/** Ink over the page's: the mark has only this one field to live in. */
const inkBoost = 1.7;

const looks = {
  light: { ground: [255, 255, 255], text: [33, 37, 41] },
  dark: { ground: [37, 38, 43], text: [193, 194, 197] },
} as const;

interface Glyphs {
  readonly width: number;
  readonly height: number;
  /** 0 ground to 255 ink, one a pixel. */
  readonly cover: Uint8Array;
}

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\p{Cc}/gu, ' ');

/** Draws the value with the server's own fonts. The text never reaches markup unescaped. */
const glyphsOf = async (text: string): Promise<Glyphs> => {
  const width = widthPxMax - 2 * paddingPx;
  const drawn = sharp({
    text: { text: escaped(text), font: 'sans 15', dpi: 72 * ratio, width, wrap: 'word-char', rgba: true },
  });
  const { data, info } = await drawn.extractChannel(3).raw().toBuffer({ resolveWithObject: true });
  if (!data.some((cover) => cover > 0))
    throw new Fault('bug', 'no font can draw this value: install one, such as DejaVu Sans');
  return { width: info.width, height: info.height, cover: new Uint8Array(data) };
};

/**
 * Draws one sensitive value as a picture with the mark of its view in ground and glyphs alike. Taking the page's
 * layer away, copying text and reading the document then give nothing; a photo of the field alone can name the view.
 *
 * @throws Fault `unprocessable` when the value is empty or longer than 120 characters
 */
export const pixelsOnly = async ({ value, viewId, theme }: PixelsOnlyWish): Promise<PixelsOnly> => {
  const text = exposePlaintext(value);
  if (text.trim() === '' || text.length > valueCharsMax)
    throw new Fault(
      'unprocessable',
      `a value of ${text.length} characters cannot be drawn: 1 to ${valueCharsMax} can`,
    );
  const glyphs = await glyphsOf(text);
  const even = (px: number): number => Math.ceil(px / ratio) * ratio;
  const width = even(Math.max(minimum.width, glyphs.width + 2 * paddingPx));
  const height = even(Math.max(minimum.height, glyphs.height + 2 * paddingPx));
  const top = Math.floor((height - glyphs.height) / 2);
  const { ground, text: ink } = looks[theme];
  const tile = encodeTile(viewId, { theme });
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const x = at % width;
    const y = Math.floor(at / width);
    const [column, row] = [x - paddingPx, y - top];
    const inside = column >= 0 && row >= 0 && column < glyphs.width && row < glyphs.height;
    const cover = inside ? (glyphs.cover[row * glyphs.width + column] ?? 0) / 255 : 0;
    const from = ((y % tilePx) * tilePx + (x % tilePx)) * 4;
    const opacity = (inkBoost * (tile.rgba[from + 3] ?? 0)) / 255;
    for (let c = 0; c < 3; c += 1) {
      const plain = (ground[c] ?? 0) * (1 - cover) + (ink[c] ?? 0) * cover;
      rgb[at * 3 + c] = Math.round(plain * (1 - opacity) + (tile.rgba[from + c] ?? 0) * opacity);
    }
  }
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return { png: new Uint8Array(png), widthCssPx: width / ratio, heightCssPx: height / ratio };
};
