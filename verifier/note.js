// Verifier keys and signed notes: C2SP signed-note and tlog-cosignature.
import { sha256 } from './sha256.js';
import { hex, readBase64, readText, refuse, utf8 } from './text.js';

const isName = (name) => name.length <= 255 && /^[^\p{White_Space}\p{Cs}+]+$/u.test(name);

/** Reads a vkey: NAME+KEYID+BASE64(type and public key). Type 1 is a log's key, 4 a witness's. */
export const readKey = (text) => {
  const place = 'verifier key';
  const plus = text.indexOf('+');
  const name = text.slice(0, Math.max(plus, 0));
  const id = text.slice(plus + 1, plus + 9);
  if (!isName(name) || !/^[0-9a-f]{8}$/.test(id) || text[plus + 9] !== '+')
    refuse(place, 'not NAME+KEYID+BASE64');
  const bytes = readBase64(text.slice(plus + 10), place);
  if (bytes[0] !== 1 && bytes[0] !== 4) refuse(place, `signature type ${bytes[0]} is not Ed25519`);
  if (bytes.length !== 33) refuse(place, 'not an Ed25519 public key');
  if (hex(sha256(utf8(`${name}\n`), bytes).subarray(0, 4)) !== id)
    refuse(place, 'its key id does not fit the key');
  return { name, id, type: bytes[0], publicKey: bytes.subarray(1) };
};

const readSignature = (line, place) => {
  const words = line.split(' ');
  if (words.length !== 3 || words[0] !== '\u2014' || !isName(words[1])) refuse(place, 'not a signature line');
  const bytes = readBase64(words[2], place);
  if (bytes.length < 5) refuse(place, 'the signature is too short');
  return { name: words[1], id: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
};

/** Text, an empty line, signature lines. Nothing in it is to be believed yet. */
export const readNote = (bytes, place) => {
  if (bytes.length > 1_000_000) refuse(place, 'over 1,000,000 bytes');
  const all = readText(bytes, place);
  for (const character of all)
    if (character < ' ' && character !== '\n') refuse(place, 'it holds a control character');
  const end = all.lastIndexOf('\n\n');
  if (end < 0 || !all.endsWith('\n') || end + 2 === all.length) refuse(place, 'no signature line');
  const lines = all.slice(end + 2, -1).split('\n');
  if (lines.length > 100) refuse(place, 'over 100 signature lines');
  const signatures = lines.map((line, at) => readSignature(line, `${place}, signature line ${at + 1}`));
  return { text: all.slice(0, end + 1), signatures };
};

const checkEd25519 = async (publicKey, signature, message) => {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined)
    throw new Error('This page may not use cryptography: open it from disk or https.');
  let key;
  try {
    key = await subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
  } catch (cause) {
    if (cause?.name === 'DataError') return false;
    throw new Error(
      'This browser cannot check Ed25519 signatures. Use Chrome 137, Firefox 130, Safari 17 or newer, or run ' +
        'node verify.js with Node 18.4 or newer.',
    );
  }
  return subtle.verify({ name: 'Ed25519' }, key, signature, message);
};

const checkSignature = async (text, key, signature) => {
  if (key.type === 1)
    return signature.length === 64 && (await checkEd25519(key.publicKey, signature, utf8(text)))
      ? {}
      : undefined;
  // A cosignature (type 4): 8 bytes of time, then the signature over a text that holds the time.
  if (signature.length !== 72) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
  return (await checkEd25519(key.publicKey, signature.subarray(8), message))
    ? { time: Number(time) }
    : undefined;
};

/** The signatures by `keys`; others are passed over, a bad one by a known key spoils the note. */
export const checkNote = async (note, keys, place) => {
  const held = [];
  for (const [at, { name, id, signature }] of note.signatures.entries()) {
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key === undefined) continue;
    const found = await checkSignature(note.text, key, signature);
    if (found === undefined) refuse(`${place}, signature line ${at + 1}`, `the signature of ${name} is bad`);
    held.push({ key, ...found });
  }
  return held.length > 0 ? held : refuse(place, 'no trusted key signed it');
};
