import type { Dice } from '../../test/camera/dice.ts';
import { dotCamera } from '../../test/camera/dot-camera.ts';
import { plainCamera } from '../../test/camera/plain-camera.ts';
import type { Screen, Shot } from '../../test/camera/scene.ts';
import { stripeCamera } from '../../test/camera/stripe-camera.ts';

export const cameras = { stripe: stripeCamera, dot: dotCamera, plain: plainCamera } as const;
export type CameraName = keyof typeof cameras;
export const cameraNames = Object.keys(cameras) as readonly CameraName[];

/** What happens to the picture after the screen or the camera, in this order. */
export interface Aftermath {
  readonly grey?: boolean;
  /** First JPEG, then made smaller so that the longest side fits, then the last JPEG. */
  readonly messenger?: { readonly quality: number; readonly longestPx: number };
  readonly resize?: number;
  readonly quality: number;
}

export interface Trial {
  readonly theme: 'light' | 'dark';
  readonly ratio: number;
  readonly marked: boolean;
  /** A photo by one of the cameras, or a screenshot of a rectangle in CSS pixels. */
  readonly shot?: Shot & { readonly camera: CameraName };
  readonly cut?: { readonly area: number; readonly aspect: number };
  readonly after: Aftermath;
}

export interface Cell {
  readonly title: string;
  /** Share of exact readings that the product promises; undefined where it promises nothing. */
  readonly target: number | undefined;
  draw(dice: Dice, trial: number): Trial;
}

const pick = <T>(dice: Dice, list: readonly T[]): T => list[Math.floor(dice.next() * list.length)] as T;
const whole = (dice: Dice, from: number, to: number): number => Math.round(dice.between(from, to));
const ratioOf = (dice: Dice): number => pick(dice, [1, 1.25, 1.5, 2]);

const usualShot = (dice: Dice, trial: number): Shot & { camera: CameraName } => ({
  camera: cameraNames[trial % cameraNames.length] ?? 'plain',
  tiltDegrees: dice.between(0, 20),
  scale: dice.between(0.8, 1.5),
  crop: 0.5,
  blurPx: dice.between(0.3, 0.7),
  noise: dice.between(0.7, 1.3),
  exposure: dice.between(0.55, 0.92),
});

const photoBase = { ratio: 1, marked: true, theme: 'light' } as const;

export const cells: Readonly<Record<string, Cell>> = {
  screenshot: {
    title: 'screenshot, JPEG 50-95, device pixel ratio 1-2, crop 25-60 %, resize 0.6-1.5',
    target: 0.99,
    draw: (dice) => ({
      theme: 'light',
      ratio: ratioOf(dice),
      marked: true,
      cut: { area: 1440 * 900 * dice.between(0.25, 0.6), aspect: dice.between(1.2, 2) },
      after: { resize: dice.between(0.6, 1.5), quality: whole(dice, 50, 95) },
    }),
  },
  'screenshot-corner': {
    title: 'the hardest corner of it: JPEG 50, ratio 1, crop 25 %, resize 0.6',
    target: 0.99,
    draw: (dice) => ({
      theme: 'light',
      ratio: 1,
      marked: true,
      cut: { area: 1440 * 900 * 0.25, aspect: dice.between(1.2, 2) },
      after: { resize: 0.6, quality: 50 },
    }),
  },
  'two-tiles': {
    title: 'screenshot, crop to two tiles (area 2 x 192 x 192 CSS px), JPEG 50-95',
    target: 0.9,
    draw: (dice) => ({
      theme: 'light',
      ratio: ratioOf(dice),
      marked: true,
      cut: { area: 2 * 192 * 192, aspect: dice.between(0.8, 2) },
      after: { quality: whole(dice, 50, 95) },
    }),
  },
  'photo-20': {
    title: 'photo, tilt 0-20 degrees, 0.8-1.5 photo px a CSS px, JPEG 75-90, half the page',
    target: 0.97,
    draw: (dice, trial) => ({
      ...photoBase,
      shot: usualShot(dice, trial),
      after: { quality: whole(dice, 75, 90) },
    }),
  },
  'photo-30': {
    title:
      'photo, tilt 20-30 degrees, 0.8-1.1 photo px a CSS px, blur 0.5-0.9 px, JPEG 60-75, 40 % of the page',
    target: 0.9,
    draw: (dice, trial) => ({
      ...photoBase,
      shot: {
        ...usualShot(dice, trial),
        tiltDegrees: dice.between(20, 30),
        scale: dice.between(0.8, 1.1),
        crop: 0.4,
        blurPx: dice.between(0.5, 0.9),
        noise: dice.between(1, 1.5),
      },
      after: { quality: whole(dice, 60, 75) },
    }),
  },
  'photo-q50': {
    title: 'photo as in photo-20, JPEG 50',
    target: 0.7,
    draw: (dice, trial) => ({ ...photoBase, shot: usualShot(dice, trial), after: { quality: 50 } }),
  },
  'photo-bright': {
    title: 'photo as in photo-20, over-exposed by a factor of 1.25',
    target: 0.7,
    draw: (dice, trial) => {
      const shot = usualShot(dice, trial);
      return {
        ...photoBase,
        shot: { ...shot, exposure: shot.exposure * 1.25 },
        after: { quality: whole(dice, 75, 90) },
      };
    },
  },
  'photo-messenger': {
    title: 'photo at 1.5-2 px a CSS px, JPEG 85, then made 1000-1280 px and JPEG 55-70 by a messenger',
    target: 0.7,
    draw: (dice, trial) => ({
      ...photoBase,
      shot: { ...usualShot(dice, trial), scale: dice.between(1.5, 2) },
      after: { messenger: { quality: 85, longestPx: whole(dice, 1000, 1280) }, quality: whole(dice, 55, 70) },
    }),
  },
  'photo-far': {
    title:
      'photo at 0.6-0.8 px a CSS px, tilt 25-30 degrees, a quarter of the page, JPEG 50 (a reader cannot make out the text)',
    target: undefined,
    draw: (dice, trial) => ({
      ...photoBase,
      shot: {
        ...usualShot(dice, trial),
        tiltDegrees: dice.between(25, 30),
        scale: dice.between(0.6, 0.8),
        crop: 0.25,
        blurPx: 1.1,
        noise: 2,
      },
      after: { quality: 50 },
    }),
  },
  'photo-retina': {
    title: 'photo as in photo-20 of a screen with two device pixels a CSS px',
    target: undefined,
    draw: (dice, trial) => ({
      ...photoBase,
      ratio: 2,
      shot: usualShot(dice, trial),
      after: { quality: whole(dice, 75, 90) },
    }),
  },
  'dark-screenshot': {
    title: 'dark theme: as screenshot',
    target: undefined,
    draw: (dice) => ({
      theme: 'dark',
      ratio: ratioOf(dice),
      marked: true,
      cut: { area: 1440 * 900 * dice.between(0.25, 0.6), aspect: dice.between(1.2, 2) },
      after: { resize: dice.between(0.6, 1.5), quality: whole(dice, 50, 95) },
    }),
  },
  'dark-photo': {
    title: 'dark theme: as photo-20, exposed for the dark',
    target: undefined,
    draw: (dice, trial) => {
      const shot = usualShot(dice, trial);
      return {
        ...photoBase,
        theme: 'dark',
        shot: { ...shot, exposure: shot.exposure * 2 },
        after: { quality: whole(dice, 75, 90) },
      };
    },
  },
  'grey-screenshot': {
    title: 'screenshot made monochrome, JPEG 80-95, crop 25-60 %',
    target: undefined,
    draw: (dice) => ({
      theme: 'light',
      ratio: ratioOf(dice),
      marked: true,
      cut: { area: 1440 * 900 * dice.between(0.25, 0.6), aspect: dice.between(1.2, 2) },
      after: { grey: true, quality: whole(dice, 80, 95) },
    }),
  },
  'unmarked-photo': {
    title: 'photo as in photo-20 of an unmarked page',
    target: undefined,
    draw: (dice, trial) => ({
      ...photoBase,
      marked: false,
      shot: usualShot(dice, trial),
      after: { quality: whole(dice, 60, 90) },
    }),
  },
  'unmarked-screenshot': {
    title: 'small screenshots of unmarked pages, light and dark, any JPEG quality',
    target: undefined,
    draw: (dice, trial) => ({
      theme: trial % 3 === 0 ? 'dark' : 'light',
      ratio: ratioOf(dice),
      marked: false,
      cut: { area: dice.between(2, 5) * 192 * 192, aspect: dice.between(0.8, 2) },
      after: { resize: dice.between(0.5, 1), quality: whole(dice, 40, 95) },
    }),
  },
};

export const photograph = (screen: Screen, shot: Shot & { readonly camera: CameraName }, dice: Dice) =>
  cameras[shot.camera](screen, shot, dice);
