import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { Fault } from '../../model/fault.ts';
import { type FieldName, parseFieldName } from '../../model/field.ts';

/**
 * Named byte strings packed into one, so that a customer is one row and one field can be taken out alone:
 *
 *     version 0x01 | CRC-32 of what follows, u32 | repeated: name length u8, name, content length u16, content
 *
 * Numbers are big-endian; names ascend strictly, so one set of fields has one packing. The checksum is against
 * decay of the storage: each content is sealed with authentication of its own.
 */
const version = 1;
const headBytes = 5;
const contentBytesMax = 65_535;

/** @throws RangeError when a name occurs twice or a content is longer than 65,535 bytes. */
export const packFields = (fields: readonly (readonly [FieldName, Uint8Array])[]): Buffer => {
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const size = sorted.reduce((sum, [name, content]) => sum + 3 + name.length + content.length, headBytes);
  const packed = Buffer.allocUnsafe(size);
  let at = headBytes;
  let last = '';
  for (const [name, content] of sorted) {
    if (name <= last || content.length > contentBytesMax) throw new RangeError(`${name} cannot be packed`);
    last = name;
    at = packed.writeUInt8(name.length, at);
    at += packed.write(name, at, 'latin1');
    at = packed.writeUInt16BE(content.length, at);
    packed.set(content, at);
    at += content.length;
  }
  packed.writeUInt8(version, 0);
  packed.writeUInt32BE(crc32(packed.subarray(headBytes)), 1);
  return packed;
};

/**
 * Takes a packing apart; the contents are views of `packed`, in ascending order of names.
 * @throws Fault `vault-closed` when the bytes are not exactly what `packFields` makes
 */
export const unpackFields = (packed: Buffer): ReadonlyMap<FieldName, Buffer> => {
  if (packed.length < headBytes || packed[0] !== version) throw damaged('its head');
  if (packed.readUInt32BE(1) !== crc32(packed.subarray(headBytes))) throw damaged('its checksum');
  const fields = new Map<FieldName, Buffer>();
  let last = '';
  let at = headBytes;
  while (at < packed.length) {
    const nameEnd = at + 1 + packed.readUInt8(at);
    if (nameEnd + 2 > packed.length) throw damaged('its length');
    const name = parseFieldName(packed.toString('latin1', at + 1, nameEnd));
    const end = nameEnd + 2 + packed.readUInt16BE(nameEnd);
    if (end > packed.length) throw damaged('its length');
    if (name === undefined || name <= last) throw damaged('a name');
    last = name;
    fields.set(name, packed.subarray(nameEnd + 2, end));
    at = end;
  }
  return fields;
};

const damaged = (part: string): Fault => new Fault('vault-closed', `packed fields are damaged in ${part}`);
