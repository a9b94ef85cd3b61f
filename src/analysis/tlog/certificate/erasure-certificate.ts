import { Fault } from '../../../model/fault.ts';
import type { Instant } from '../../../model/instant.ts';
import { verifyTlogProof } from '../checkpoint/tlog-proof.ts';
import type { TrustPolicy } from '../checkpoint/trust-policy.ts';
import type { Json } from '../entry/canonical-json.ts';
import { decodeDisclosure, digestDisclosure } from '../entry/disclosure.ts';
import { decodeEntry, leafHash } from '../entry/entry.ts';
import { notVerified } from '../not-verified.ts';
import { readUtf8 } from '../text/utf8.ts';

const format = 'casebound-erasure-certificate/1';
const certificateBytesMax = 262_144;
const kind = 'erasure/v1';

/** One of the two entries of an erasure, with what it stands for and the proof that it is in the log. */
export interface CertifiedEntry {
  /** The exact bytes of the entry, which are ASCII. */
  readonly entry: string;
  /** Disclosures whose digests stand in the entry: who, as what, and the detail. */
  readonly disclosures: readonly string[];
  /** A `.tlog-proof` (C2SP tlog-proof), word for word. */
  readonly proof: string;
}

/**
 * A certificate of erasure: the entry that ordered it and the one that says it was done. It states nothing by itself;
 * whatever it says is what the disclosures say, and those are in the log or they are nothing.
 */
export interface ErasureCertificate {
  readonly ordered: CertifiedEntry;
  readonly done: CertifiedEntry;
}

/** What a certificate shows once it is checked. */
export interface CertifiedErasure {
  /** The log's name. */
  readonly origin: string;
  readonly request: string;
  readonly subjectClass: string;
  readonly basis: string;
  /** The id of the person who decided, and their role. */
  readonly decidedBy: string;
  readonly role: string;
  readonly orderedAt: Instant;
  readonly doneAt: Instant;
  /** RFC 3339: when the key was destroyed. */
  readonly destroyedAt: string;
  /** How many entries named the person when it was ordered. */
  readonly entries: number;
  readonly destroyed: Readonly<Record<string, number>>;
  readonly kept: readonly string[];
  /** Witnesses that cosigned the checkpoints of both. */
  readonly witnesses: readonly string[];
}

export const formatErasureCertificate = ({ done, ordered }: ErasureCertificate): string =>
  `${JSON.stringify({ format, ordered: ordered as unknown as Json, done: done as unknown as Json }, null, 2)}\n`;

const objectOf = (read: unknown, place: string): Record<string, unknown> => {
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw notVerified(place, 'not an object');
  return read as Record<string, unknown>;
};

const textOf = (read: unknown, place: string): string => {
  if (typeof read !== 'string') throw notVerified(place, 'not a text');
  return read;
};

const countOf = (read: unknown, place: string): number => {
  if (!Number.isSafeInteger(read) || (read as number) < 0) throw notVerified(place, 'not a count');
  return read as number;
};

const namesExactly = (read: Record<string, unknown>, names: readonly string[], place: string): void => {
  if (Object.keys(read).toSorted().join() !== names.toSorted().join())
    throw notVerified(place, `not exactly ${names.join(', ')}`);
};

const readEntry = (read: unknown, place: string): CertifiedEntry => {
  const found = objectOf(read, place);
  namesExactly(found, ['entry', 'disclosures', 'proof'], place);
  const { disclosures } = found;
  if (!Array.isArray(disclosures) || disclosures.length > 12)
    throw notVerified(`${place}, disclosures`, 'not a list of at most 12');
  return {
    entry: textOf(found['entry'], `${place}, entry`),
    disclosures: disclosures.map((one, at) => textOf(one, `${place}, disclosure ${at + 1}`)),
    proof: textOf(found['proof'], `${place}, proof`),
  };
};

/**
 * Reads a certificate without believing it.
 * @throws Fault `not-verified` with the place
 */
export const readErasureCertificate = (bytes: Uint8Array): ErasureCertificate => {
  if (bytes.length > certificateBytesMax)
    throw notVerified('certificate', `over ${certificateBytesMax} bytes`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readUtf8(bytes, 'certificate'));
  } catch (cause) {
    throw notVerified('certificate', 'not JSON in UTF-8', cause);
  }
  const read = objectOf(parsed, 'certificate');
  if (read['format'] !== format) throw notVerified('certificate', `its format is not ${format}`);
  namesExactly(read, ['format', 'ordered', 'done'], 'certificate');
  return { ordered: readEntry(read['ordered'], 'ordered'), done: readEntry(read['done'], 'done') };
};

interface Proven {
  readonly origin: string;
  readonly index: number;
  readonly at: Instant;
  readonly told: ReadonlyMap<string, Json>;
  readonly witnesses: readonly string[];
}

/** An entry counts when its proof holds; a disclosure counts when its digest stands in that entry. */
const proven = (
  { entry, disclosures, proof }: CertifiedEntry,
  policy: TrustPolicy,
  place: string,
): Proven => {
  const bytes = Buffer.from(entry);
  const { at, digests, kind: found } = decodeEntry(bytes);
  if (found !== kind) throw notVerified(`${place}, entry`, `it is no ${kind}`);
  const { checkpoint, index } = verifyTlogProof(
    { proof: Buffer.from(proof), leafHash: leafHash(bytes) },
    policy,
  );
  const told = new Map<string, Json>();
  for (const [number, text] of disclosures.entries()) {
    const { name, value } = decodeDisclosure(text);
    if (!digests.includes(digestDisclosure(text)))
      throw notVerified(`${place}, disclosure ${number + 1}`, 'the entry does not hold its digest');
    if (told.has(name)) throw notVerified(`${place}, disclosure ${number + 1}`, `${name} is told twice`);
    told.set(name, value);
  }
  const witnesses = checkpoint.cosigners.map((cosigner) => cosigner.name);
  return { origin: checkpoint.origin, index, at, told, witnesses };
};

const countsOf = (read: unknown, place: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(objectOf(read, place)).map(([name, value]) => [name, countOf(value, `${place}.${name}`)]),
  );

/**
 * Checks a certificate offline. Whom to believe comes from the reader and never from the certificate.
 * @throws Fault `not-verified` with the place
 */
export const verifyErasureCertificate = (
  { done, ordered }: ErasureCertificate,
  policy: TrustPolicy,
): CertifiedErasure => {
  const [first, last] = [proven(ordered, policy, 'ordered'), proven(done, policy, 'done')];
  const [order, outcome] = [
    objectOf(first.told.get('detail'), 'ordered, detail'),
    objectOf(last.told.get('detail'), 'done, detail'),
  ];
  if (order['act'] !== 'ordered') throw notVerified('ordered, detail', 'it ordered no erasure');
  if (outcome['act'] !== 'done')
    throw notVerified('done, detail', 'it does not say that an erasure was done');
  for (const name of ['request', 'class', 'basis'])
    if (typeof order[name] !== 'string' || order[name] !== outcome[name])
      throw notVerified('done, detail', `its ${name} is another than what was ordered`);
  if (first.told.get('agent') !== last.told.get('agent'))
    throw notVerified('done', 'somebody else than who ordered it stands for it');
  if (first.origin === last.origin && first.index >= last.index)
    throw notVerified('done', 'it was on record before it was ordered');
  const { kept } = outcome;
  return {
    origin: last.origin,
    request: textOf(order['request'], 'ordered, request'),
    subjectClass: textOf(order['class'], 'ordered, class'),
    basis: textOf(order['basis'], 'ordered, basis'),
    decidedBy: textOf(first.told.get('agent'), 'ordered, agent'),
    role: textOf(first.told.get('role'), 'ordered, role'),
    orderedAt: first.at,
    doneAt: last.at,
    destroyedAt: textOf(outcome['destroyed_at'], 'done, destroyed_at'),
    entries: countOf(order['entries'], 'ordered, entries'),
    destroyed: countsOf(outcome['destroyed'], 'done, destroyed'),
    kept: Array.isArray(kept) ? kept.map((one) => textOf(one, 'done, kept')) : [],
    witnesses: first.witnesses.filter((name) => last.witnesses.includes(name)),
  };
};

/** What certificates show of an entry: who decided and what, and neither session nor place. */
const certifiedNames: readonly string[] = ['agent', 'role', 'detail'];

/** The disclosures of an entry that a certificate shows. @throws Fault `bug` when one is missing */
export const certifiedDisclosures = (told: readonly string[]): readonly string[] => {
  const shown = told.filter((text) => certifiedNames.includes(decodeDisclosure(text).name));
  if (shown.length !== certifiedNames.length)
    throw new Fault('bug', 'an entry of an erasure lacks what its certificate shows');
  return shown;
};
