import { notVerified } from '../not-verified.ts';
import { verifyNote } from '../note/note.ts';
import { readVerifierKey, signatureTypes, type VerifierKey } from '../note/verifier-key.ts';
import { readUtf8 } from '../text/utf8.ts';
import { readCheckpoint, type SignedCheckpoint, verifyLogSignature } from './checkpoint.ts';

/** One named party of a policy: a witness, or a group that counts when enough of its members do. */
type Party =
  | { readonly kind: 'witness'; readonly key: VerifierKey; readonly url: string | undefined }
  | { readonly kind: 'group'; readonly needed: number; readonly members: readonly string[] };

/** Whom to believe (C2SP tlog-policy): any of the logs, with cosignatures that make up the quorum. */
export interface TrustPolicy {
  readonly logs: readonly { readonly key: VerifierKey; readonly url: string | undefined }[];
  readonly parties: ReadonlyMap<string, Party>;
  /** The name of a party, or `none`. */
  readonly quorum: string;
}

const policyBytesMax = 262_144;
const linesMax = 4_096;

interface Draft {
  readonly logs: { key: VerifierKey; url: string | undefined }[];
  readonly parties: Map<string, Party>;
  readonly grouped: Set<string>;
  quorum: string | undefined;
}

const readLog = (draft: Draft, words: readonly string[], place: string): void => {
  const [keyText, url, ...more] = words;
  if (keyText === undefined || more.length > 0) throw notVerified(place, 'not log VKEY [URL]');
  const key = readVerifierKeyAt(keyText, place);
  if (key.type !== signatureTypes.ed25519) throw notVerified(place, 'a witness key cannot be a log key');
  if (draft.logs.some((log) => log.key.publicKey.equals(key.publicKey)))
    throw notVerified(place, 'this public key already names a log');
  draft.logs.push({ key, url });
};

const readVerifierKeyAt = (text: string, place: string): VerifierKey => {
  try {
    // Names stand for octets here; a verifier key's name is UTF-8.
    return readVerifierKey(readUtf8(Buffer.from(text, 'latin1'), 'verifier key'));
  } catch (cause) {
    throw notVerified(place, cause instanceof Error ? cause.message : 'not a verifier key', cause);
  }
};

const define = (draft: Draft, name: string, place: string): void => {
  if (name === 'none') throw notVerified(place, 'the name none is taken');
  if (draft.parties.has(name)) throw notVerified(place, 'this name is already defined');
};

const readWitness = (draft: Draft, words: readonly string[], place: string): void => {
  const [name, keyText, url, ...more] = words;
  if (name === undefined || keyText === undefined || more.length > 0)
    throw notVerified(place, 'not witness NAME VKEY [URL]');
  define(draft, name, place);
  const key = readVerifierKeyAt(keyText, place);
  if (key.type !== signatureTypes.cosignature) throw notVerified(place, 'a log key cannot be a witness key');
  // One key under two names would count twice.
  for (const party of draft.parties.values())
    if (party.kind === 'witness' && party.key.publicKey.equals(key.publicKey))
      throw notVerified(place, 'this public key already names a witness');
  draft.parties.set(name, { kind: 'witness', key, url });
};

const readNeeded = (text: string, count: number, place: string): number => {
  if (text === 'all') return count;
  if (text === 'any') return 1;
  const needed = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  if (needed < 1 || needed > count)
    throw notVerified(place, `the threshold is not all, any or 1 to ${count}`);
  return needed;
};

const readGroup = (draft: Draft, words: readonly string[], place: string): void => {
  const [name, threshold, ...members] = words;
  if (name === undefined || threshold === undefined || members.length === 0)
    throw notVerified(place, 'not group NAME (all|any|K) NAME...');
  define(draft, name, place);
  for (const member of members) {
    if (!draft.parties.has(member)) throw notVerified(place, 'a member is not defined on a line before');
    // Each name is a member once in the whole policy, so that each witness counts in one way only.
    if (draft.grouped.has(member)) throw notVerified(place, 'a member already belongs to a group');
    draft.grouped.add(member);
  }
  draft.parties.set(name, { kind: 'group', needed: readNeeded(threshold, members.length, place), members });
};

const readQuorum = (draft: Draft, words: readonly string[], place: string): void => {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) throw notVerified(place, 'not quorum NAME');
  if (draft.quorum !== undefined) throw notVerified(place, 'a second quorum line');
  if (name !== 'none' && !draft.parties.has(name))
    throw notVerified(place, 'the quorum is not defined on a line before');
  draft.quorum = name;
};

const lineReaders = new Map([
  ['log', readLog],
  ['witness', readWitness],
  ['group', readGroup],
  ['quorum', readQuorum],
]);

/**
 * Reads a trust policy (C2SP tlog-policy). Names are octets and are compared as such.
 *
 * @throws Fault `not-verified` with the line that is wrong
 */
export const readTrustPolicy = (bytes: Uint8Array, place = 'policy'): TrustPolicy => {
  if (bytes.length > policyBytesMax) throw notVerified(place, `over ${policyBytesMax} bytes`);
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.endsWith('\n')) throw notVerified(place, 'the last line does not end with a newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > linesMax) throw notVerified(place, `over ${linesMax} lines`);
  const draft: Draft = { logs: [], parties: new Map(), grouped: new Set(), quorum: undefined };
  for (const [at, line] of lines.entries()) {
    const where = `${place}, line ${at + 1}`;
    if (!/^[\t -~\u0080-\u00ff]*$/.test(line)) throw notVerified(where, 'it holds a control character');
    const [keyword = '', ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === '' || keyword.startsWith('#')) continue;
    const read = lineReaders.get(keyword);
    if (read === undefined) throw notVerified(where, 'it begins with none of log, witness, group, quorum');
    read(draft, words, where);
  }
  if (draft.quorum === undefined) throw notVerified(place, 'no quorum line');
  return { logs: draft.logs, parties: draft.parties, quorum: draft.quorum };
};

/** A checkpoint that a policy accepts, and who vouched for it. */
export interface TrustedCheckpoint extends SignedCheckpoint {
  readonly log: VerifierKey;
  /** Witnesses of the policy whose cosignature holds, by their name in the policy; seconds since 1970. */
  readonly cosigners: readonly { readonly name: string; readonly time: number }[];
}

const isReached = (policy: TrustPolicy, name: string, present: ReadonlySet<string>): boolean => {
  const party = policy.parties.get(name);
  if (party === undefined) return false;
  if (party.kind === 'witness') return present.has(name);
  return party.members.filter((member) => isReached(policy, member, present)).length >= party.needed;
};

/** Do these witnesses, by their names in the policy, make up its quorum? */
export const reachesQuorum = (policy: TrustPolicy, present: ReadonlySet<string>): boolean =>
  policy.quorum === 'none' || isReached(policy, policy.quorum, present);

/**
 * Believes a checkpoint when a log of the policy signed it and its cosignatures make up the quorum.
 *
 * @throws Fault `not-verified` with what is missing
 */
export const judgeCheckpoint = (
  bytes: Uint8Array,
  policy: TrustPolicy,
  place = 'checkpoint',
): TrustedCheckpoint => {
  const checkpoint = readCheckpoint(bytes, place);
  const logKeys = policy.logs.map(({ key }) => key);
  const log = verifyLogSignature(checkpoint, logKeys, place);
  const witnesses = [...policy.parties].flatMap(([name, party]) =>
    party.kind === 'witness' ? [{ name, key: party.key }] : [],
  );
  const signatures = verifyNote(checkpoint.note, [log.key, ...witnesses.map(({ key }) => key)], place);
  const times = new Map<string, number>();
  for (const { key, time } of signatures) {
    const witness = witnesses.find((candidate) => candidate.key === key);
    if (witness !== undefined && time !== undefined && !times.has(witness.name))
      times.set(witness.name, time);
  }
  if (!reachesQuorum(policy, new Set(times.keys())))
    throw notVerified(
      place,
      `the quorum is not reached: ${times.size} of ${witnesses.length} witnesses of the policy cosigned`,
    );
  return { ...checkpoint, log: log.key, cosigners: [...times].map(([name, time]) => ({ name, time })) };
};
