// What an entry says, and the named values it committed to: formats/entry.md and formats/disclosure.md.
import { sha256 } from './sha256.js';
import { readBase64, readText, refuse, utf8 } from './text.js';

const digest = '"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"';
const entryShape = new RegExp(
  `^\\{"_sd":\\[(${digest}(?:,${digest}){11})\\],"_sd_alg":"sha-256",` +
    '"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z)",' +
    '"typ":"([a-z][a-z-]{0,30}/v[1-9][0-9]{0,2})"\\}$',
);

/** An entry: its kind, its time and its twelve digests. */
export const readEntry = (bytes) => {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const found = entryShape.exec(text) ?? refuse('entry', 'not in the form of formats/entry.md');
  const digests = JSON.parse(`[${found[1]}]`);
  if (digests.some((one, at) => at > 0 && digests[at - 1] >= one))
    refuse('entry', 'its digests are not sorted');
  const time = new Date(found[2]);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== found[2])
    refuse('entry', 'there is no such time');
  return { kind: found[3], at: found[2], digests };
};

export const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const readBase64url = (text, place) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) refuse(place, 'not base64url');
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  return readBase64(padded, place);
};

/** RFC 8785, for the values that a disclosure may hold. */
const canonical = (value, depth) => {
  if (typeof value === 'string' && !/^[^\p{Cs}]*$/u.test(value)) refuse('disclosure', 'a lone surrogate');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth === 0) refuse('disclosure', 'its value is nested too deep');
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth - 1)).join(',')}]`;
  const member = (name) => `${canonical(name, 1)}:${canonical(value[name], depth - 1)}`;
  return `{${Object.keys(value).sort().map(member).join(',')}}`;
};

const readDisclosure = (text, place) => {
  if (text.length > 65_535) refuse(place, 'over 65,535 characters');
  const json = readText(readBase64url(text, place), place);
  let parts;
  try {
    parts = JSON.parse(json);
  } catch {
    refuse(place, 'not JSON');
  }
  if (!Array.isArray(parts) || parts.length !== 3) refuse(place, 'not [salt, name, value]');
  const [salt, name, value] = parts;
  if (typeof salt !== 'string' || typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,39}$/.test(name))
    refuse(place, 'its salt or name is outside the format');
  const saltBytes = readBase64url(salt, place).length;
  if (saltBytes < 16 || saltBytes > 64) refuse(place, 'its salt has not 16 to 64 bytes');
  if (`[${canonical(salt, 0)},${canonical(name, 0)},${canonical(value, 8)}]` !== json)
    refuse(place, 'not in its canonical form');
  return { name, value };
};

/** Shows which named values an entry committed to. Each disclosure must fit a digest of the entry. */
export const verifyDisclosures = (entryBytes, texts) => {
  const entry = readEntry(entryBytes);
  const fields = [];
  texts.forEach((text, at) => {
    const place = `disclosure ${at + 1}`;
    const field = readDisclosure(text, place);
    if (!entry.digests.includes(base64url(sha256(utf8(text)))))
      refuse(place, `the entry holds no digest of "${field.name}" as it stands here`);
    if (fields.some(({ name }) => name === field.name)) refuse(place, `"${field.name}" is disclosed twice`);
    fields.push(field);
  });
  return {
    kind: entry.kind,
    at: entry.at,
    digests: entry.digests,
    fields,
    withheld: entry.digests.length - fields.length,
  };
};
