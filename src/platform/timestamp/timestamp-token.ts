import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import {
  id_contentType,
  id_messageDigest,
  id_signedData,
  SignedData,
  type SignerInfo,
} from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { id_ct_tstInfo, MessageImprint, TimeStampReq, TimeStampResp, TSTInfo } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { Fault, isFault } from '../../model/fault.ts';
import { type Instant, instantOf } from '../../model/instant.ts';

/** What is stamped, and the number that ties the answer to the question. */
export interface StampAsk {
  /** SHA-256 of the stamped bytes. */
  readonly digest: Uint8Array;
  /** 16 bytes of chance. */
  readonly nonce: Uint8Array;
}

const sha256Oid = '2.16.840.1.101.3.4.2.1';
/** RFC 3161 section 2.3: what the certificate of a timestamp service is for. */
const timeStampingUse = '1.3.6.1.5.5.7.3.8';
const grantedMax = 1;

const digestNames = new Map([
  [sha256Oid, 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const ed25519Oid = '1.3.101.112';
const rsaPssOid = '1.2.840.113549.1.1.10';

const notVerified = (why: string, cause?: unknown): Fault =>
  new Fault('not-verified', `timestamp: ${why}`, cause === undefined ? {} : { cause });

/** DER takes the shortest form of an integer and reads a first bit as a sign: this way neither matters. */
const asPositive = (nonce: Uint8Array): Uint8Array => {
  const bytes = Uint8Array.from(nonce);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
};

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
const isSame = (left: ArrayBuffer | undefined, right: Uint8Array): boolean =>
  left !== undefined && Buffer.from(left).equals(right);

/** The request of RFC 3161 section 2.4.1, with a nonce, and asking for the service's certificate. */
export const timestampRequest = ({ digest, nonce }: StampAsk): Buffer =>
  Buffer.from(
    AsnConvert.serialize(
      new TimeStampReq({
        messageImprint: new MessageImprint({
          hashAlgorithm: new AlgorithmIdentifier({ algorithm: sha256Oid, parameters: null }),
          hashedMessage: new OctetString(bufferOf(digest)),
        }),
        nonce: bufferOf(asPositive(nonce)),
        certReq: true,
      }),
    ),
  );

const attributeOf = (signer: SignerInfo, type: string): ArrayBuffer | undefined => {
  const found = signer.signedAttrs?.filter(({ attrType }) => attrType === type) ?? [];
  const [attribute, ...more] = found;
  return more.length === 0 && attribute?.attrValues.length === 1 ? attribute.attrValues[0] : undefined;
};

/** DER of a SET of these elements, in the order in which they stand. */
const asSet = (elements: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(elements);
  const { length } = content;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(0x31, ...header), content]);
};

const holdsUnder = (signer: SignerInfo, message: Uint8Array, certificate: X509Certificate): boolean => {
  const { algorithm } = signer.signatureAlgorithm;
  const digest = algorithm === ed25519Oid ? null : digestNames.get(signer.digestAlgorithm.algorithm);
  if (digest === undefined) return false;
  const padding = algorithm === rsaPssOid ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  const key = { key: certificate.publicKey, ...padding };
  return verify(digest, message, key, Buffer.from(signer.signature.buffer));
};

/** RFC 5652 section 5.4: what is signed is the attributes as a SET, wherever they stand; they name the content's digest. */
const checkSignature = (signed: SignedData, content: Uint8Array): void => {
  const [signer, ...more] = signed.signerInfos;
  if (signer === undefined || more.length > 0) throw notVerified('not signed by exactly one service');
  const digestName = digestNames.get(signer.digestAlgorithm.algorithm);
  if (digestName === undefined) throw notVerified('its digest is none of SHA-256, SHA-384, SHA-512');
  const stated = attributeOf(signer, id_messageDigest);
  const digest = createHash(digestName).update(content).digest();
  if (!stated || !isSame(AsnConvert.parse(stated, OctetString).buffer, digest))
    throw notVerified('the signed digest is not that of its content');
  const type = attributeOf(signer, id_contentType);
  // The DER of the object identifier of TSTInfo.
  if (!type || Buffer.from(type).toString('hex') !== '060b2a864886f70d0109100104')
    throw notVerified('what is signed is not a timestamp');
  const attributes = asSet((signer.signedAttrs ?? []).map((one) => Buffer.from(AsnConvert.serialize(one))));
  const certificates = (signed.certificates ?? []).flatMap(({ certificate }) =>
    certificate ? [new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)))] : [],
  );
  // In Node, `keyUsage` is the extended key usage.
  const services = certificates.filter(({ keyUsage }) => (keyUsage ?? []).includes(timeStampingUse));
  if (services.length === 0) throw notVerified('it brings no certificate of a timestamp service');
  if (!services.some((certificate) => holdsUnder(signer, attributes, certificate)))
    throw notVerified('the signature does not hold under the certificate that it brings');
};

const readInfo = (answer: Uint8Array): TSTInfo => {
  const { status, timeStampToken } = AsnConvert.parse(bufferOf(answer), TimeStampResp);
  if (status.status > grantedMax || timeStampToken === undefined)
    throw notVerified(`the service refused (status ${status.status})`);
  if (timeStampToken.contentType !== id_signedData) throw notVerified('the token is not signed data');
  const signed = AsnConvert.parse(timeStampToken.content, SignedData);
  const { eContentType, eContent } = signed.encapContentInfo;
  const content = eContent?.single?.buffer;
  if (eContentType !== id_ct_tstInfo || content === undefined)
    throw notVerified('the token holds no timestamp');
  checkSignature(signed, Buffer.from(content));
  return AsnConvert.parse(content, TSTInfo);
};

/**
 * Reads what a timestamp service answered (RFC 3161 section 2.4.2), and checks that it stamped what was asked, now and
 * under the certificate that it brings. Whether that certificate is to be trusted is for whoever relies on the token:
 * `openssl ts -verify -CAfile ...`.
 *
 * @returns the time in the token
 * @throws Fault `not-verified`
 */
export const readTimestampAnswer = (answer: Uint8Array, { digest, nonce }: StampAsk): { at: Instant } => {
  let info: TSTInfo;
  try {
    info = readInfo(answer);
  } catch (thrown) {
    if (isFault(thrown)) throw thrown;
    throw notVerified('the answer is not in the form of RFC 3161', thrown);
  }
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithm !== sha256Oid || !isSame(hashedMessage.buffer, digest))
    throw notVerified('it stamps something else than was asked');
  if (!isSame(info.nonce, asPositive(nonce)))
    throw notVerified('its nonce is not the one that was asked with');
  return { at: instantOf(info.genTime.getTime()) };
};
