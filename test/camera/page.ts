import type { Tile } from '../../src/analysis/watermark/encode-tile.ts';
import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import { type Dice, diceOf } from './dice.ts';

type Colour = readonly [number, number, number];
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const fillBox = (image: RgbImage, box: Box, colour: Colour, opacity = 1): void => {
  const right = Math.min(image.width, Math.round(box.x + box.width));
  const bottom = Math.min(image.height, Math.round(box.y + box.height));
  for (let y = Math.max(0, Math.round(box.y)); y < bottom; y += 1)
    for (let x = Math.max(0, Math.round(box.x)); x < right; x += 1)
      for (let c = 0; c < 3; c += 1) {
        const at = (y * image.width + x) * 3 + c;
        image.rgb[at] = (image.rgb[at] as number) * (1 - opacity) + (colour[c] as number) * opacity;
      }
};

/** A word of made-up glyphs: strokes with soft edges, as dense as type of that size. */
const drawWord = (
  image: RgbImage,
  at: { x: number; y: number; size: number },
  ink: { colour: Colour; dice: Dice },
): number => {
  const { dice, colour } = ink;
  const glyphs = 2 + Math.floor(dice.next() * 8);
  const advance = at.size * 0.56;
  for (let glyph = 0; glyph < glyphs; glyph += 1) {
    const x = at.x + glyph * advance;
    const tall = dice.next() < 0.3 ? at.size * 0.75 : at.size * 0.54;
    const top = at.y + at.size * 0.75 - tall;
    const stroke = Math.max(1, at.size / 11);
    for (let bar = 0; bar < 2; bar += 1) {
      if (dice.next() < 0.8)
        fillBox(image, { x: x + bar * advance * 0.5, y: top, width: stroke, height: tall }, colour, 0.9);
      if (dice.next() < 0.6)
        fillBox(
          image,
          { x, y: top + tall * dice.next() * 0.9, width: advance * 0.6, height: stroke },
          colour,
          0.7,
        );
    }
  }
  return glyphs * advance;
};

export interface Look {
  readonly background: Colour;
  readonly card: Colour;
  readonly text: Colour;
  readonly line: Colour;
  readonly accent: Colour;
}
export const lightLook: Look = {
  background: [248, 249, 250],
  card: [255, 255, 255],
  text: [33, 37, 41],
  line: [222, 226, 230],
  accent: [34, 139, 230],
};
export const darkLook: Look = {
  background: [26, 27, 30],
  card: [37, 38, 43],
  text: [193, 194, 197],
  line: [55, 58, 64],
  accent: [25, 113, 194],
};

export interface PageWish {
  readonly width: number;
  readonly height: number;
  readonly look: Look;
  readonly layout: 'record' | 'table' | 'chat';
  readonly seed: number;
}

const drawRows = (
  image: RgbImage,
  box: Box,
  wish: { pitch: number; size: number; look: Look; dice: Dice; columns: number },
): void => {
  const { look, dice, pitch, size } = wish;
  const cell = box.width / wish.columns;
  for (let y = box.y; y + pitch <= box.y + box.height; y += pitch) {
    if (wish.columns > 1)
      fillBox(image, { x: box.x, y: y + pitch - 1, width: box.width, height: 1 }, look.line);
    for (let column = 0; column < wish.columns; column += 1) {
      const limit = cell * (0.3 + 0.6 * dice.next());
      for (let x = 8; x < limit; )
        x +=
          drawWord(
            image,
            { x: box.x + column * cell + x, y: y + (pitch - size) / 2, size },
            { colour: look.text, dice },
          ) +
          size * 0.4;
    }
  }
};

/**
 * Draws a made-up page without a browser: a header, a side bar, and cards with rows, a dense table or bubbles of
 * a conversation. One pixel to a CSS pixel.
 */
export const drawPage = ({ width, height, look, layout, seed }: PageWish): RgbImage => {
  const image = { width, height, rgb: new Uint8Array(width * height * 3) };
  const dice = diceOf(seed);
  fillBox(image, { x: 0, y: 0, width, height }, look.background);
  fillBox(image, { x: 0, y: 0, width, height: 52 }, look.card);
  fillBox(image, { x: 0, y: 52, width, height: 1 }, look.line);
  drawRows(
    image,
    { x: 200, y: 14, width: width - 420, height: 24 },
    { pitch: 24, size: 15, look, dice, columns: 1 },
  );
  fillBox(image, { x: 20, y: 14, width: 110, height: 26 }, look.accent);
  if (layout === 'table') {
    fillBox(image, { x: 20, y: 70, width: width - 40, height: height - 90 }, look.card);
    drawRows(
      image,
      { x: 30, y: 78, width: width - 60, height: height - 106 },
      { pitch: 29, size: 13, look, dice, columns: 7 },
    );
    return image;
  }
  drawRows(
    image,
    { x: 16, y: 80, width: 190, height: height - 120 },
    { pitch: 34, size: 13, look, dice, columns: 1 },
  );
  for (let y = 76; y < height - 60; ) {
    const tall = 90 + dice.next() * 160;
    const indent = layout === 'chat' ? dice.next() * 260 : 0;
    const box = { x: 226 + indent, y, width: width - 250 - (layout === 'chat' ? 260 : 0), height: tall };
    fillBox(image, box, dice.next() < 0.25 && layout === 'chat' ? look.line : look.card);
    drawRows(
      image,
      { x: box.x + 16, y: y + 10, width: box.width * (layout === 'chat' ? 0.85 : 0.95), height: tall - 20 },
      { pitch: layout === 'chat' ? 22 : 36, size: 14, look, dice, columns: layout === 'chat' ? 1 : 3 },
    );
    if (layout === 'record')
      fillBox(image, { x: box.x + box.width - 110, y: y + 14, width: 90, height: 28 }, look.accent);
    y += tall + 16;
  }
  return image;
};

/**
 * Lays a tile over a page as a browser does, repeated from the corner.
 *
 * @param ratio device pixels a CSS pixel; the tile is stretched with bilinear interpolation
 */
export const overlay = (page: RgbImage, tile: Tile, ratio: number): RgbImage => {
  const rgb = new Uint8Array(page.rgb.length);
  const sample = (x: number, y: number): number =>
    tile.rgba[
      ((((y % tile.height) + tile.height) % tile.height) * tile.width +
        (((x % tile.width) + tile.width) % tile.width)) *
        4 +
        3
    ] as number;
  for (let y = 0; y < page.height; y += 1) {
    const ty = (y + 0.5) / ratio - 0.5;
    const row = Math.floor(ty);
    const down = ty - row;
    for (let x = 0; x < page.width; x += 1) {
      const tx = (x + 0.5) / ratio - 0.5;
      const column = Math.floor(tx);
      const right = tx - column;
      let alpha = sample(column, row);
      if (right > 0 || down > 0)
        alpha =
          (alpha * (1 - right) + sample(column + 1, row) * right) * (1 - down) +
          (sample(column, row + 1) * (1 - right) + sample(column + 1, row + 1) * right) * down;
      const opacity = alpha / 255;
      const at = (y * page.width + x) * 3;
      for (let c = 0; c < 3; c += 1)
        rgb[at + c] = Math.round(
          (page.rgb[at + c] as number) * (1 - opacity) + (tile.rgba[c] as number) * opacity,
        );
    }
  }
  return { width: page.width, height: page.height, rgb };
};

export const cropped = (image: RgbImage, box: Box): RgbImage => {
  const width = Math.min(image.width - box.x, Math.round(box.width));
  const height = Math.min(image.height - box.y, Math.round(box.height));
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((box.y + y) * image.width + box.x) * 3;
    rgb.set(image.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
};
