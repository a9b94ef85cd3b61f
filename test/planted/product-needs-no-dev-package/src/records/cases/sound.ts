import type { Arbitrary } from 'fast-check';

export type Known = Arbitrary<number>;
