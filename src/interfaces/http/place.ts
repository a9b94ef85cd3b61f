import { parseId } from '../../model/id.ts';
import { type Instant, instantOf } from '../../model/instant.ts';

type IdKind = Parameters<typeof parseId>[0];

/** Where a page of a list by time ended: `1795402300735.cas_...`. It holds an instant and an id, nothing else. */
export const writePlace = (at: Instant, id: string): string => `${at}.${id}`;

export const placePattern = (prefix: string): string => `^[0-9]{1,15}\\.${prefix}_[0-9A-Za-z]{22}$`;

export const readPlace = <Kind extends IdKind>(kind: Kind, text: string | undefined) => {
  const [at = '', told = ''] = (text ?? '').split('.');
  const id = parseId(kind, told);
  return id && { at: instantOf(Number(at)), id };
};
