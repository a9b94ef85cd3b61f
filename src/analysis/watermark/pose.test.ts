import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jacobianAt, type Matrix, type Pose, poseThrough, scaleOf, toPage, toPhoto } from './pose.ts';

const small = (size: number): fc.Arbitrary<number> => fc.double({ min: -size, max: size, noNaN: true });
const anyPose: fc.Arbitrary<Pose> = fc
  .tuple(
    fc.double({ min: 200, max: 900, noNaN: true }),
    small(3),
    small(80),
    small(80),
    small(0.4),
    small(0.4),
    small(0.05),
  )
  .map(([size, turn, stretch, shear, g0, g1, lens]) => ({
    centreX: 400,
    centreY: 300,
    reach: 500,
    a: [
      size * Math.cos(turn) + stretch,
      shear - size * Math.sin(turn),
      size * Math.sin(turn),
      size * Math.cos(turn) - stretch,
    ],
    g: [g0, g1],
    lens,
  }));
const anyPoint = fc.tuple(fc.integer({ min: 100, max: 700 }), fc.integer({ min: 50, max: 550 }));

describe('the pose of a page in a photo', () => {
  it('maps to the page and back', () => {
    fc.assert(
      fc.property(anyPose, anyPoint, (pose, [x, y]) => {
        const page = toPage(pose, x, y);
        const photo = toPhoto(pose, page.x, page.y);
        expect(Math.hypot(photo.x - x, photo.y - y)).toBeLessThan(0.5);
      }),
    );
  });

  it('has the Jacobian that small steps show', () => {
    fc.assert(
      fc.property(anyPose, anyPoint, (pose, [x, y]) => {
        const [xx, xy, yx, yy] = jacobianAt(pose, x, y);
        const right = [toPage(pose, x - 0.01, y), toPage(pose, x + 0.01, y)] as const;
        const down = [toPage(pose, x, y - 0.01), toPage(pose, x, y + 0.01)] as const;
        expect((right[1].x - right[0].x) / 0.02).toBeCloseTo(xx, 3);
        expect((right[1].y - right[0].y) / 0.02).toBeCloseTo(yx, 3);
        expect((down[1].x - down[0].x) / 0.02).toBeCloseTo(xy, 3);
        expect((down[1].y - down[0].y) / 0.02).toBeCloseTo(yy, 3);
      }),
    );
  });

  it('can be laid through one Jacobian at any point', () => {
    fc.assert(
      fc.property(anyPoint, small(0.3), small(0.3), ([x, y], g0, g1) => {
        const jacobian: Matrix = [1.1, 0.2, -0.1, 0.9];
        const pose = poseThrough({ width: 800, height: 600 }, { x, y }, { jacobian, g: [g0, g1] });
        jacobianAt(pose, x, y).forEach((value, i) => {
          expect(value).toBeCloseTo(jacobian[i] ?? 0, 6);
        });
      }),
    );
  });

  it('knows its scale', () => {
    const pose = poseThrough(
      { width: 800, height: 600 },
      { x: 400, y: 300 },
      { jacobian: [0.5, 0, 0, 0.5], g: [0, 0] },
    );
    expect(scaleOf(pose)).toBeCloseTo(2, 9);
  });
});
