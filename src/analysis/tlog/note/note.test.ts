import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposePlaintext, plain } from '../../../model/plain.ts';
import { cosignatureMessage, formatNote, type NoteSignature, readNote, verifyNote } from './note.ts';
import { cosignText, formatSignerKey, makeSignerKey, readSignerKey, signText } from './signer-key.ts';
import { formatVerifierKey, makeVerifierKey, readVerifierKey, signatureTypes } from './verifier-key.ts';

const notVerified = expect.objectContaining({ code: 'not-verified' });
const seedOf = (byte: number) => plain(Buffer.alloc(32, byte));
const log = makeSignerKey({ name: 'log.example/2026', type: signatureTypes.ed25519, seed: seedOf(1) });
const witness = makeSignerKey({
  name: 'witness.example/w1',
  type: signatureTypes.cosignature,
  seed: seedOf(2),
});
const stranger = makeSignerKey({ name: 'stranger.example', type: signatureTypes.ed25519, seed: seedOf(3) });
const text = 'log.example/2026\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const noteOf = (signatures: readonly NoteSignature[], body = text): Buffer =>
  Buffer.from(formatNote({ text: body, signatures }));

describe('a verifier key', () => {
  const example = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';

  it('verifies the example of C2SP signed-note', () => {
    const note =
      'This is an example message.\n\n— example.com/foo ' +
      'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
    const key = readVerifierKey(example);
    expect(formatVerifierKey(key)).toBe(example);
    expect(verifyNote(readNote(Buffer.from(note)), [key])).toEqual([{ key, time: undefined }]);
  });

  it('has the key id that the format prescribes, another one for each type', () => {
    const { publicKey } = log.verifierKey;
    const id = createHash('sha256')
      .update('log.example/2026\n')
      .update(Buffer.of(1))
      .update(publicKey)
      .digest();
    expect(log.verifierKey.keyId).toBe(id.readUInt32BE(0));
    expect(makeVerifierKey({ name: 'log.example/2026', type: 4, publicKey }).keyId).not.toBe(
      log.verifierKey.keyId,
    );
  });

  it('reads back from its text, also when the base64 holds a plus', () => {
    let withPlus = 0;
    for (let byte = 0; byte < 60; byte += 1) {
      const { verifierKey } = makeSignerKey({ name: 'ключ.example/ø', type: 4, seed: seedOf(byte) });
      const text = formatVerifierKey(verifierKey);
      withPlus += text.split('+').length > 3 ? 1 : 0;
      expect(readVerifierKey(text).publicKey).toEqual(verifierKey.publicKey);
    }
    expect(withPlus).toBeGreaterThan(0);
  });

  it.each([
    ['', /NAME/],
    [example.replace('530d903a', '530d903b'), /key id/],
    [example.replace('530d903a', '530D903A'), /NAME/],
    [example.replace('example.com/foo', 'example.com/fop'), /key id/],
    [example.replace('example.com/foo', 'example.com foo'), /space/],
    [example.replace('example.com/foo', 'example.com/\u00a0foo'), /space/],
    [`${example} `, /base64/],
    [`${example}=`, /base64/],
    [example.slice(0, -4), /Ed25519 public key/],
    [example.replace('AekyeRrm', 'BukyeRrm'), /type 6/],
    [`${'a'.repeat(400)}+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`, /NAME/],
  ])('refuses %j', (wrong, why) => {
    expect(() => readVerifierKey(wrong)).toThrow(notVerified);
    expect(() => readVerifierKey(wrong)).toThrow(why);
  });
});

describe('a signer key', () => {
  it('reads back from the text form of Go’s note package, and prints as nothing', () => {
    const parts = { name: 'log.example/2026', type: signatureTypes.ed25519, seed: seedOf(1) };
    const secret = formatSignerKey(parts);
    expect(`${secret}`).toBe('[redacted]');
    expect(exposePlaintext(secret)).toMatch(/^PRIVATE\+KEY\+log\.example\/2026\+[0-9a-f]{8}\+AQEB/);
    const again = readSignerKey(secret);
    expect(formatVerifierKey(again.verifierKey)).toBe(formatVerifierKey(log.verifierKey));
    expect(again.sign(Buffer.from(text))).toEqual(log.sign(Buffer.from(text)));
  });

  it('refuses a broken text without repeating it', () => {
    const good = exposePlaintext(formatSignerKey({ name: 'a', type: 1, seed: seedOf(7) }));
    for (const wrong of [
      '',
      'PRIVATE+KEY+a',
      `${good}=`,
      good.slice(0, -1),
      good.replace('a+', 'b+'),
      good.slice(4),
    ]) {
      let thrown: unknown;
      try {
        readSignerKey(plain(wrong));
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toEqual(expect.objectContaining({ code: 'ledger-stopped' }));
      expect(String(thrown)).not.toContain('BwcHBwcH');
    }
  });

  it('signs only what its type is for', () => {
    const bug = expect.objectContaining({ code: 'bug' });
    expect(() => signText(text, witness)).toThrow(bug);
    expect(() => cosignText(text, 1, log)).toThrow(bug);
    expect(() => cosignText(text, -1, witness)).toThrow(bug);
  });
});

describe('a note', () => {
  const keys = [log.verifierKey, witness.verifierKey];

  it('verifies with the keys that signed it, and says when a witness did', () => {
    const note = readNote(noteOf([signText(text, log), cosignText(text, 1_679_315_147, witness)]));
    expect(verifyNote(note, keys)).toEqual([
      { key: log.verifierKey, time: undefined },
      { key: witness.verifierKey, time: 1_679_315_147 },
    ]);
    expect(cosignatureMessage(1_679_315_147, text).toString()).toBe(
      `cosignature/v1\ntime 1679315147\n${text}`,
    );
  });

  it('is read and written to the same bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[^\p{Cc}\ud800-\udfff]*$/u), { minLength: 1 }),
        fc.array(
          fc.record({
            name: fc.stringMatching(/^[^\p{White_Space}\p{Cc}+\ud800-\udfff]{1,20}$/u),
            keyId: fc.nat(2 ** 32 - 1),
            signature: fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
          }),
          { minLength: 1, maxLength: 100 },
        ),
        (lines, signatures) => {
          const body = `${lines.join('\n')}\n`;
          const bytes = noteOf(signatures, body);
          const note = readNote(bytes);
          expect(note).toEqual({ text: body, signatures });
          expect(formatNote(note)).toBe(bytes.toString());
        },
      ),
    );
  });

  it('passes over signatures of unknown keys, also when they share a name or an id with a known one', () => {
    const good = signText(text, log);
    const other = signText(text, stranger);
    const note = readNote(
      noteOf([
        other,
        { ...other, name: log.verifierKey.name },
        { ...other, keyId: log.verifierKey.keyId },
        good,
      ]),
    );
    expect(verifyNote(note, keys)).toEqual([{ key: log.verifierKey, time: undefined }]);
  });

  it('is refused whole when a known key’s signature is bad, even beside good ones', () => {
    const bad = { ...signText(text, log), signature: signText('other\n', log).signature };
    for (const signatures of [
      [bad, signText(text, log)],
      [signText(text, log), bad],
      [cosignText(text, 5, witness), bad],
    ])
      expect(() => verifyNote(readNote(noteOf(signatures)), keys)).toThrow(/is bad/);
  });

  it('is refused when nobody known signed it', () => {
    expect(() => verifyNote(readNote(noteOf([signText(text, stranger)])), keys)).toThrow(/no trusted key/);
    expect(() => verifyNote(readNote(noteOf([signText(text, log)])), [])).toThrow(/no trusted key/);
  });

  it('does not take a log’s signature for a witness’s, or the other way round, under one key pair', () => {
    const asWitness = makeSignerKey({ name: 'log.example/2026', type: 4, seed: seedOf(1) });
    const plainSignature = signText(text, log);
    const disguised = { ...plainSignature, keyId: asWitness.verifierKey.keyId };
    expect(() => verifyNote(readNote(noteOf([disguised])), [asWitness.verifierKey])).toThrow(/is bad/);
    const cosignature = cosignText(text, 9, asWitness);
    const turned = { ...cosignature, keyId: log.verifierKey.keyId };
    expect(() => verifyNote(readNote(noteOf([turned])), [log.verifierKey])).toThrow(/is bad/);
  });

  it('does not hold at another time than the one that was cosigned, nor at one over 2^53', () => {
    const cosignature = cosignText(text, 1_000, witness);
    for (const time of [1_001n, 0n, 2n ** 63n + 1_000n, 2n ** 53n]) {
      const signature = Buffer.from(cosignature.signature);
      signature.writeBigUInt64BE(time);
      expect(() => verifyNote(readNote(noteOf([{ ...cosignature, signature }])), keys)).toThrow(/is bad/);
    }
    const huge = 2 ** 53;
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(huge));
    const body = witness.sign(Buffer.from(`cosignature/v1\ntime ${BigInt(huge)}\n${text}`));
    const signature = Buffer.concat([stamp, body]);
    expect(() => verifyNote(readNote(noteOf([{ ...cosignature, signature }])), keys)).toThrow(/is bad/);
  });

  it('verifies what another Ed25519 implementation path signed', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const key = makeVerifierKey({ name: 'n', type: 1, publicKey: Buffer.from(x, 'base64url') });
    const signature = sign(null, Buffer.from(text), privateKey);
    const note = readNote(noteOf([{ name: 'n', keyId: key.keyId, signature }]));
    expect(verifyNote(note, [key])).toHaveLength(1);
  });

  const good = noteOf([signText(text, log)]).toString();
  const signature = good.slice(good.indexOf('— '));
  it.each([
    ['no signature', `${text}\n`],
    ['no empty line', `${text}${signature}`],
    ['a last line without its end', good.slice(0, -1)],
    ['an empty line at the end', `${good}\n`],
    ['a hyphen for the em dash', good.replace('— ', '- ')],
    ['two spaces', good.replace('— ', '—  ')],
    ['a space at the end of the line', good.replace(/\n$/, ' \n')],
    ['a carriage return', good.replaceAll('\n', '\r\n')],
    ['a tab', `a\t${good}`],
    ['a NUL', `\0${good}`],
    ['a plus in a key name', good.replace('— log.', '— log+')],
    ['a space of Unicode in a key name', good.replace('— log.', '— log\u2003')],
    ['base64 without padding', good.replace(/=*\n$/, '\n')],
    ['base64url', `${text}\n— log.example/2026 AAAAA-__\n`],
    ['base64 with spare bits', `${text}\n— log.example/2026 AAAAAAB=\n`],
    ['a signature that is only a key id', `${text}\n— log.example/2026 AAAAAA==\n`],
    ['over a hundred signatures', `${text}\n${signature.repeat(101)}`],
    ['nothing', ''],
  ])('is refused with %s', (_name, wrong) => {
    expect(() => readNote(Buffer.from(wrong))).toThrow(notVerified);
  });

  it('is refused when it is not UTF-8 or over the limit', () => {
    const bytes = Buffer.from(good);
    bytes[0] = 0xff;
    expect(() => readNote(bytes)).toThrow(/UTF-8/);
    expect(() => readNote(Buffer.alloc(1_000_001, 0x61))).toThrow(/bytes/);
  });

  it('keeps a byte order mark as part of the text that was signed', () => {
    const body = `\ufeff${text}`;
    const note = readNote(noteOf([signText(body, log)], body));
    expect(note.text).toBe(body);
    expect(verifyNote(note, keys)).toHaveLength(1);
    expect(() => verifyNote(readNote(noteOf([signText(text, log)], body)), keys)).toThrow(/is bad/);
  });

  it('accepts the sixteen signatures that every reader must', () => {
    expect(readNote(Buffer.from(`${text}\n${signature.repeat(16)}`)).signatures).toHaveLength(16);
  });

  it('is refused with any single bit flipped', () => {
    const bytes = noteOf([signText(text, log), cosignText(text, 5, witness)]);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // A flip in one signer's name or key id makes that signer unknown: both must be there.
      const believe = (): void => {
        expect(verifyNote(readNote(flipped), keys).length === 2).toBe(true);
      };
      expect(believe).toThrow();
    }
  });
});
