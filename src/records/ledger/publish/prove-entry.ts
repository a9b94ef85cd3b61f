import type { SignedCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { formatTlogProof } from '../../../analysis/tlog/checkpoint/tlog-proof.ts';
import { formatNote } from '../../../analysis/tlog/note/note.ts';
import { readEntryBundle } from '../../../analysis/tlog/tile/entry-bundle.ts';
import { bundleOf, tilePath, tileWidth } from '../../../analysis/tlog/tile/tile.ts';
import { inclusionProof } from '../../../analysis/tlog/tree/build-proof.ts';
import { leafHash } from '../../../analysis/tlog/tree/merkle-hash.ts';
import { verifyInclusion } from '../../../analysis/tlog/tree/verify-proof.ts';
import { Fault } from '../../../model/fault.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { storedProof } from './stored-proof.ts';
import { readTile } from './stored-tile.ts';

/** An entry's bytes and the `.tlog-proof` that shows them to be in the log. */
export interface EntryProof {
  readonly entry: Buffer;
  readonly proof: string;
}

/**
 * Proves one entry for the size of this very checkpoint, and checks the proof before giving it away: tiles are
 * trusted for nothing.
 * @throws Fault `unprocessable` when the checkpoint does not reach the entry, `not-verified` when the log is damaged
 */
export const proveEntry = async (
  store: Pick<LogStore, 'read'>,
  checkpoint: SignedCheckpoint,
  index: number,
): Promise<EntryProof> => {
  const { size } = checkpoint;
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new Fault(
      'unprocessable',
      `there is no published entry ${index}: the checkpoint has ${size} entries`,
    );
  const hashes = await storedProof(store, size, (source) => inclusionProof(index, size, source));
  const bundle = bundleOf(index, size);
  const place = tilePath(bundle);
  const entry = readEntryBundle(await readTile(store, bundle), { count: bundle.width, place })[
    index % tileWidth
  ];
  if (entry === undefined) throw new Fault('bug', 'a bundle ended before an entry it holds');
  verifyInclusion({ index, leafHash: leafHash(entry), proof: hashes }, checkpoint);
  return {
    entry,
    proof: formatTlogProof({ index, hashes, checkpoint: formatNote(checkpoint.note), extra: undefined }),
  };
};
