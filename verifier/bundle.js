// An evidence bundle: formats/bundle.md.
import { judgeCheckpoint, readCheckpoint } from './checkpoint.js';
import { base64url, verifyDisclosures } from './entry.js';
import { checkNote, readNote } from './note.js';
import { readProof } from './proof.js';
import { sha256 } from './sha256.js';
import { hex, readHash, readNumber, readText, refuse, same, utf8 } from './text.js';
import { checkConsistency, leaf, rootOfPath } from './tree.js';
import { readZip } from './zip.js';

const number = '(0|[1-9][0-9]{0,15})';
const kinds = [
  ['entry', new RegExp(`^entries/${number}\\.bin$`)],
  ['proof', new RegExp(`^proofs/${number}\\.tlog-proof$`)],
  ['disclosures', new RegExp(`^disclosures/${number}\\.txt$`)],
  ['consistency', new RegExp(`^consistency/${number}-${number}$`)],
  ['stamped', new RegExp(`^timestamps/${number}\\.checkpoint$`)],
  ['stamp', new RegExp(`^timestamps/${number}\\.tsr$`)],
];
const single = [
  'README.txt',
  'checkpoint',
  'completeness.json',
  'manifest.note',
  'manifest.txt',
  'report.html',
  'withheld.json',
];
const optional = ['tools/verify-plain.sh', 'tools/verify.html'];

/** Sorts the files by what they are. A bundle that brings keys is refused: they have to come from the reader. */
const sortFiles = (files) => {
  const sorted = Object.fromEntries(kinds.map(([kind]) => [kind, new Map()]));
  for (const path of files.keys()) {
    const [kind, pattern] = kinds.find(([, shape]) => shape.test(path)) ?? [];
    if (kind !== undefined) {
      const numbers = pattern
        .exec(path)
        .slice(1)
        .map((digits) => readNumber(digits, path));
      sorted[kind].set(kind === 'consistency' ? numbers.join('-') : numbers[0], path);
    } else if (!single.includes(path) && !optional.includes(path))
      refuse(
        path,
        /key|policy|trust|\.pem$|\.crt$/i.test(path)
          ? 'the bundle brings its own keys; whom to believe has to come from you'
          : 'no such file belongs into a bundle',
      );
  }
  for (const path of single) if (!files.has(path)) refuse(path, 'the file is missing');
  return sorted;
};

/** Every file but the manifest's own two has the hash that the manifest says, and nothing else is listed. */
const checkManifest = async (files, policy, origin) => {
  const listed = [...files.keys()].filter((path) => !path.startsWith('manifest.')).sort();
  const lines = readText(files.get('manifest.txt'), 'manifest.txt').split('\n');
  listed.forEach((path, at) => {
    const expected = `${hex(sha256(files.get(path)))}  ${path}`;
    if (lines[at] === expected) return;
    if (lines[at]?.slice(64) === expected.slice(64))
      refuse(path, 'it is not the file that the manifest was made of');
    refuse(`manifest.txt, line ${at + 1}`, `not the line of ${path}`);
  });
  if (lines.length !== listed.length + 1 || lines.at(-1) !== '')
    refuse('manifest.txt', 'it lists other files');
  const note = readNote(files.get('manifest.note'), 'manifest.note');
  const keys = policy.logs.filter(({ name }) => name === origin);
  await checkNote(note, keys, 'manifest.note');
  const digest = btoa(String.fromCharCode(...sha256(files.get('manifest.txt'))));
  if (note.text !== `casebound evidence bundle v1\n${origin}\n${digest}\n`)
    refuse('manifest.note', 'it was signed for another manifest');
};

/** Each entry stands under the bundle's own checkpoint, which was judged once for all of them. */
const checkProofs = (files, sorted, checkpoint) => {
  const note = readText(files.get('checkpoint'), 'checkpoint');
  for (const [index, path] of sorted.proof)
    if (!sorted.entry.has(index)) refuse(path, 'its entry is missing');
  for (const [index, path] of sorted.entry) {
    const place = sorted.proof.get(index) ?? refuse(path, 'its proof is missing');
    const proof = readProof(files.get(place), place);
    if (proof.index !== index) refuse(place, `it is of entry ${proof.index}`);
    if (readText(proof.checkpoint, place) !== note) refuse(place, 'it is for another checkpoint');
    if (index >= checkpoint.size) refuse(place, 'the index lies beyond the tree');
    const root = rootOfPath(index, checkpoint.size, leaf(files.get(path)), proof.hashes);
    if (!same(root, checkpoint.root))
      refuse(place, `it does not lead from ${path} to the root of the checkpoint`);
  }
};

const located = (place, check) => {
  try {
    return check();
  } catch (thrown) {
    if (thrown.name !== 'NotVerified') throw thrown;
    return refuse(place, thrown.message);
  }
};

const readEntries = (files, sorted) => {
  for (const [index, path] of sorted.disclosures)
    if (!sorted.entry.has(index)) refuse(path, 'its entry is missing');
  return [...sorted.entry]
    .sort(([left], [right]) => left - right)
    .map(([index, path]) => {
      const shown = sorted.disclosures.get(index);
      const text = shown === undefined ? '' : readText(files.get(shown), shown);
      if (shown !== undefined && !text.endsWith('\n')) refuse(shown, 'the last line does not end');
      const texts = text.split('\n').slice(0, -1);
      return { index, texts, ...located(shown ?? path, () => verifyDisclosures(files.get(path), texts)) };
    });
};

const parse = (text, place) => {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(place, 'not JSON');
  }
};

/** What is not shown was committed to all the same: each digest stands in its entry and is not among those shown. */
const checkWithheld = (files, entries) => {
  const text = readText(files.get('withheld.json'), 'withheld.json');
  const all = parse(text, 'withheld.json');
  if (!Array.isArray(all)) refuse('withheld.json', 'not a list');
  const known = new Map(entries.map((entry) => [entry.index, entry]));
  const lines = all.map((one, at) => {
    const place = `withheld.json, line ${at + 2}`;
    const { index, class: subject, why, digests } = one ?? {};
    const entry = known.get(index) ?? refuse(place, 'of an entry that is not here');
    if (
      !['customer', 'actor'].includes(subject) ||
      !['withheld', 'not-kept'].includes(why) ||
      !Array.isArray(digests)
    )
      refuse(place, 'not in the form of formats/bundle.md');
    const { digests: committed } = entry;
    const shown = entry.texts.map((one) => base64url(sha256(utf8(one))));
    for (const digest of digests) {
      if (!committed.includes(digest)) refuse(place, `entry ${index} holds no such digest`);
      if (shown.includes(digest)) refuse(place, `entry ${index} shows this value`);
    }
    return JSON.stringify({ class: subject, digests, index, why });
  });
  if (text !== `[\n${lines.join(',\n')}${lines.length > 0 ? '\n' : ''}]\n`)
    refuse('withheld.json', 'not in its one form');
  return all.filter(({ why }) => why === 'withheld').reduce((sum, { digests }) => sum + digests.length, 0);
};

const shownValue = ({ fields }, name) => fields.find((field) => field.name === name)?.value;

const checkCustomer = ({ customer, first, last, offset, from, to }, entries) => {
  if (!Number.isSafeInteger(offset) || offset < 0) refuse('completeness.json', 'no offset');
  entries.forEach((entry, at) => {
    const place = `entry ${entry.index}`;
    const { no, previous } = shownValue(entry, 'chain') ?? {};
    if (shownValue(entry, 'customer') !== customer)
      refuse(place, 'it does not show that it is about this customer');
    if (no !== first + at)
      refuse(place, `it is number ${no} of the customer where ${first + at} is due: one is missing`);
    const before = entries[at - 1]?.index;
    const isFirst = no === 1 ? previous === null : previous < entry.index + offset;
    const fits = before === undefined ? isFirst : previous === before + offset;
    if (!fits) refuse(place, 'it names another entry as the one before it');
  });
  const [start, end] = [entries[0], entries.at(-1)];
  if (entries.length !== last - first + 1)
    refuse('completeness.json', `${entries.length} entries are not ${first} to ${last}`);
  if (from !== undefined && first > 1 && start.at >= from)
    refuse(
      'completeness.json',
      `nothing shows that no entry between ${from} and entry ${start.index} is missing`,
    );
  if (to !== undefined && end.at < to && end.kind !== 'export/v1')
    refuse(
      'completeness.json',
      `nothing shows that no entry between entry ${end.index} and ${to} is missing`,
    );
  const words = `all entries about ${customer} from number ${first} to number ${last}`;
  return from === undefined && to === undefined
    ? words
    : `${words}, which cover ${from ?? 'the beginning'} to ${to ?? 'the end'}`;
};

/** What the bundle claims to be whole in, after checking it. */
const checkCompleteness = (files, entries) => {
  const place = 'completeness.json';
  const text = readText(files.get(place), place);
  const claim = parse(text, place) ?? {};
  const sorted = Object.fromEntries(Object.entries(claim).sort(([left], [right]) => (left < right ? -1 : 1)));
  if (text !== `${JSON.stringify(sorted)}\n`) refuse(place, 'not in its one form');
  const { kind, first, last } = claim;
  if (kind === 'none') return 'nothing is claimed';
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || entries.length === 0)
    refuse(place, 'not in the form of formats/bundle.md');
  if (kind === 'customer') return checkCustomer(claim, entries);
  if (kind !== 'entries') refuse(place, 'a claim that this verifier does not know');
  entries.forEach(({ index }, at) => {
    if (index !== first + at) refuse(place, `entry ${first + at} is missing`);
  });
  if (entries.at(-1).index !== last) refuse(place, `the last entry is ${entries.at(-1).index}`);
  return `every entry from ${first} to ${last}`;
};

const checkOlder = (files, sorted, older, checkpoint, place) => {
  if (older.origin !== checkpoint.origin) refuse(place, 'it is of another log');
  if (older.size > checkpoint.size) refuse(place, 'the log has shrunk since');
  if (older.size === 0) return;
  const path = sorted.consistency.get(`${older.size}-${checkpoint.size}`);
  if (path === undefined && older.size !== checkpoint.size)
    refuse(
      place,
      `the bundle has no consistency/${older.size}-${checkpoint.size}: ask for one made with this checkpoint`,
    );
  const text = path === undefined ? '' : readText(files.get(path), path);
  const hashes = text
    .split('\n')
    .slice(0, -1)
    .map((line, at) => readHash(line, `${path}, line ${at + 1}`));
  if (text !== '' && !text.endsWith('\n')) refuse(path, 'the last line does not end');
  checkConsistency(older, checkpoint, hashes, path ?? place);
};

/**
 * RFC 3161 tokens: that each is over a head of this very log. The service's own signature is not checked here, which
 * takes the certificate that the reader trusts: openssl ts -verify.
 */
const checkTimestamps = async (files, sorted, checkpoint, policy) => {
  const logOnly = { ...policy, quorum: 'none' };
  for (const [size, path] of sorted.stamp)
    if (!sorted.stamped.has(size)) refuse(path, 'what it stamps is missing');
  for (const [size, path] of sorted.stamped) {
    const token = files.get(sorted.stamp.get(size) ?? refuse(path, 'its token is missing'));
    const stamped = await judgeCheckpoint(files.get(path), logOnly, path);
    if (stamped.size !== size) refuse(path, `it has ${stamped.size} entries`);
    checkOlder(files, sorted, stamped, checkpoint, path);
    // An OCTET STRING of 32 bytes with the digest: the imprint.
    const imprint = hex(Uint8Array.of(4, 32, ...sha256(files.get(path))));
    if (!hex(token).includes(imprint)) refuse(sorted.stamp.get(size), `it does not stamp ${path}`);
  }
  return [...sorted.stamped.keys()].sort((left, right) => left - right);
};

/** Checks a bundle, `zip`, with what the reader trusts. `held`: checkpoints that the reader kept from earlier. */
export const verifyBundle = async (zip, policy, { held = [] } = {}) => {
  const files = readZip(zip);
  const sorted = sortFiles(files);
  const { origin } = readCheckpoint(files.get('checkpoint'), 'checkpoint');
  const checkpoint = await judgeCheckpoint(files.get('checkpoint'), policy);
  await checkManifest(files, policy, origin);
  checkProofs(files, sorted, checkpoint);
  const entries = readEntries(files, sorted);
  const withheld = checkWithheld(files, entries);
  const complete = checkCompleteness(files, entries);
  const timestamps = await checkTimestamps(files, sorted, checkpoint, policy);
  for (const [at, kept] of held.entries()) {
    const place = `held checkpoint ${at + 1}`;
    const found = await judgeCheckpoint(kept, policy, place);
    checkOlder(files, sorted, found, checkpoint, place);
  }
  return { checkpoint, entries, withheld, complete, timestamps };
};
