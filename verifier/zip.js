// A zip in one form only: names sorted, nothing compressed, one time for all. Of any two zips with the same files one
// is not that, so there is no place in one where something else could hide.
import { readText, refuse, utf8 } from './text.js';

// 1980-01-01 00:00, as MS-DOS wrote times.
const fixedDate = 0x0021;

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const crc32 = (bytes) => {
  let value = -1;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
};

/** The 26 bytes that a file's local header and its line in the directory share, from the version on. */
const sharedHeader = (view, at, { crc, size, name }) => {
  view.setUint16(at, 20, true);
  view.setUint16(at + 8, fixedDate, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name.length, true);
};

/** The one zip of these files, and where each of them begins in it. */
const writeZip = (files) => {
  const names = [...files.keys()].sort();
  const parts = names.map((name) => ({
    name: utf8(name),
    bytes: files.get(name),
    crc: crc32(files.get(name)),
  }));
  const bodies = parts.reduce((sum, { name, bytes }) => sum + 30 + name.length + bytes.length, 0);
  const lines = parts.reduce((sum, { name }) => sum + 46 + name.length, 0);
  const zip = new Uint8Array(bodies + lines + 22);
  const view = new DataView(zip.buffer);
  let at = 0;
  let line = bodies;
  for (const { name, bytes, crc } of parts) {
    const shared = { crc, size: bytes.length, name };
    view.setUint32(line, 0x02014b50, true);
    view.setUint16(line + 4, 20, true);
    sharedHeader(view, line + 6, shared);
    view.setUint32(line + 42, at, true);
    zip.set(name, line + 46);
    line += 46 + name.length;
    view.setUint32(at, 0x04034b50, true);
    sharedHeader(view, at + 4, shared);
    zip.set(name, at + 30);
    zip.set(bytes, at + 30 + name.length);
    at += 30 + name.length + bytes.length;
  }
  view.setUint32(line, 0x06054b50, true);
  view.setUint16(line + 8, parts.length, true);
  view.setUint16(line + 10, parts.length, true);
  view.setUint32(line + 12, lines, true);
  view.setUint32(line + 16, bodies, true);
  return zip;
};

const pathPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** The files of a zip, by path. Refuses every zip that is not in the one form. */
export const readZip = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = new Map();
  const starts = [];
  let at = 0;
  while (at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50) {
    const [size, nameSize] = [view.getUint32(at + 22, true), view.getUint16(at + 26, true)];
    const body = at + 30 + nameSize;
    if (body + size > bytes.length) refuse(`zip, file ${files.size + 1}`, 'the zip ends inside it');
    const name = readText(bytes.subarray(at + 30, body), `zip, name of file ${files.size + 1}`);
    if (!pathPattern.test(name)) refuse(`zip, name of file ${files.size + 1}`, 'not a path of a bundle');
    if (files.has(name)) refuse(`zip, ${name}`, 'it is there twice');
    files.set(name, bytes.subarray(body, body + size));
    starts.push([at, name]);
    at = body + size;
  }
  if (files.size === 0) refuse('zip', 'it does not begin with a file');
  const expected = writeZip(files);
  const differs = expected.findIndex((byte, place) => byte !== bytes[place]);
  if (differs === -1 && expected.length === bytes.length) return files;
  const where = differs === -1 ? expected.length : differs;
  const [, name] = starts.findLast(([start]) => start <= where && where < at) ?? [0, 'its directory'];
  return refuse(
    `zip, ${name}`,
    `byte ${where} is not what it must be: the file was changed or made otherwise`,
  );
};
