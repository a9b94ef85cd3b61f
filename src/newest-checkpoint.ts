import { setTimeout } from 'node:timers/promises';
import { openCheckpoint, type SignedCheckpoint } from './analysis/tlog/checkpoint/checkpoint.ts';
import { readVerifierKey } from './analysis/tlog/note/verifier-key.ts';
import { Fault } from './model/fault.ts';
import type { OpenLog } from './published-log.ts';
import { witnessedPath } from './records/ledger/publish/publisher.ts';

const openStored = async ({ store, vkey }: OpenLog, path: string): Promise<SignedCheckpoint | undefined> => {
  const bytes = await store.read(path);
  return bytes && openCheckpoint(bytes, readVerifierKey(vkey), path);
};

/** How long a command waits for a server to publish, or for cosignatures, and how often it looks. */
const patience = { msMax: 10_000, lookMs: 250 };

/**
 * Publishes what waits. A server that runs does that by itself: then its newest checkpoint is taken, as soon as it
 * reaches `sizeMin`.
 * @throws Fault `unprocessable` when nothing is published yet, `busy` when the server does not get that far in time
 */
export const newestCheckpoint = async (log: OpenLog, sizeMin = 1): Promise<SignedCheckpoint> => {
  let checkpoint: SignedCheckpoint | undefined;
  for (let waitedMs = 0; waitedMs <= patience.msMax; waitedMs += patience.lookMs) {
    let did = '';
    while (did !== 'idle' && did !== 'waiting') did = (await log.publisher.step()).did;
    checkpoint = await openStored(log, 'checkpoint');
    if ((checkpoint?.size ?? 0) >= sizeMin || did === 'idle') break;
    await setTimeout(patience.lookMs);
  }
  if (!checkpoint) throw new Fault('unprocessable', 'nothing is published yet: the ledger has no entries');
  if (checkpoint.size < sizeMin && log.publisher.head === undefined)
    throw new Fault('busy', 'the server that runs has not published the newest entries in time: try again');
  return checkpoint;
};

/**
 * The checkpoint to hand out: with a ledger policy the newest that has its quorum, as long as it reaches `sizeMin`;
 * witnesses that do not answer hold up nothing for good.
 */
export const handOutCheckpoint = async (log: OpenLog, sizeMin = 1): Promise<SignedCheckpoint> => {
  const checkpoint = await newestCheckpoint(log, sizeMin);
  if (!log.witnessing) return checkpoint;
  let witnessed: SignedCheckpoint | undefined;
  for (let waitedMs = 0; waitedMs <= patience.msMax; waitedMs += patience.lookMs) {
    const { head } = log.publisher;
    if (head) log.witnessing.turn(head);
    await log.witnessing.settled();
    witnessed = await openStored(log, witnessedPath);
    if (witnessed && witnessed.size >= checkpoint.size) return witnessed;
    await setTimeout(patience.lookMs);
  }
  return witnessed && witnessed.size >= sizeMin ? witnessed : checkpoint;
};
