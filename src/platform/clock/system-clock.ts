import { instantOf } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';

/** The machine's own clock. It may be set back while we run: order comes from the ledger, never from here. */
export const systemClock: Clock = { now: () => instantOf(Date.now()) };
