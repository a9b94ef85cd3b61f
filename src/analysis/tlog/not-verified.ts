import { Fault } from '../../model/fault.ts';

/**
 * The fault for evidence that does not check out. `place` is a file, a line or an index of the ledger, so it can
 * be shown: the ledger's tree holds nothing about any person.
 */
export const notVerified = (place: string, why: string, cause?: unknown): Fault => {
  const text = `${place}: ${why}`;
  return new Fault('not-verified', text, cause === undefined ? { detail: text } : { detail: text, cause });
};
