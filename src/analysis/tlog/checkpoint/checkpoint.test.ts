import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../../model/plain.ts';
import { formatNote, type NoteSignature, readNote } from '../note/note.ts';
import { cosignText, makeSignerKey, type SignerKey, signText } from '../note/signer-key.ts';
import { formatVerifierKey, signatureTypes } from '../note/verifier-key.ts';
import { inclusionProof, treeRoot } from '../tree/build-proof.ts';
import { emptyRoot, leafHash, rootOver } from '../tree/merkle-hash.ts';
import {
  formatAddCheckpoint,
  readAddCheckpoint,
  readCosignatures,
  readWitnessSize,
  withSignatures,
} from './add-checkpoint.ts';
import { formatCheckpointText, openCheckpoint, readCheckpoint, signCheckpoint } from './checkpoint.ts';
import { formatTlogProof, readTlogProof, verifyTlogProof } from './tlog-proof.ts';
import { judgeCheckpoint, readTrustPolicy } from './trust-policy.ts';

const notVerified = expect.objectContaining({ code: 'not-verified' });
const keyOf = (name: string, byte: number, type: 1 | 4 = 4): SignerKey =>
  makeSignerKey({ name, type, seed: plain(Buffer.alloc(32, byte)) });
const log = keyOf('log.example/2026', 1, signatureTypes.ed25519);
const otherLog = keyOf('other.example/log', 2, signatureTypes.ed25519);
const witnesses = [10, 11, 12, 13].map((byte) => keyOf(`witness.example/w${byte}`, byte));
const root = Buffer.alloc(32, 7);
const head = { size: 20_852_163, root };

describe('a checkpoint', () => {
  const signed = signCheckpoint(head, log);

  it('is three lines under one signature, with the key’s name as its origin', () => {
    expect(signed).toBe(
      `log.example/2026\n20852163\n${root.toString('base64')}\n\n${signed.slice(signed.indexOf('— '))}`,
    );
    expect(openCheckpoint(Buffer.from(signed), log.verifierKey)).toMatchObject({
      origin: 'log.example/2026',
      ...head,
      extensions: [],
    });
  });

  it('reads and writes to the same text', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[!-~]{1,60}$/),
        fc.nat(2 ** 53 - 1),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(fc.stringMatching(/^[ -~]{1,20}$/), { maxLength: 3 }),
        (origin, size, bytes, extensions) => {
          const stated = { origin, size, root: size === 0 ? emptyRoot : Buffer.from(bytes), extensions };
          const text = formatCheckpointText(stated);
          const note = formatNote({ text, signatures: [signText(text, log)] });
          expect(readCheckpoint(Buffer.from(note))).toMatchObject(stated);
        },
      ),
    );
  });

  it('is believed only from the key that the reader brings', () => {
    expect(() => openCheckpoint(Buffer.from(signed), otherLog.verifierKey)).toThrow(/origin/);
    const sameName = keyOf('log.example/2026', 99, signatureTypes.ed25519);
    expect(() => openCheckpoint(Buffer.from(signed), sameName.verifierKey)).toThrow(/no trusted key/);
  });

  it('is not believed from a log that signs another log’s name, or from a witness of the same name', () => {
    const text = formatCheckpointText({ origin: 'log.example/2026', ...head, extensions: [] });
    const foreign = formatNote({ text, signatures: [signText(text, otherLog)] });
    expect(() => openCheckpoint(Buffer.from(foreign), otherLog.verifierKey)).toThrow(/origin/);
    const namesake = keyOf('log.example/2026', 5);
    const cosigned = formatNote({ text, signatures: [cosignText(text, 5, namesake)] });
    expect(() => openCheckpoint(Buffer.from(cosigned), namesake.verifierKey)).toThrow(/origin/);
  });

  const rootText = root.toString('base64');
  it.each([
    ['a leading zero', `o\n01\n${rootText}\n`],
    ['a sign', `o\n+1\n${rootText}\n`],
    ['a size over 2^53 - 1', `o\n9007199254740992\n${rootText}\n`],
    ['a size of 64 bits', `o\n18446744073709551615\n${rootText}\n`],
    ['a size in hexadecimal', `o\n0x10\n${rootText}\n`],
    ['an exponent', `o\n1e3\n${rootText}\n`],
    ['a space after the size', `o\n1 \n${rootText}\n`],
    ['digits of another script', `o\n\u0661\n${rootText}\n`],
    ['no origin', `\n1\n${rootText}\n`],
    ['no root', 'o\n1\n'],
    ['a short root', `o\n1\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a root without padding', `o\n1\n${rootText.slice(0, -1)}\n`],
    ['a root with spare bits', `o\n1\n${rootText.replace(/.=$/, 'd=')}\n`],
    ['an empty tree with a root of its own', `o\n0\n${rootText}\n`],
    ['an empty line among its extensions', `o\n1\n${rootText}\nmore\n\nmore\n`],
  ])('is refused with %s', (_name, text) => {
    const bytes = Buffer.from(formatNote({ text, signatures: [signText(text, log)] }));
    expect(() => readCheckpoint(bytes)).toThrow(notVerified);
  });

  it('cannot be made with lines that would read back as something else', () => {
    const bug = expect.objectContaining({ code: 'bug' });
    const stated = { origin: 'o', size: 1, root, extensions: [] };
    expect(() => formatCheckpointText({ ...stated, origin: 'a\n2' })).toThrow(bug);
    expect(() => formatCheckpointText({ ...stated, extensions: [''] })).toThrow(bug);
    expect(() => formatCheckpointText({ ...stated, size: 2 ** 53 })).toThrow(bug);
    expect(() => formatCheckpointText({ ...stated, root: Buffer.alloc(31) })).toThrow(bug);
  });
});

const policyText = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);
const logLine = `log ${formatVerifierKey(log.verifierKey)}`;
const witnessLine = (at: number, name = `W${at}`): string =>
  `witness ${name} ${formatVerifierKey((witnesses[at] as SignerKey).verifierKey)}`;
const cosigned = (...at: number[]): Buffer => {
  const text = formatCheckpointText({ origin: 'log.example/2026', ...head, extensions: [] });
  const signatures: NoteSignature[] = [signText(text, log)];
  for (const index of at)
    signatures.push(cosignText(text, 1_700_000_000 + index, witnesses[index] as SignerKey));
  return Buffer.from(formatNote({ text, signatures }));
};

describe('a trust policy', () => {
  const nested = readTrustPolicy(
    policyText(
      '# two houses',
      '',
      ` \t${logLine} https://log.example/`,
      witnessLine(0),
      `${witnessLine(1)}\thttps://witness.example/`,
      'group first 1 W0 W1',
      witnessLine(2),
      witnessLine(3),
      'group second all W2 W3',
      'group both all first second  ',
      'quorum both',
    ),
  );

  it('accepts a checkpoint exactly when the quorum cosigned it', () => {
    for (let chosen = 0; chosen < 16; chosen += 1) {
      const at = [0, 1, 2, 3].filter((index) => (chosen & (1 << index)) !== 0);
      const isEnough = (at.includes(0) || at.includes(1)) && at.includes(2) && at.includes(3);
      const judge = () => judgeCheckpoint(cosigned(...at), nested);
      if (isEnough)
        expect(judge().cosigners).toEqual(
          at.map((index) => ({ name: `W${index}`, time: 1_700_000_000 + index })),
        );
      else expect(judge).toThrow(/quorum is not reached/);
    }
  });

  it('counts to any threshold from 1 to all members', () => {
    for (let needed = 1; needed <= 4; needed += 1) {
      const policy = readTrustPolicy(
        policyText(
          logLine,
          ...[0, 1, 2, 3].map((at) => witnessLine(at)),
          `group g ${needed} W0 W1 W2 W3`,
          'quorum g',
        ),
      );
      const enough = Array.from({ length: needed }, (_, at) => at);
      expect(judgeCheckpoint(cosigned(...enough), policy).cosigners).toHaveLength(needed);
      expect(() => judgeCheckpoint(cosigned(...enough.slice(1)), policy)).toThrow(/quorum/);
    }
  });

  it('takes one witness or none as its quorum', () => {
    const one = readTrustPolicy(policyText(logLine, witnessLine(0), witnessLine(1), 'quorum W1'));
    expect(judgeCheckpoint(cosigned(1), one).cosigners).toHaveLength(1);
    expect(() => judgeCheckpoint(cosigned(0), one)).toThrow(/quorum/);
    const none = readTrustPolicy(policyText(logLine, 'quorum none'));
    expect(judgeCheckpoint(cosigned(), none).cosigners).toEqual([]);
  });

  it('counts a witness once, however often it cosigned', () => {
    const policy = readTrustPolicy(
      policyText(logLine, witnessLine(0), witnessLine(1), 'group g 2 W0 W1', 'quorum g'),
    );
    expect(() => judgeCheckpoint(cosigned(0, 0), policy)).toThrow(/quorum/);
  });

  it('does not accept cosignatures without the log, or from witnesses it does not name', () => {
    const note = readNote(cosigned(0, 1, 2, 3));
    const withoutLog = Buffer.from(formatNote({ ...note, signatures: note.signatures.slice(1) }));
    expect(() => judgeCheckpoint(withoutLog, nested)).toThrow(/no trusted key/);
    const policy = readTrustPolicy(policyText(logLine, witnessLine(0), 'quorum W0'));
    expect(() => judgeCheckpoint(cosigned(1, 2, 3), policy)).toThrow(/quorum/);
  });

  it('rejects a checkpoint with a bad cosignature of a witness it names', () => {
    const text = formatCheckpointText({ origin: 'log.example/2026', ...head, extensions: [] });
    const bad = { ...cosignText('other\n', 1, witnesses[0] as SignerKey) };
    const bytes = Buffer.from(formatNote({ text, signatures: [signText(text, log), bad] }));
    const policy = readTrustPolicy(policyText(logLine, witnessLine(0), 'quorum none'));
    expect(() => judgeCheckpoint(bytes, policy)).toThrow(/is bad/);
  });

  it('accepts any of its logs, each under its own name', () => {
    const both = readTrustPolicy(
      policyText(logLine, `log ${formatVerifierKey(otherLog.verifierKey)}`, 'quorum none'),
    );
    for (const signer of [log, otherLog])
      expect(judgeCheckpoint(Buffer.from(signCheckpoint(head, signer)), both).log).toEqual(
        signer.verifierKey,
      );
  });

  const sameKey = keyOf('another.example/name', 10);
  it.each([
    ['no quorum', [logLine]],
    ['two quorums', [logLine, 'quorum none', 'quorum none']],
    ['a quorum nobody defined', [logLine, 'quorum W0']],
    ['a quorum that comes before its definition', ['quorum W0', witnessLine(0)]],
    ['two names in the quorum', [witnessLine(0), witnessLine(1), 'quorum W0 W1']],
    [
      'one key under two names',
      [witnessLine(0), `witness Z ${formatVerifierKey(sameKey.verifierKey)}`, 'quorum none'],
    ],
    ['a log given twice', [logLine, logLine, 'quorum none']],
    ['a name given twice', [witnessLine(0, 'W'), witnessLine(1, 'W'), 'quorum none']],
    ['a witness called none', [witnessLine(0, 'none'), 'quorum none']],
    ['a group called none', [witnessLine(0), 'group none any W0', 'quorum none']],
    ['a group of none', [witnessLine(0), 'group g any none', 'quorum g']],
    ['a group without members', ['group g any', 'quorum g']],
    ['a threshold of 0', [witnessLine(0), 'group g 0 W0', 'quorum g']],
    ['a threshold over the members', [witnessLine(0), 'group g 2 W0', 'quorum g']],
    ['a threshold with a leading zero', [witnessLine(0), 'group g 01 W0', 'quorum g']],
    ['a member that comes later', ['group g any W0', witnessLine(0), 'quorum g']],
    ['a member twice in one group', [witnessLine(0), 'group g 2 W0 W0', 'quorum g']],
    ['a member in two groups', [witnessLine(0), 'group g any W0', 'group h any W0', 'quorum g']],
    ['a group in itself', [witnessLine(0), 'group g any g', 'quorum g']],
    ['a witness key as a log', [`log ${formatVerifierKey(sameKey.verifierKey)}`, 'quorum none']],
    ['a log key as a witness', [`witness W ${formatVerifierKey(log.verifierKey)}`, 'quorum none']],
    ['a broken key', [logLine.slice(0, -4), 'quorum none']],
    ['too many words', [`${logLine} a b`, 'quorum none']],
    ['an unknown word', ['logs x', 'quorum none']],
    ['a member of every object', ['constructor x', '__proto__ y', 'quorum none']],
    ['a quorum named like a member of every object', ['quorum constructor']],
    ['a carriage return', [`${logLine}\r`, 'quorum none']],
    ['a vertical tab', [`${logLine}\v`, 'quorum none']],
    ['a DEL', ['# \u007f', 'quorum none']],
  ])('is refused with %s', (_name, lines) => {
    expect(() => readTrustPolicy(policyText(...lines))).toThrow(notVerified);
  });

  it('is refused without its last newline, and over the limit', () => {
    expect(() => readTrustPolicy(Buffer.from('quorum none'))).toThrow(/newline/);
    expect(() => readTrustPolicy(Buffer.alloc(262_145, 0x0a))).toThrow(/bytes/);
  });

  it('compares names as octets', () => {
    const policy = readTrustPolicy(
      policyText(logLine, witnessLine(0, 'K'), witnessLine(1, '\u212a'), 'quorum K'),
    );
    expect(judgeCheckpoint(cosigned(0), policy).cosigners).toHaveLength(1);
    expect(() => judgeCheckpoint(cosigned(1), policy)).toThrow(/quorum/);
  });

  it('reads the 32 logs, witnesses and groups that every reader should', () => {
    const lines = Array.from({ length: 32 }, (_, at) => [
      `log ${formatVerifierKey(keyOf(`log${at}`, 100 + at, 1).verifierKey)}`,
      `witness w${at} ${formatVerifierKey(keyOf(`w${at}`, 150 + at).verifierKey)}`,
      `group g${at} any w${at}${at === 0 ? '' : ` g${at - 1}`}`,
    ]).flat();
    expect(readTrustPolicy(policyText(...lines, 'quorum g31')).parties.size).toBe(64);
  });
});

describe('a proof file', () => {
  const entries = Array.from({ length: 9 }, (_, at) => Buffer.from(`entry ${at}`));
  const leaves = entries.map(leafHash);
  const source = ({ height, index }: { height: number; index: number }): Buffer =>
    rootOver(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));
  const treeHead = { size: 9, root: treeRoot(9, source) };
  const policy = readTrustPolicy(policyText(logLine, witnessLine(0), 'quorum W0'));
  const text = formatCheckpointText({ origin: 'log.example/2026', ...treeHead, extensions: [] });
  const checkpoint = formatNote({
    text,
    signatures: [signText(text, log), cosignText(text, 7, witnesses[0] as SignerKey)],
  });
  const fileOf = (index: number, extra?: Buffer): string =>
    formatTlogProof({ index, hashes: inclusionProof(index, 9, source), checkpoint, extra });

  it('proves each entry of the log and no other', () => {
    for (const [index, leaf] of leaves.entries()) {
      const proof = Buffer.from(fileOf(index));
      const proven = verifyTlogProof({ proof, leafHash: leaf }, policy);
      expect(proven.index).toBe(index);
      expect(proven.checkpoint.cosigners).toEqual([{ name: 'W0', time: 7 }]);
      for (const other of leaves.filter((candidate) => candidate !== leaf))
        expect(() => verifyTlogProof({ proof, leafHash: other }, policy)).toThrow(notVerified);
    }
  });

  it('reads and writes to the same bytes, with and without extra bytes', () => {
    for (const extra of [undefined, Buffer.from('context')]) {
      const file = fileOf(3, extra);
      const read = readTlogProof(Buffer.from(file));
      expect(read.extra).toEqual(extra);
      expect(formatTlogProof(read)).toBe(file);
    }
  });

  it('is refused with any single bit flipped outside the extra line', () => {
    const bytes = Buffer.from(fileOf(4));
    const leaf = leaves[4] as Buffer;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => verifyTlogProof({ proof: flipped, leafHash: leaf }, policy)).toThrow(notVerified);
    }
  });

  it('for another size of the tree is refused', () => {
    const later = { size: 16, root };
    const hashes = inclusionProof(4, 9, source);
    const laterText = formatCheckpointText({ origin: 'log.example/2026', ...later, extensions: [] });
    const signatures = [signText(laterText, log), cosignText(laterText, 7, witnesses[0] as SignerKey)];
    const file = formatTlogProof({
      index: 4,
      hashes,
      checkpoint: formatNote({ text: laterText, signatures }),
      extra: undefined,
    });
    const claim = { proof: Buffer.from(file), leafHash: leaves[4] as Buffer };
    expect(() => verifyTlogProof(claim, policy)).toThrow(notVerified);
  });

  const good = fileOf(4);
  it.each([
    ['another version', good.replace('@v1', '@v2')],
    ['no header', good.slice(good.indexOf('\n') + 1)],
    ['a leading zero', good.replace('index 4', 'index 04')],
    ['an index over 2^53', good.replace('index 4', 'index 9007199254740993')],
    ['two spaces', good.replace('index 4', 'index  4')],
    ['no index', good.replace('index 4\n', '')],
    ['an empty extra line', good.replace('index 4', 'extra \nindex 4')],
    ['an extra line after the index', good.replace('index 4\n', 'index 4\nextra AAAA\n')],
    ['a short hash', good.replace(/\n[^\n]{43}=\n/, '\nAAAA\n')],
    ['lenient base64', good.replace(/\n([^\n]{43}=)\n/, '\n$1=\n')],
    ['carriage returns', good.replaceAll('\n', '\r\n')],
    ['no empty line before the checkpoint', good.replace('\n\n', '\n')],
    ['something after the end', `${good}x`],
    ['over 64 hashes', good.replace('\n\n', `\n${`${root.toString('base64')}\n`.repeat(64)}\n`)],
    ['nothing', ''],
  ])('is refused with %s', (_name, file) => {
    const claim = { proof: Buffer.from(file), leafHash: leaves[4] as Buffer };
    expect(() => verifyTlogProof(claim, policy)).toThrow(notVerified);
  });

  it('of one entry in a tree of 10^6 with three cosignatures has at most 1,600 bytes', () => {
    const bigText = formatCheckpointText({
      origin: 'log.example/2026',
      size: 1_000_000,
      root,
      extensions: [],
    });
    const signatures = [signText(bigText, log)];
    for (const at of [0, 1, 2])
      signatures.push(cosignText(bigText, 1_790_000_000, witnesses[at] as SignerKey));
    const hashes = inclusionProof(123_456, 1_000_000, () => root);
    const file = formatTlogProof({
      index: 123_456,
      hashes,
      checkpoint: formatNote({ text: bigText, signatures }),
      extra: undefined,
    });
    expect(Buffer.byteLength(file)).toBeLessThanOrEqual(1_600);
  });
});

describe('an add-checkpoint', () => {
  const checkpoint = signCheckpoint(head, log);
  const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const body = formatAddCheckpoint({ oldSize: 20_852_014, proof: hashes, checkpoint });

  it('reads back with its proof and its checkpoint word for word', () => {
    const asked = readAddCheckpoint(Buffer.from(body));
    expect(asked).toMatchObject({ oldSize: 20_852_014, proof: hashes, checkpoint });
    expect(asked.signed).toMatchObject({ origin: 'log.example/2026', ...head });
    expect(formatAddCheckpoint(asked)).toBe(body);
    const first = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint });
    expect(readAddCheckpoint(Buffer.from(first)).oldSize).toBe(0);
  });

  it.each([
    ['an old size over the new one', body.replace('old 20852014', 'old 20852164')],
    ['a leading zero', body.replace('old ', 'old 0')],
    ['no old size', body.replace(/^old .*\n/, '')],
    ['64 hashes', body.replace('\n\n', `\n${`${root.toString('base64')}\n`.repeat(62)}\n`)],
    ['lenient base64', body.replace('AQEBAQ', 'AQE BAQ')],
    ['no checkpoint', body.slice(0, body.indexOf('\n\n') + 2)],
    ['nothing', ''],
  ])('is refused with %s', (_name, wrong) => {
    expect(() => readAddCheckpoint(Buffer.from(wrong))).toThrow(notVerified);
  });

  it('is answered with signature lines, or with a size', () => {
    const { note } = readCheckpoint(Buffer.from(checkpoint));
    const line = cosignText(note.text, 5, witnesses[0] as SignerKey);
    const answer = formatNote({ text: '', signatures: [line] }).slice(1);
    const [read] = readCosignatures(Buffer.from(answer));
    expect(read).toEqual(line);
    const cosignedNote = withSignatures(note, [line, ...note.signatures]);
    expect(cosignedNote.signatures).toHaveLength(2);
    const policy = readTrustPolicy(policyText(logLine, witnessLine(0), 'quorum W0'));
    expect(judgeCheckpoint(Buffer.from(formatNote(cosignedNote)), policy).cosigners).toHaveLength(1);
    expect(readWitnessSize(Buffer.from('20852014\n'))).toBe(20_852_014);
    for (const wrong of ['', '1', '01\n', '1\n\n', '1\n2\n', ' 1\n', '9007199254740992\n'])
      expect(() => readWitnessSize(Buffer.from(wrong))).toThrow(notVerified);
    for (const wrong of ['', answer.slice(0, -1), `${answer}\n`, 'no\n'])
      expect(() => readCosignatures(Buffer.from(wrong))).toThrow(notVerified);
  });
});
