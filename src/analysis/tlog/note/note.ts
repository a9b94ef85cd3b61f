import { verify } from 'node:crypto';
import { notVerified } from '../not-verified.ts';
import { readBase64 } from '../text/base64.ts';
import { readUtf8 } from '../text/utf8.ts';
import { formatKeyId, isKeyName, signatureTypes, type VerifierKey } from './verifier-key.ts';

export const noteBytesMax = 1_000_000;
export const signatureLinesMax = 100;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id. */
  readonly signature: Buffer;
}

/** A note as it was read: nothing in it is to be believed before `verifyNote`. */
export interface Note {
  /** With its last newline: the text that is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A signature that holds, and by which key. `time` is set for a cosignature: seconds since 1970. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  readonly time: number | undefined;
}

const linePattern = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/u;
const keyIdBytes = 4;

/** @throws Fault `not-verified` */
export const readSignatureLine = (line: string, place: string): NoteSignature => {
  const found = linePattern.exec(line);
  if (!found) throw notVerified(place, 'not a signature line (em dash, key name, base64)');
  const [, name = '', text = ''] = found;
  if (!isKeyName(name)) throw notVerified(place, 'the key name holds a space or a plus');
  const bytes = readBase64(text, place);
  if (bytes.length <= keyIdBytes) throw notVerified(place, 'the signature is too short');
  return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(keyIdBytes) };
};

export const formatSignatureLine = ({ name, keyId, signature }: NoteSignature): string => {
  const bytes = Buffer.alloc(keyIdBytes + signature.length);
  bytes.writeUInt32BE(keyId);
  bytes.set(signature, keyIdBytes);
  return `— ${name} ${bytes.toString('base64')}\n`;
};

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(formatSignatureLine).join('')}`;

const holdsControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
};

/**
 * Reads a signed note (C2SP signed-note): text, empty line, signature lines.
 *
 * @throws Fault `not-verified` with the line that is wrong
 */
export const readNote = (bytes: Uint8Array, place = 'note'): Note => {
  if (bytes.length > noteBytesMax) throw notVerified(place, `over ${noteBytesMax} bytes`);
  const whole = readUtf8(bytes, place);
  if (holdsControl(whole)) throw notVerified(place, 'it holds a control character');
  const split = whole.lastIndexOf('\n\n');
  if (split === -1) throw notVerified(place, 'no empty line parts the text from the signatures');
  const text = whole.slice(0, split + 1);
  const rest = whole.slice(split + 2);
  if (!rest.endsWith('\n')) throw notVerified(place, 'the last signature line does not end');
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > signatureLinesMax) throw notVerified(place, `over ${signatureLinesMax} signature lines`);
  return {
    text,
    signatures: lines.map((line, at) => readSignatureLine(line, `${place}, signature line ${at + 1}`)),
  };
};

/** C2SP tlog-cosignature: what an Ed25519 witness signs. */
export const cosignatureMessage = (time: number, text: string): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

const timeBytes = 8;
const ed25519Bytes = 64;

const checkSignature = (text: string, key: VerifierKey, signature: Buffer): VerifiedSignature | undefined => {
  if (key.type === signatureTypes.ed25519)
    return signature.length === ed25519Bytes && verify(null, Buffer.from(text), key.keyObject, signature)
      ? { key, time: undefined }
      : undefined;
  if (signature.length !== timeBytes + ed25519Bytes) return undefined;
  const time = Number(signature.readBigUInt64BE(0));
  if (!Number.isSafeInteger(time)) return undefined;
  const signed = cosignatureMessage(time, text);
  return verify(null, signed, key.keyObject, signature.subarray(timeBytes)) ? { key, time } : undefined;
};

/**
 * Checks a note against the keys that the reader trusts. Signatures by other keys are passed over; a signature
 * that names a trusted key and does not hold spoils the whole note, because it can only come from tampering.
 *
 * @returns at least one signature
 * @throws Fault `not-verified` when none of `keys` signed, or a signature by one of them is bad
 */
export const verifyNote = (note: Note, keys: readonly VerifierKey[], place = 'note'): VerifiedSignature[] => {
  const verified: VerifiedSignature[] = [];
  for (const [at, { name, keyId, signature }] of note.signatures.entries()) {
    const key = keys.find((candidate) => candidate.name === name && candidate.keyId === keyId);
    if (key === undefined) continue;
    const found = checkSignature(note.text, key, signature);
    if (found === undefined)
      throw notVerified(
        `${place}, signature line ${at + 1}`,
        `the signature of ${name} (${formatKeyId(keyId)}) is bad`,
      );
    verified.push(found);
  }
  if (verified.length === 0) throw notVerified(place, 'no trusted key signed it');
  return verified;
};
