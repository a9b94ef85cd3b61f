import { createPublicKey, type KeyObject } from 'node:crypto';
import { notVerified } from '../not-verified.ts';
import { readBase64 } from '../text/base64.ts';
import { sha256 } from '../tree/merkle-hash.ts';

/** C2SP signed-note: the signature types that we make and check. */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

export const publicKeyBytes = 32;

/** A key whose signatures are believed: name, type and Ed25519 public key. Its text form is the vkey. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  /** The first four bytes of the key's hash, big-endian: with the name it says which key signed. */
  readonly keyId: number;
  readonly publicKey: Buffer;
  readonly keyObject: KeyObject;
}

const nameCharsMax = 255;

/** C2SP signed-note: not empty, without Unicode spaces and `+`. */
export const isKeyName = (name: string): boolean =>
  name.length <= nameCharsMax && name.isWellFormed() && /^[^\p{White_Space}+]+$/u.test(name);

const keyIdOf = (name: string, type: SignatureType, publicKey: Uint8Array): number =>
  sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey])).readUInt32BE(0);

export interface KeyParts {
  readonly name: string;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

/** @throws Fault `not-verified` for a wrong name or a public key that is not 32 bytes */
export const makeVerifierKey = ({ name, type, publicKey }: KeyParts): VerifierKey => {
  if (!isKeyName(name)) throw notVerified('verifier key', 'its name is empty or holds a space or a plus');
  if (publicKey.length !== publicKeyBytes) throw notVerified('verifier key', 'not an Ed25519 public key');
  const bytes = Buffer.from(publicKey);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
  return {
    name,
    type,
    keyId: keyIdOf(name, type, bytes),
    publicKey: bytes,
    keyObject: createPublicKey({ key: jwk, format: 'jwk' }),
  };
};

export const formatKeyId = (keyId: number): string => keyId.toString(16).padStart(8, '0');

/** `name+8 hex digits+base64(type || public key)`. */
export const formatVerifierKey = ({ name, type, keyId, publicKey }: VerifierKey): string =>
  `${name}+${formatKeyId(keyId)}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;

/**
 * Reads a vkey and checks that its key id fits. The base64 may hold `+` itself, the name may not.
 *
 * @throws Fault `not-verified` with what is wrong; a type other than Ed25519 is named
 */
export const readVerifierKey = (text: string): VerifierKey => {
  const found = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text.slice(0, nameCharsMax + 128));
  if (!found || text.length > nameCharsMax + 128)
    throw notVerified(
      'verifier key',
      'not NAME+KEYID+BASE64 (8 lower-case hexadecimal digits in the middle)',
    );
  const [, name = '', idText = '', keyText = ''] = found;
  const bytes = readBase64(keyText, 'verifier key');
  const type = bytes[0];
  if (type !== signatureTypes.ed25519 && type !== signatureTypes.cosignature)
    throw notVerified('verifier key', `signature type ${type} is not Ed25519 (1 for a log, 4 for a witness)`);
  const key = makeVerifierKey({ name, type, publicKey: bytes.subarray(1) });
  if (formatKeyId(key.keyId) !== idText) throw notVerified('verifier key', 'its key id does not fit the key');
  return key;
};
