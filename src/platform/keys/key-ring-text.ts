import { Buffer } from 'node:buffer';
import { type RingMaterial, ringKeyBytes, ringKeyId } from './key-ring.ts';

const format = 'casebound-key-ring/1';
const note =
  'Keep a copy of this file apart from the database and its backups. Without it nothing in the vault opens.';

/** A ring as the text of its file: JSON with base64url keys. */
export const formatRing = (ring: RingMaterial): string => {
  const wrapping = [...ring.wrappingKeys].map(([id, key]) => ({ id, key: toText(key) }));
  const hash = { id: ringKeyId('hash', ring.hashKey), key: toText(ring.hashKey) };
  return `${JSON.stringify({ format, note, current: ring.currentId, wrapping, hash }, null, 2)}\n`;
};

/** Reads what `formatRing` wrote. Answers what is wrong as a sentence, which never repeats key material. */
export const parseRing = (text: string): RingMaterial | string => {
  const ring = parseObject(text);
  if (!ring) return 'it is not the JSON that was written';
  if (ring['format'] !== format) return `its format is not ${format}`;
  if (!Array.isArray(ring['wrapping']) || ring['wrapping'].length === 0) return 'it holds no wrapping key';
  const wrappingKeys = new Map<string, Uint8Array>();
  for (const [index, one] of ring['wrapping'].entries()) {
    const read = parseKey('kek', one);
    if (!read) return `wrapping key no. ${index + 1} is damaged or does not fit its id`;
    wrappingKeys.set(read.id, read.key);
  }
  const hash = parseKey('hash', ring['hash']);
  if (!hash) return 'the hash key is damaged or does not fit its id';
  const currentId = ring['current'];
  if (typeof currentId !== 'string' || !wrappingKeys.has(currentId))
    return 'its current wrapping key is not among its keys';
  return { currentId, wrappingKeys, hashKey: hash.key };
};

const toText = (key: Uint8Array): string => Buffer.from(key).toString('base64url');

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const parseKey = (kind: 'kek' | 'hash', read: unknown): { id: string; key: Uint8Array } | undefined => {
  if (typeof read !== 'object' || read === null || !('id' in read) || !('key' in read)) return undefined;
  if (typeof read.id !== 'string' || typeof read.key !== 'string') return undefined;
  const key = Buffer.from(read.key, 'base64url');
  // Node's decoder skips characters it does not know: only re-encoding shows that nothing was skipped
  if (key.length !== ringKeyBytes || toText(key) !== read.key) return undefined;
  return ringKeyId(kind, key) === read.id ? { id: read.id, key: Uint8Array.from(key) } : undefined;
};
