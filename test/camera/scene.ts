import type { Dice } from './dice.ts';

/** How a photo is taken, in the terms that all simulated cameras share. */
export interface Shot {
  readonly tiltDegrees: number;
  /** Photo pixels a CSS pixel at the centre. */
  readonly scale: number;
  /** Share of the page's area that the photo frames, above 0 and at most 1. */
  readonly crop: number;
  /** Standard deviation of the optical blur in photo pixels. */
  readonly blurPx: number;
  /** Noise over a usual phone's in good light. */
  readonly noise: number;
  /** Where white lands: 1 is the sensor's full scale; above it, white is clipped. */
  readonly exposure: number;
}

/** The screen as the camera sees it: an image in device pixels. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

/** The view of a pinhole camera on a screen: photo size, and the device pixel that a photo point looks at. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Writes device x and y for a photo point into `to`. */
  look(x: number, y: number, to: Float64Array): void;
}

export const linear: Float32Array = Float32Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** A random scene for a shot: which part of the page, the axis of the tilt, and a roll of up to six degrees. */
export const sceneOf = (screen: Screen, shot: Shot, dice: Dice): Scene => {
  const pageWidth = screen.width / screen.ratio;
  const pageHeight = screen.height / screen.ratio;
  const aspect = dice.between(0.85, 1.15);
  const shareX = Math.min(1, Math.sqrt(shot.crop) * aspect);
  const shareY = Math.min(1, shot.crop / shareX);
  const middleX = pageWidth * (shareX / 2 + (1 - shareX) * dice.next());
  const middleY = pageHeight * (shareY / 2 + (1 - shareY) * dice.next());
  const width = Math.round(pageWidth * shareX * shot.scale);
  const height = Math.round(pageHeight * shareY * shot.scale);
  const focal = 0.78 * Math.max(width, height);
  const tilt = (shot.tiltDegrees * Math.PI) / 180;
  const axis = dice.next() * 2 * Math.PI;
  const roll = (dice.between(-6, 6) * Math.PI) / 180;
  const [ax, ay] = [Math.cos(axis), Math.sin(axis)];
  const [ct, st] = [Math.cos(tilt), Math.sin(tilt)];
  // Rodrigues' rotation about (ax, ay, 0), of the page's two axes after the roll
  const rotate = (x: number, y: number): readonly [number, number, number] => {
    const along = (ax * x + ay * y) * (1 - ct);
    return [x * ct + ax * along, y * ct + ay * along, (ax * y - ay * x) * st];
  };
  const ex = rotate(Math.cos(roll), Math.sin(roll));
  const ey = rotate(-Math.sin(roll), Math.cos(roll));
  const normal = [
    ex[1] * ey[2] - ex[2] * ey[1],
    ex[2] * ey[0] - ex[0] * ey[2],
    ex[0] * ey[1] - ex[1] * ey[0],
  ] as const;
  return {
    width,
    height,
    look: (x, y, to) => {
      const dx = x - width / 2;
      const dy = y - height / 2;
      const t = (focal * normal[2]) / (normal[0] * dx + normal[1] * dy + normal[2] * focal);
      const px = t * dx;
      const py = t * dy;
      const pz = t * focal - focal;
      to[0] = (middleX + (px * ex[0] + py * ex[1] + pz * ex[2]) / shot.scale) * screen.ratio;
      to[1] = (middleY + (px * ey[0] + py * ey[1] + pz * ey[2]) / shot.scale) * screen.ratio;
    },
  };
};
