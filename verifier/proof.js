// One entry's proof: C2SP tlog-proof.
import { judgeCheckpoint } from './checkpoint.js';
import { readBase64, readHash, readNumber, readText, refuse, same, utf8 } from './text.js';
import { leaf, rootOfPath } from './tree.js';

export const readProof = (bytes, place = 'proof') => {
  if (bytes.length > 1_100_000) refuse(place, 'over 1,100,000 bytes');
  const text = readText(bytes, place);
  const end = text.indexOf('\n\n');
  if (end < 0) refuse(place, 'no empty line before the checkpoint');
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== 'c2sp.org/tlog-proof@v1') refuse(`${place}, line 1`, 'not c2sp.org/tlog-proof@v1');
  if (lines[0]?.startsWith('extra ') && readBase64(lines.shift().slice(6), `${place}, line 2`).length === 0)
    refuse(`${place}, line 2`, 'the extra line is empty');
  const indexLine = lines.shift() ?? '';
  if (!indexLine.startsWith('index ')) refuse(place, 'no index line');
  const index = readNumber(indexLine.slice(6), `${place}, index`);
  if (lines.length > 64) refuse(place, 'over 64 hashes');
  const hashes = lines.map((line, at) => readHash(line, `${place}, hash ${at}`));
  return { index, hashes, checkpoint: utf8(text.slice(end + 2)) };
};

/** Shows that an entry's bytes stand in a log that the policy trusts. */
export const verifyProof = async (proofBytes, entryBytes, policy) => {
  const { index, hashes, checkpoint: bytes } = readProof(proofBytes);
  const checkpoint = await judgeCheckpoint(bytes, policy, 'proof, checkpoint');
  if (index >= checkpoint.size) refuse('proof', 'the index lies beyond the tree');
  if (!same(rootOfPath(index, checkpoint.size, leaf(entryBytes), hashes), checkpoint.root))
    refuse('proof', `it does not lead from entry ${index} to the root of the checkpoint`);
  return { index, checkpoint };
};
