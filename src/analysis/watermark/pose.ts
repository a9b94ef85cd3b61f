/**
 * How the page lies in a photo: a homography with the translation left out, after a radial lens term. Photo
 * pixels are measured from the image centre in units of half its diagonal: X. Then X' = X (1 + lens |X|^2) and
 * page = A X' / (1 + g . X'), in CSS pixels from an unknown page point that the image centre shows.
 */
export interface Pose {
  readonly centreX: number;
  readonly centreY: number;
  /** Half the image's diagonal in pixels. */
  readonly reach: number;
  /** A, row by row. */
  readonly a: readonly [number, number, number, number];
  /** g: how fast the page recedes across and down. */
  readonly g: readonly [number, number];
  readonly lens: number;
}

export type Matrix = readonly [number, number, number, number];
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Row-major Jacobian d(page)/d(photo), CSS pixels a photo pixel, at a photo point. */
export const jacobianAt = (pose: Pose, x: number, y: number): Matrix => {
  const { a, g, lens, reach } = pose;
  const ux = (x - pose.centreX) / reach;
  const uy = (y - pose.centreY) / reach;
  const swell = 1 + lens * (ux * ux + uy * uy);
  const vx = ux * swell;
  const vy = uy * swell;
  const depth = 1 + g[0] * vx + g[1] * vy;
  const px = (a[0] * vx + a[1] * vy) / depth;
  const py = (a[2] * vx + a[3] * vy) / depth;
  const scale = 1 / (depth * reach);
  const xx = (a[0] - px * g[0]) * scale;
  const xy = (a[1] - px * g[1]) * scale;
  const yx = (a[2] - py * g[0]) * scale;
  const yy = (a[3] - py * g[1]) * scale;
  const lxx = swell + 2 * lens * ux * ux;
  const lxy = 2 * lens * ux * uy;
  const lyy = swell + 2 * lens * uy * uy;
  return [xx * lxx + xy * lxy, xx * lxy + xy * lyy, yx * lxx + yy * lxy, yx * lxy + yy * lyy];
};

/** The page point that a photo point shows. */
export const toPage = (pose: Pose, x: number, y: number): Point => {
  const { a, g, lens, reach } = pose;
  const ux = (x - pose.centreX) / reach;
  const uy = (y - pose.centreY) / reach;
  const swell = 1 + lens * (ux * ux + uy * uy);
  const depth = Math.max(0.05, 1 + swell * (g[0] * ux + g[1] * uy));
  return { x: (swell * (a[0] * ux + a[1] * uy)) / depth, y: (swell * (a[2] * ux + a[3] * uy)) / depth };
};

/** The photo point that shows a page point. */
export const toPhoto = (pose: Pose, x: number, y: number): Point => {
  const { a, g, lens, reach } = pose;
  const xx = a[0] - x * g[0];
  const xy = a[1] - x * g[1];
  const yx = a[2] - y * g[0];
  const yy = a[3] - y * g[1];
  const area = xx * yy - xy * yx;
  const vx = (yy * x - xy * y) / area;
  const vy = (xx * y - yx * x) / area;
  let swell = 1;
  for (let round = 0; round < 3; round += 1) {
    const squared = (vx * vx + vy * vy) / (swell * swell);
    swell = Math.max(0.5, 1 + lens * squared);
  }
  return { x: pose.centreX + (reach * vx) / swell, y: pose.centreY + (reach * vy) / swell };
};

/**
 * The pose whose Jacobian at one photo point is `jacobian`, given how the page recedes.
 *
 * @param at a photo point in pixels
 */
export const poseThrough = (
  frame: { readonly width: number; readonly height: number },
  at: Point,
  local: { readonly jacobian: Matrix; readonly g: readonly [number, number] },
): Pose => {
  const centreX = frame.width / 2;
  const centreY = frame.height / 2;
  const reach = Math.hypot(frame.width, frame.height) / 2;
  const [g0, g1] = local.g;
  const ux = (at.x - centreX) / reach;
  const uy = (at.y - centreY) / reach;
  const depth = 1 + g0 * ux + g1 * uy;
  // J = A (depth I - u g') / depth^2, so A = J depth^2 (depth I - u g')^-1, and that inverse is (I + u g') / depth
  const j = local.jacobian.map((value) => value * depth * reach) as unknown as Matrix;
  const a: Matrix = [
    j[0] * (1 + ux * g0) + j[1] * uy * g0,
    j[0] * ux * g1 + j[1] * (1 + uy * g1),
    j[2] * (1 + ux * g0) + j[3] * uy * g0,
    j[2] * ux * g1 + j[3] * (1 + uy * g1),
  ];
  return { centreX, centreY, reach, a, g: local.g, lens: 0 };
};

/** Photo pixels a CSS pixel at the image centre (geometric mean over directions). */
export const scaleOf = (pose: Pose): number => {
  const [xx, xy, yx, yy] = pose.a;
  return pose.reach / Math.sqrt(Math.abs(xx * yy - xy * yx));
};
