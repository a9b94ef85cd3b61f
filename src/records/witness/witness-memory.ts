import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openCheckpoint, type SignedCheckpoint } from '../../analysis/tlog/checkpoint/checkpoint.ts';
import type { VerifierKey } from '../../analysis/tlog/note/verifier-key.ts';
import { emptyRoot } from '../../analysis/tlog/tree/merkle-hash.ts';
import type { TreeHead } from '../../analysis/tlog/tree/verify-proof.ts';
import { Fault } from '../../model/fault.ts';
import type { Chance } from '../../model/ports.ts';
import { FolderLogStore } from '../../platform/log-store/folder-log-store.ts';
import { ForwardFile } from '../../platform/log-store/forward-file.ts';

/** What this witness cosigned last for one log; size 0 for nothing. */
export interface RememberedHead extends TreeHead {
  /** Which step of the memory this is: hand it back to `advance`. */
  readonly no: number;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A log's name as a folder's name: any name fits, and no two meet. */
const folderOf = (folder: string, origin: string): string => join(folder, 'logs', hashOf(origin));

/**
 * What a witness must never forget: the last checkpoint that it cosigned, for each log. It is kept as the log signed
 * it, so that a damaged file is noticed and never taken for an older state.
 */
export class WitnessMemory {
  readonly #folder: string;
  readonly #chance: Chance;
  readonly #keys: readonly VerifierKey[];

  constructor(folder: string, chance: Chance, keys: readonly VerifierKey[]) {
    this.#folder = folder;
    this.#chance = chance;
    this.#keys = keys;
  }

  /** @throws Fault `ledger-stopped` when the memory of this log is damaged */
  async latest(origin: string): Promise<RememberedHead> {
    const step = await this.#fileOf(origin).read();
    if (step === undefined) return { no: 0, size: 0, root: emptyRoot };
    const { size, root } = this.#read(origin, step.bytes);
    return { no: step.no, size, root };
  }

  /** Durable when it answers true; false: another request was faster. */
  advance(origin: string, from: RememberedHead, note: string): Promise<boolean> {
    return this.#fileOf(origin).advance(from.no, Buffer.from(note));
  }

  /** Keeps a checkpoint that contradicts the one that is remembered: with it anyone can show that the log forked. */
  async keepContradiction(note: string): Promise<void> {
    const store = new FolderLogStore(join(this.#folder, 'forks'), this.#chance);
    await store.add([{ path: hashOf(note), bytes: Buffer.from(note) }]);
  }

  #fileOf(origin: string): ForwardFile {
    return new ForwardFile(folderOf(this.#folder, origin), this.#chance);
  }

  #read(origin: string, bytes: Buffer): SignedCheckpoint {
    const problems: unknown[] = [];
    for (const key of this.#keys.filter(({ name }) => name === origin))
      try {
        return openCheckpoint(bytes, key, `what this witness remembers of ${origin}`);
      } catch (thrown) {
        problems.push(thrown);
      }
    throw new Fault(
      'ledger-stopped',
      `${folderOf(this.#folder, origin)}: what this witness remembers of ${origin} is damaged, or was signed by a key ` +
        'that it no longer has. It cosigns nothing of this log: restore the file, or give it the old key too',
      { cause: problems[0] },
    );
  }
}
