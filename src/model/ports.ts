import type { Instant } from './instant.ts';

/** Where time comes from. Everything that asks for the time asks this. */
export interface Clock {
  now(): Instant;
}

/** Where chance comes from: bytes that nobody can foretell (or, in a simulation, that a seed decides). */
export interface Chance {
  bytes(count: number): Uint8Array;
}
