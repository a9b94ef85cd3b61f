import type { One } from './wrong-one.ts';

export type Three = One;
