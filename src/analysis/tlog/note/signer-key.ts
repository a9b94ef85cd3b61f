import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Fault } from '../../../model/fault.ts';
import { exposePlaintext, type Plain, plain } from '../../../model/plain.ts';
import { readBase64 } from '../text/base64.ts';
import { cosignatureMessage, type NoteSignature } from './note.ts';
import {
  formatKeyId,
  makeVerifierKey,
  type SignatureType,
  signatureTypes,
  type VerifierKey,
} from './verifier-key.ts';

/** A key that signs notes. `sign` gives 64 bytes over the exact bytes it is handed. */
export interface SignerKey {
  readonly verifierKey: VerifierKey;
  /** Keys that sign beside this one while a log changes its key: whoever trusts one of them can read on. */
  readonly also?: readonly SignerKey[];
  sign(message: Uint8Array): Buffer;
}

const seedBytes = 32;
// RFC 8410 section 7: an Ed25519 private key in PKCS #8 is this prefix and the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const signerOf = (name: string, type: SignatureType, privateKey: KeyObject): SignerKey => {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    verifierKey: makeVerifierKey({ name, type, publicKey: Buffer.from(x, 'base64url') }),
    sign: (message) => sign(null, message, privateKey),
  };
};

export interface SeedParts {
  readonly name: string;
  readonly type: SignatureType;
  /** 32 bytes of chance. */
  readonly seed: Plain<Uint8Array>;
}

const privateKeyOf = (seed: Uint8Array): KeyObject => {
  if (seed.length !== seedBytes) throw new Fault('bug', `an Ed25519 seed has ${seedBytes} bytes`);
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
};

export const makeSignerKey = ({ name, type, seed }: SeedParts): SignerKey =>
  signerOf(name, type, privateKeyOf(exposePlaintext(seed)));

/** The text form that Go's note package reads: `PRIVATE+KEY+name+keyid+base64(type || seed)`. */
export const formatSignerKey = (parts: SeedParts): Plain<string> => {
  const { verifierKey } = makeSignerKey(parts);
  const bytes = Buffer.concat([Buffer.of(parts.type), exposePlaintext(parts.seed)]);
  return plain(`PRIVATE+KEY+${parts.name}+${formatKeyId(verifierKey.keyId)}+${bytes.toString('base64')}`);
};

/**
 * Reads a signer key's text. The messages say nothing of the text itself.
 *
 * @throws Fault `ledger-stopped`
 */
export const readSignerKey = (text: Plain<string>): SignerKey => {
  const broken = (why: string): Fault => new Fault('ledger-stopped', `signer key: ${why}`);
  const found = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(exposePlaintext(text));
  if (!found) throw broken('not PRIVATE+KEY+NAME+KEYID+BASE64');
  const [, name = '', idText = '', keyText = ''] = found;
  let bytes: Buffer;
  try {
    bytes = readBase64(keyText, 'signer key');
  } catch {
    throw broken('not canonical base64');
  }
  const type = bytes[0];
  if (type !== signatureTypes.ed25519 && type !== signatureTypes.cosignature)
    throw broken('not an Ed25519 key');
  if (bytes.length !== 1 + seedBytes) throw broken(`not a seed of ${seedBytes} bytes`);
  const key = makeSignerKey({ name, type, seed: plain(bytes.subarray(1)) });
  if (formatKeyId(key.verifierKey.keyId) !== idText) throw broken('its key id does not fit the key');
  return key;
};

const signatureBy = ({ verifierKey }: SignerKey, signature: Buffer): NoteSignature => ({
  name: verifierKey.name,
  keyId: verifierKey.keyId,
  signature,
});

/** Signs a note's text as a log does (type 0x01). */
export const signText = (text: string, signer: SignerKey): NoteSignature => {
  if (signer.verifierKey.type !== signatureTypes.ed25519)
    throw new Fault('bug', 'a witness key does not sign a note directly');
  return signatureBy(signer, signer.sign(Buffer.from(text)));
};

/** Cosigns a checkpoint's text as a witness does (type 0x04). `time` is seconds since 1970. */
export const cosignText = (text: string, time: number, signer: SignerKey): NoteSignature => {
  if (signer.verifierKey.type !== signatureTypes.cosignature)
    throw new Fault('bug', 'a log key does not cosign');
  if (!Number.isSafeInteger(time) || time < 0) throw new Fault('bug', 'a cosignature time is whole seconds');
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  return signatureBy(signer, Buffer.concat([stamp, signer.sign(cosignatureMessage(time, text))]));
};
