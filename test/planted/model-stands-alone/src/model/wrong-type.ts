import type { Thing } from '../records/cases/thing.ts';

export type Known = Thing;
