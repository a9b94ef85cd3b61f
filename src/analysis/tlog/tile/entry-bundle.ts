import { Fault } from '../../../model/fault.ts';
import { notVerified } from '../not-verified.ts';

/** The longest entry in bytes: a bundle gives its length 16 bits. */
export const entryBytesMax = 65_535;
const lengthBytes = 2;

/** C2SP tlog-tiles: each entry behind its length as a big-endian uint16. */
export const formatEntryBundle = (entries: readonly Uint8Array[]): Buffer => {
  const bytes = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + lengthBytes + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > entryBytesMax) throw new Fault('bug', `an entry is over ${entryBytesMax} bytes`);
    at = bytes.writeUInt16BE(entry.length, at);
    bytes.set(entry, at);
    at += entry.length;
  }
  return bytes;
};

export interface BundleShape {
  /** How many entries it must hold. */
  readonly count: number;
  /** Its path, for the message. */
  readonly place: string;
}

/**
 * Reads the entries of a bundle: exactly `count`, and nothing behind them. They are views of `bytes`.
 *
 * @throws Fault `not-verified` with the entry where it breaks off
 */
export const readEntryBundle = (bytes: Uint8Array, { count, place }: BundleShape): Buffer[] => {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < count) {
    const where = `${place}, entry ${entries.length} of the bundle`;
    if (at + lengthBytes > bundle.length) throw notVerified(where, 'the bundle ends before it');
    const end = at + lengthBytes + bundle.readUInt16BE(at);
    if (end > bundle.length) throw notVerified(where, 'the bundle ends inside it');
    entries.push(bundle.subarray(at + lengthBytes, end));
    at = end;
  }
  if (at !== bundle.length)
    throw notVerified(place, `${bundle.length - at} bytes follow the last of ${count} entries`);
  return entries;
};
