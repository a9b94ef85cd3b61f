import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { Dice } from './dice.ts';
import { type Scene, type Screen, type Shot, sceneOf } from './scene.ts';

/**
 * Camera three, the way academic screen-photo models are built: no physics of screen or sensor, but bilinear
 * sampling in display values, a Gaussian blur, coloured moiré painted over as warped gratings, vignetting,
 * colour and contrast jitter and white noise.
 */
const sample = (screen: Screen, scene: Scene): Float32Array => {
  const colour = new Float32Array(scene.width * scene.height * 3);
  const at = new Float64Array(2);
  const pixel = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= screen.width || y >= screen.height
      ? 18
      : (screen.rgb[(y * screen.width + x) * 3 + c] as number);
  for (let y = 0, to = 0; y < scene.height; y += 1) {
    for (let x = 0; x < scene.width; x += 1, to += 3) {
      for (let part = 0; part < 4; part += 1) {
        scene.look(x + 0.25 + 0.5 * (part & 1), y + 0.25 + 0.5 * (part >> 1), at);
        const dx = (at[0] as number) - 0.5;
        const dy = (at[1] as number) - 0.5;
        const column = Math.floor(dx);
        const row = Math.floor(dy);
        const right = dx - column;
        const down = dy - row;
        for (let c = 0; c < 3; c += 1) {
          const top = pixel(column, row, c) * (1 - right) + pixel(column + 1, row, c) * right;
          const bottom = pixel(column, row + 1, c) * (1 - right) + pixel(column + 1, row + 1, c) * right;
          colour[to + c] = (colour[to + c] as number) + (top * (1 - down) + bottom * down) / 4;
        }
      }
    }
  }
  return colour;
};

const blurred = (colour: Float32Array, scene: Scene, sigma: number): Float32Array => {
  const reach = Math.max(1, Math.ceil(sigma * 2.5));
  const kernel = Array.from({ length: reach * 2 + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const whole = kernel.reduce((sum, value) => sum + value, 0);
  const pass = (from: Float32Array, stride: number, steps: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let at = 0; at < from.length; at += 1) {
      const here = Math.floor(at / stride) % steps;
      let sum = 0;
      for (let d = -reach; d <= reach; d += 1) {
        const there = Math.max(0, Math.min(steps - 1, here + d));
        sum += (kernel[d + reach] as number) * (from[at + (there - here) * stride] as number);
      }
      to[at] = sum / whole;
    }
    return to;
  };
  return pass(pass(colour, 3, scene.width), 3 * scene.width, scene.height);
};

export const plainCamera = (screen: Screen, shot: Shot, dice: Dice): RgbImage => {
  const scene = sceneOf(screen, shot, dice);
  const { width, height } = scene;
  const colour = blurred(sample(screen, scene), scene, Math.max(0.3, shot.blurPx));
  const gratings = Array.from({ length: 3 }, () => ({
    x: dice.between(-0.25, 0.25),
    y: dice.between(-0.25, 0.25),
    bend: dice.between(-0.0002, 0.0002),
    sizes: [dice.between(0, 6), dice.between(0, 6), dice.between(0, 6)],
    phases: [dice.next() * 6.3, dice.next() * 6.3, dice.next() * 6.3],
  }));
  const contrast = dice.between(0.78, 0.97);
  const brightness = 128 + (shot.exposure - 0.92) * 110;
  const tint = [dice.between(0.92, 1.08), 1, dice.between(0.9, 1.1)];
  const vignette = dice.between(0, 0.3);
  const rgb = new Uint8Array(colour.length);
  for (let at = 0; at < rgb.length; at += 1) {
    const c = at % 3;
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / 3 / width);
    let value = (colour[at] as number) * (tint[c] as number);
    for (const grating of gratings)
      value +=
        (grating.sizes[c] as number) *
        Math.sin(
          2 * Math.PI * (grating.x * x + grating.y * y + grating.bend * x * y) +
            (grating.phases[c] as number),
        );
    const off = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2;
    value = ((value - 128) * contrast + brightness) * (1 - vignette * off);
    rgb[at] = Math.max(0, Math.min(255, Math.round(value + 2.5 * shot.noise * dice.normal())));
  }
  return { width, height, rgb };
};
