import type { Actor } from '../../model/actor.ts';
import { Fault } from '../../model/fault.ts';
import { newUuid } from '../../model/id.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { KeyEncryption, KeyRotation } from '../../platform/keys/key-encryption.ts';
import { actedBy, actedByProgram, type SealFor } from '../../records/ledger/acted-by.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';
import {
  type KeyHolder,
  keyHolders,
  type RewrapBegun,
  type WrappedKeyWriter,
} from '../../records/wrapped-keys/wrapped-key-writer.ts';

export interface RewrapPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly keys: KeyEncryption;
  readonly rotation: KeyRotation;
  readonly ledger: Ledger;
  readonly agentSealer: SealFor;
  /** Undefined while another process rewraps. */
  readonly openWriter: () => Promise<WrappedKeyWriter | undefined>;
  /** Told after each batch how many keys are done, of about how many. */
  readonly onProgress?: (done: number, about: number) => void;
  /** Aborted: stops between two batches; the next run goes on from there. */
  readonly stop?: AbortSignal;
}

export interface Rewrapped {
  /** `elsewhere`: another process is at it. `stopped`: cut short, to be gone on with. */
  readonly outcome: 'done' | 'elsewhere' | 'stopped';
  readonly rewrapped: number;
  /** Ids of the key-encryption keys that are destroyed. */
  readonly destroyed: readonly string[];
}

/** Keys of one batch: a server that rewraps beside its looks is held up for a few milliseconds at a time. */
const batchKeys = 250;
/** Processes that have not heard of the change may add keys under the old one: so many times we look again. */
const passesMax = 100;

const begin = async (ports: RewrapPorts, writer: WrappedKeyWriter): Promise<RewrapBegun> => {
  const begun = await writer.findBegun();
  if (begun) return begun;
  const [current, ...older] = await ports.rotation.wrappingKeyIds();
  // A run that was killed right after it had made the new key: that one is used.
  const toKeyId = current !== undefined && older.length > 0 ? current : await ports.rotation.addWrappingKey();
  const fresh = { toKeyId, startedAt: ports.clock.now(), entryKey: newUuid(ports.chance) };
  await writer.begin(fresh);
  return { ...fresh, rewrapped: 0 };
};

/** Puts every key of one table under the new wrapping key. */
const rewrapAll = async (
  ports: RewrapPorts,
  writer: WrappedKeyWriter,
  { holder, onBatch, toKeyId }: { holder: KeyHolder; toKeyId: string; onBatch: (count: number) => void },
): Promise<void> => {
  let after = '';
  while (!ports.stop?.aborted) {
    const page = await writer.page(holder, { after, toKeyId }, batchKeys);
    const last = page.at(-1);
    if (!last) return;
    const moved = [];
    for (const { subjectId, wrapped, wrappingKeyId } of page) {
      const key = await ports.keys.unwrap({ wrapped, wrappingKeyId }, subjectId);
      const anew = await ports.keys.wrap(key, subjectId);
      if (anew.wrappingKeyId !== toKeyId)
        throw new Fault(
          'conflict',
          'the key-encryption key was changed beside the rewrapping: start it again',
        );
      moved.push({ ...anew, subjectId, before: wrapped });
    }
    await writer.replace(holder, moved, toKeyId);
    onBatch(page.length);
    after = last.subjectId;
  }
};

const finish = async (
  ports: RewrapPorts,
  writer: WrappedKeyWriter,
  { actor, begun }: { readonly actor: Actor | undefined; readonly begun: RewrapBegun },
): Promise<Rewrapped> => {
  // Retired in the database first: what a crash leaves here is an old key in the ring that nothing is under.
  await ports.rotation.destroyOldWrappingKeys();
  const destroyed = await writer.retiredSince(begun.startedAt);
  const { rewrapped = 0 } = (await writer.findBegun()) ?? {};
  const detail = { act: 'rewrap', rewrapped, to: begun.toKeyId, destroyed: [...destroyed] };
  const by = actor
    ? await actedBy(ports.agentSealer, actor, detail)
    : await actedByProgram(ports.agentSealer, detail);
  await ports.ledger.append(
    { kind: 'key/v1', at: ports.clock.now(), by },
    { idempotencyKey: begun.entryKey, fingerprint: 'rewrap' },
  );
  await writer.end(begun.toKeyId, ports.clock.now());
  return { outcome: 'done', rewrapped, destroyed };
};

/**
 * Changes the key-encryption key: makes a new one, wraps the key of everyone who is there under it, and destroys the
 * old one, so that no copy of the database from before can bring back who was erased since. Killed at any instant it
 * goes on where it stopped. `actor` is who asked for it; undefined: the program by itself.
 * @throws Fault `vault-closed` when a key does not open: nothing is destroyed then
 */
export const rewrap = async (ports: RewrapPorts, actor?: Actor): Promise<Rewrapped> => {
  const writer = await ports.openWriter();
  if (!writer) return { outcome: 'elsewhere', rewrapped: 0, destroyed: [] };
  try {
    const begun = await begin(ports, writer);
    const about = await writer.countKeys();
    let done = begun.rewrapped;
    const onBatch = (count: number): void => {
      done += count;
      ports.onProgress?.(done, Math.max(about, done));
    };
    for (let pass = 0; pass < passesMax; pass += 1) {
      for (const holder of keyHolders)
        await rewrapAll(ports, writer, { holder, toKeyId: begun.toKeyId, onBatch });
      if (ports.stop?.aborted) return { outcome: 'stopped', rewrapped: done, destroyed: [] };
      const oldKeyIds = (await ports.rotation.wrappingKeyIds()).filter((id) => id !== begun.toKeyId);
      if (await writer.retire({ oldKeyIds, toKeyId: begun.toKeyId }, ports.clock.now()))
        return await finish(ports, writer, { actor, begun });
    }
    throw new Fault(
      'busy',
      'other processes keep adding keys under the old key-encryption key: try again later',
    );
  } finally {
    writer.close();
  }
};
