import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { Dice } from './dice.ts';
import { linear, type Scene, type Screen, type Shot, sceneOf } from './scene.ts';

/**
 * Camera one: an LCD whose pixels are three vertical stripes, seen by a sensor of twice the photo's resolution
 * under an RGGB mosaic; bilinear demosaicing, averaging two by two, box smoothing of the colour, a power-law tone
 * curve with a shoulder, and a small sharpening kernel.
 */
const stripeShare = (fraction: number, channel: number, strength: number): number =>
  strength * Math.max(0, Math.min(1, fraction * 3 - channel)) + (1 - strength) * fraction;

/** Running light of a row up to device x, for one channel: exact box sampling of the stripes. */
const rowSums = (screen: Screen): readonly Float32Array[] =>
  [0, 1, 2].map((channel) => {
    const sums = new Float32Array((screen.width + 1) * screen.height);
    for (let y = 0; y < screen.height; y += 1)
      for (let x = 0, at = y * (screen.width + 1); x < screen.width; x += 1, at += 1)
        sums[at + 1] =
          (sums[at] as number) +
          (linear[screen.rgb[(y * screen.width + x) * 3 + channel] as number] as number);
    return sums;
  });

const mosaicOf = (screen: Screen, scene: Scene, shot: Shot, dice: Dice): Float32Array => {
  const sums = rowSums(screen);
  const width = scene.width * 2;
  const height = scene.height * 2;
  const mosaic = new Float32Array(width * height);
  const strength = dice.next() < 0.5 ? 1 : 0.7;
  const aperture = ((0.5 + Math.sqrt(12) * shot.blurPx) * screen.ratio) / shot.scale;
  const lens = dice.between(-0.02, 0.02);
  const reach = Math.hypot(scene.width, scene.height) / 2;
  const at = new Float64Array(2);
  const upTo = (row: number, x: number, channel: number): number => {
    const limited = Math.max(0, Math.min(screen.width - 1e-3, x));
    const whole = Math.floor(limited);
    const from = row * (screen.width + 1) + whole;
    const line = sums[channel] as Float32Array;
    const here = (line[from + 1] as number) - (line[from] as number);
    return (line[from] as number) + here * stripeShare(limited - whole, channel, strength);
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const channel = (y & 1) + (x & 1);
      const px = (x + 0.5) / 2;
      const py = (y + 0.5) / 2;
      const squared = ((px - scene.width / 2) ** 2 + (py - scene.height / 2) ** 2) / reach ** 2;
      const swell = 1 + lens * squared;
      scene.look(
        scene.width / 2 + (px - scene.width / 2) * swell,
        scene.height / 2 + (py - scene.height / 2) * swell,
        at,
      );
      const x0 = (at[0] as number) - aperture / 2;
      const x1 = x0 + aperture;
      let light = 0;
      for (let part = -1; part <= 1; part += 1) {
        const deviceY = Math.floor((at[1] as number) + (part * aperture) / 3);
        if (deviceY < 0 || deviceY >= screen.height) continue;
        light += (upTo(deviceY, x1, channel) - upTo(deviceY, x0, channel)) / (3 * aperture);
      }
      mosaic[y * width + x] = light + 0.002;
    }
  }
  return mosaic;
};

const expose = (mosaic: Float32Array, scene: Scene, shot: Shot, dice: Dice): void => {
  const width = scene.width * 2;
  const balance = [dice.between(0.85, 1.15), 1, dice.between(0.85, 1.15)];
  const slope = dice.between(0, 0.3);
  const direction = dice.next() * 2 * Math.PI;
  for (let at = 0; at < mosaic.length; at += 1) {
    const x = (at % width) / width - 0.5;
    const y = Math.floor(at / width) / (scene.height * 2) - 0.5;
    const channel = (Math.floor(at / width) & 1) + (at & 1);
    const shade = 1 - slope * (0.5 + x * Math.cos(direction) + y * Math.sin(direction));
    const light = (mosaic[at] as number) * shot.exposure * shade * (balance[channel] as number);
    const grain = shot.noise * Math.sqrt(0.00004 + 0.0008 * light);
    mosaic[at] = Math.max(0, Math.min(1, light + grain * dice.normal()));
  }
};

/** Bilinear demosaicing and averaging of two by two sites in one step. */
const demosaic = (mosaic: Float32Array, scene: Scene): Float32Array => {
  const width = scene.width * 2;
  const height = scene.height * 2;
  const colour = new Float32Array(scene.width * scene.height * 3);
  const site = (x: number, y: number): number =>
    mosaic[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))] as number;
  for (let y = 0, to = 0; y < scene.height; y += 1) {
    for (let x = 0; x < scene.width; x += 1, to += 3) {
      const sx = x * 2;
      const sy = y * 2;
      const red = site(sx, sy) * 9 + 3 * (site(sx + 2, sy) + site(sx, sy + 2)) + site(sx + 2, sy + 2);
      const blue =
        site(sx + 1, sy + 1) * 9 + 3 * (site(sx - 1, sy + 1) + site(sx + 1, sy - 1)) + site(sx - 1, sy - 1);
      colour[to] = red / 16;
      colour[to + 1] = (site(sx + 1, sy) + site(sx, sy + 1)) / 2;
      colour[to + 2] = blue / 16;
    }
  }
  return colour;
};

const toneCurve =
  (gamma: number): ((light: number) => number) =>
  (light) => {
    const shoulder = light > 0.75 ? 0.75 + 0.25 * (1 - Math.exp(-(light - 0.75) / 0.25)) : light;
    return 255 * (shoulder <= 0 ? 0 : Math.min(1, shoulder * 1.04) ** (1 / (2.2 * gamma)));
  };

/** Box smoothing of the two colour differences, then a 3 x 3 sharpening of the brightness. */
const finish = (toned: Float32Array, scene: Scene, wish: { radius: number; sharpen: number }): RgbImage => {
  const { width, height } = scene;
  const luma = new Float32Array(width * height);
  for (let at = 0; at < luma.length; at += 1)
    luma[at] =
      0.299 * (toned[at * 3] as number) +
      0.587 * (toned[at * 3 + 1] as number) +
      0.114 * (toned[at * 3 + 2] as number);
  const rgb = new Uint8Array(toned.length);
  const near = (x: number, y: number): number =>
    Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let around = 0;
      const colour = [0, 0, 0];
      for (let dy = -wish.radius; dy <= wish.radius; dy += 1)
        for (let dx = -wish.radius; dx <= wish.radius; dx += 1) {
          const from = near(x + dx, y + dy);
          for (let c = 0; c < 3; c += 1)
            colour[c] = (colour[c] as number) + (toned[from * 3 + c] as number) - (luma[from] as number);
          if (Math.abs(dx) + Math.abs(dy) === 1) around += luma[from] as number;
        }
      const here = luma[y * width + x] as number;
      const bright = here + wish.sharpen * (here - around / 4);
      const count = (2 * wish.radius + 1) ** 2;
      for (let c = 0; c < 3; c += 1)
        rgb[(y * width + x) * 3 + c] = Math.max(
          0,
          Math.min(255, Math.round(bright + (colour[c] as number) / count)),
        );
    }
  }
  return { width, height, rgb };
};

export const stripeCamera = (screen: Screen, shot: Shot, dice: Dice): RgbImage => {
  const scene = sceneOf(screen, shot, dice);
  const mosaic = mosaicOf(screen, scene, shot, dice);
  expose(mosaic, scene, shot, dice);
  const curve = toneCurve(dice.between(0.92, 1.1));
  const toned = demosaic(mosaic, scene).map(curve);
  return finish(toned, scene, { radius: dice.next() < 0.5 ? 1 : 2, sharpen: dice.between(0.2, 0.8) });
};
