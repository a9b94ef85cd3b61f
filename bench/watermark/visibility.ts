import { encodeTile, inks, type Theme } from '../../src/analysis/watermark/encode-tile.ts';
import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { ViewId } from '../../src/model/id.ts';
import { diceOf } from '../../test/camera/dice.ts';
import { overlay } from '../../test/camera/page.ts';
import { linear } from '../../test/camera/scene.ts';
import { fillShelf, takePage } from './page-shelf.ts';

/** Prints how visible the mark is: brightness fidelity of marked pages, ripple on plain areas, contrast of text. */
const lumaOf = ({ rgb, width, height }: RgbImage): Float64Array =>
  Float64Array.from(
    { length: width * height },
    (_, at) =>
      0.299 * (rgb[at * 3] as number) +
      0.587 * (rgb[at * 3 + 1] as number) +
      0.114 * (rgb[at * 3 + 2] as number),
  );

const psnr = (a: Float64Array, b: Float64Array): number => {
  const error = a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0) / a.length;
  return 10 * Math.log10(255 ** 2 / error);
};

/** Mean structural similarity over 8 x 8 windows, step 4 (Wang et al. 2004, constants K1 = 0.01, K2 = 0.03). */
const ssim = (a: Float64Array, b: Float64Array, width: number): number => {
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const height = a.length / width;
  let sum = 0;
  let count = 0;
  for (let y = 0; y + 8 <= height; y += 4) {
    for (let x = 0; x + 8 <= width; x += 4, count += 1) {
      let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
      for (let i = 0; i < 64; i += 1) {
        const at = (y + (i >> 3)) * width + x + (i & 7);
        const [va, vb] = [a[at] as number, b[at] as number];
        ma += va / 64;
        mb += vb / 64;
        aa += (va * va) / 64;
        bb += (vb * vb) / 64;
        ab += (va * vb) / 64;
      }
      const [sa, sb, sab] = [aa - ma * ma, bb - mb * mb, ab - ma * mb];
      sum += ((2 * ma * mb + c1) * (2 * sab + c2)) / ((ma * ma + mb * mb + c1) * (sa + sb + c2));
    }
  }
  return sum / count;
};

type Colour = readonly [number, number, number];
const luminance = (colour: Colour): number =>
  0.2126 * (linear[colour[0]] as number) +
  0.7152 * (linear[colour[1]] as number) +
  0.0722 * (linear[colour[2]] as number);
const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** Every opacity of a tile over one colour: the luminances that its pixels take. */
const luminances = (theme: Theme, viewId: ViewId, base: Colour): Float64Array => {
  const tile = encodeTile(viewId, { theme });
  const { rgb } = inks[theme];
  return Float64Array.from({ length: tile.width * tile.height }, (_, at) => {
    const opacity = (tile.rgba[at * 4 + 3] as number) / 255;
    return luminance(
      base.map((value, c) =>
        Math.round(value * (1 - opacity) + (rgb[c] as number) * opacity),
      ) as unknown as Colour,
    );
  });
};

const stats = (values: Float64Array): { mean: number; deviation: number; min: number; max: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation, min: Math.min(...values), max: Math.max(...values) };
};

const viewOf = (seed: number): ViewId => {
  const dice = diceOf(seed);
  return Array.from({ length: 12 }, () => Math.floor(dice.next() * 16).toString(16)).join('') as ViewId;
};

const pairs: Readonly<Record<Theme, readonly { name: string; text: Colour; base: Colour }[]>> = {
  light: [
    { name: 'text #212529 on #fff', text: [33, 37, 41], base: [255, 255, 255] },
    { name: 'dim #5c636a on #f8f9fa', text: [92, 99, 106], base: [248, 249, 250] },
    { name: 'just AA #767676 on #fff', text: [118, 118, 118], base: [255, 255, 255] },
    { name: 'white on accent #1c7ed6', text: [255, 255, 255], base: [28, 126, 214] },
  ],
  dark: [
    { name: 'text #c1c2c5 on #1a1b1e', text: [193, 194, 197], base: [26, 27, 30] },
    { name: 'dim #909296 on #25262b', text: [144, 146, 150], base: [37, 38, 43] },
  ],
};

await fillShelf();
for (const theme of ['light', 'dark'] as const) {
  let [worstPsnr, worstSsim, meanPsnr, meanSsim] = [Infinity, 1, 0, 0];
  const count = 10;
  for (let at = 0; at < count; at += 1) {
    const page = await takePage(theme, at, 1);
    const plain = lumaOf(page.image);
    const marked = lumaOf(overlay(page.image, encodeTile(viewOf(at + 1), { theme }), page.ratio));
    const fidelity = psnr(plain, marked);
    const likeness = ssim(plain, marked, page.image.width);
    worstPsnr = Math.min(worstPsnr, fidelity);
    worstSsim = Math.min(worstSsim, likeness);
    meanPsnr += fidelity / count;
    meanSsim += likeness / count;
  }
  console.log(
    `${theme}: ink rgb(${inks[theme].rgb.join(', ')}), mean opacity ${(100 * inks[theme].meanOpacity).toFixed(1)} %`,
  );
  console.log(
    `  PSNR-Y mean ${meanPsnr.toFixed(1)} dB, worst of ${count} pages ${worstPsnr.toFixed(1)} dB; SSIM-Y mean ${meanSsim.toFixed(4)}, worst ${worstSsim.toFixed(4)}`,
  );
  for (const base of theme === 'light'
    ? ([
        [255, 255, 255],
        [248, 249, 250],
      ] as const)
    : ([
        [26, 27, 30],
        [37, 38, 43],
      ] as const)) {
    const { mean, deviation } = stats(luminances(theme, viewOf(1), base));
    const plain = luminance(base);
    console.log(
      `  on rgb(${base.join(', ')}): luminance ripple ${((100 * deviation) / mean).toFixed(2)} % rms of its own, ${(100 * deviation).toFixed(3)} % of white; mean ${((100 * (mean - plain)) / plain).toFixed(2)} %`,
    );
  }
  for (const { name, text, base } of pairs[theme]) {
    const before = contrast(luminance(text), luminance(base));
    const inked = stats(luminances(theme, viewOf(1), text));
    const ground = stats(luminances(theme, viewOf(1), base));
    const worst =
      inked.mean < ground.mean ? contrast(inked.max, ground.min) : contrast(inked.min, ground.max);
    console.log(
      `  ${name}: contrast ${before.toFixed(2)} unmarked, ${contrast(inked.mean, ground.mean).toFixed(2)} marked on average, ${worst.toFixed(2)} at the worst pixel pair`,
    );
  }
}
