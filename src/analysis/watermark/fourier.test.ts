import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fourierPlan, transform } from './fourier.ts';

describe('the Fourier transform', () => {
  it('agrees with the sum that defines it, on strided rows too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 32, maxLength: 32 }),
        (values) => {
          const re = new Float32Array(48);
          const im = new Float32Array(48);
          for (let i = 0; i < 16; i += 1) {
            re[1 + i * 3 - (i === 0 ? 0 : 0)] = values[i] ?? 0;
            im[1 + i * 3] = values[16 + i] ?? 0;
          }
          transform(fourierPlan(16), { re, im }, { start: 1, stride: 3 });
          for (let f = 0; f < 16; f += 1) {
            let [real, imaginary] = [0, 0];
            for (let i = 0; i < 16; i += 1) {
              const angle = (-2 * Math.PI * f * i) / 16;
              const [a, b] = [values[i] ?? 0, values[16 + i] ?? 0];
              real += a * Math.cos(angle) - b * Math.sin(angle);
              imaginary += a * Math.sin(angle) + b * Math.cos(angle);
            }
            expect(re[1 + f * 3]).toBeCloseTo(real, 3);
            expect(im[1 + f * 3]).toBeCloseTo(imaginary, 3);
          }
        },
      ),
    );
  });
});
