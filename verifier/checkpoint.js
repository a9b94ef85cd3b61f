// Checkpoints, and whom to believe about them: C2SP tlog-checkpoint and tlog-policy.
import { checkNote, readKey, readNote } from './note.js';
import { sha256 } from './sha256.js';
import { readHash, readNumber, readText, refuse, same } from './text.js';

/** Origin, size, root: C2SP tlog-checkpoint. Nothing in it is to be believed yet. */
export const readCheckpoint = (bytes, place) => {
  const note = readNote(bytes, place);
  const [origin, size, root, ...more] = note.text.slice(0, -1).split('\n');
  if (origin === '') refuse(`${place}, line 1`, 'no origin');
  const head = { origin, size: readNumber(size ?? '', `${place}, line 2`) };
  head.root = readHash(root ?? '', `${place}, line 3`);
  if (head.size === 0 && !same(head.root, sha256()))
    refuse(`${place}, line 3`, 'an empty tree has another root');
  if (more.includes('')) refuse(place, 'an empty line');
  return { ...head, note };
};

/** The words of one line, or undefined for an empty line or a comment. Names are octets. */
const wordsOf = (line, place) => {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(line)) refuse(place, 'it holds a control character');
  const words = line.split(/[\t ]+/).filter(Boolean);
  return words.length === 0 || words[0].startsWith('#') ? undefined : words;
};

const define = (policy, name, party, place) => {
  if (name === undefined || name === 'none' || policy.parties.has(name))
    refuse(place, 'a name that is taken');
  policy.parties.set(name, party);
};

/** A key of the type that its line asks for, and not given before. */
const keyOf = (word, type, others, place) => {
  const octets = Uint8Array.from(word ?? '', (character) => character.charCodeAt(0));
  const key = readKey(readText(octets, place));
  if (key.type !== type) refuse(place, 'a key of the wrong type');
  if (others.some((other) => same(other.publicKey, key.publicKey)))
    refuse(place, 'a key that was given before');
  return key;
};

const lineReaders = {
  log(policy, words, place) {
    if (words.length > 2) refuse(place, 'not log VKEY [URL]');
    policy.logs.push(keyOf(words[0], 1, policy.logs, place));
  },
  witness(policy, words, place) {
    if (words.length > 3) refuse(place, 'not witness NAME VKEY [URL]');
    const others = [...policy.parties.values()].flatMap(({ key }) => key ?? []);
    define(policy, words[0], { key: keyOf(words[1], 4, others, place) }, place);
  },
  group(policy, [name, threshold, ...members], place) {
    if (members.length === 0) refuse(place, 'not group NAME (all|any|K) NAME...');
    for (const member of members) {
      const party = policy.parties.get(member) ?? refuse(place, 'a member is not defined on a line before');
      // Once in the whole policy, so that each witness counts in one way only.
      if (party.isMember) refuse(place, 'a member already belongs to a group');
      party.isMember = true;
    }
    const named = new Map([
      ['all', members.length],
      ['any', 1],
    ]);
    const needed = named.get(threshold) ?? readNumber(threshold, place);
    if (needed < 1 || needed > members.length) refuse(place, 'a threshold that cannot be');
    define(policy, name, { needed, members }, place);
  },
  quorum(policy, [name, ...more], place) {
    if (name === undefined || more.length > 0) refuse(place, 'not quorum NAME');
    if (policy.quorum !== undefined) refuse(place, 'a second quorum line');
    if (name !== 'none' && !policy.parties.has(name)) refuse(place, 'it is not defined on a line before');
    policy.quorum = name;
  },
};

/** Logs and witnesses to believe, and the quorum: see C2SP tlog-policy. */
export const readPolicy = (bytes, place = 'policy') => {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (bytes.length > 262_144 || !text.endsWith('\n'))
    refuse(place, 'too long, or the last line does not end');
  const policy = { logs: [], parties: new Map(), quorum: undefined };
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > 4_096) refuse(place, 'over 4096 lines');
  for (const [at, line] of lines.entries()) {
    const where = `${place}, line ${at + 1}`;
    const [keyword, ...words] = wordsOf(line, where) ?? [];
    if (keyword === undefined) continue;
    if (!Object.hasOwn(lineReaders, keyword))
      refuse(where, 'it begins with none of log, witness, group, quorum');
    lineReaders[keyword](policy, words, where);
  }
  return policy.quorum === undefined ? refuse(place, 'no quorum line') : policy;
};

/** A policy that believes one log and asks for no witness. */
export const policyOfKey = (key) =>
  key.type === 1
    ? { logs: [key], parties: new Map(), quorum: 'none' }
    : refuse('verifier key', 'a witness key is no log key');

/** Believes a checkpoint that a log of the policy signed and the quorum cosigned. */
export const judgeCheckpoint = async (bytes, policy, place = 'checkpoint') => {
  const checkpoint = readCheckpoint(bytes, place);
  const logs = policy.logs.filter(({ name }) => name === checkpoint.origin);
  if (logs.length === 0) refuse(`${place}, line 1`, 'the origin is not the name of a trusted log');
  const witnesses = [...policy.parties].filter(([, party]) => party.key !== undefined);
  const keys = [...logs, ...witnesses.map(([, { key }]) => key)];
  const held = await checkNote(checkpoint.note, keys, place);
  if (!held.some(({ key }) => logs.includes(key))) refuse(place, 'no trusted log signed it');
  const cosigners = witnesses.flatMap(([name, { key }]) => {
    const found = held.find((signature) => signature.key === key);
    return found === undefined ? [] : [{ name, time: found.time }];
  });
  const counts = (name) => {
    const { members, needed } = policy.parties.get(name);
    if (members === undefined) return cosigners.some((cosigner) => cosigner.name === name);
    return members.filter(counts).length >= needed;
  };
  if (policy.quorum !== 'none' && !counts(policy.quorum))
    refuse(place, `the quorum is not reached: ${cosigners.length} of ${witnesses.length} witnesses cosigned`);
  return { ...checkpoint, cosigners };
};
