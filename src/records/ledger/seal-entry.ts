import { encodeDisclosure, encodeEntry } from '../../analysis/tlog/entry/entry.ts';
import type { CustomerId } from '../../model/id.ts';
import type { Chance } from '../../model/ports.ts';
import type { EntryDraft, Json } from './entry-draft.ts';

/** Where a customer's chain of entries stands: their number so far, and the place of the last one. */
export interface ChainEnd {
  readonly no: number;
  readonly seq: number;
}

/** A draft with its place: what the tree holds, and what stands outside it under the two keys. */
export interface SealedEntry {
  readonly seq: number;
  readonly draft: EntryDraft;
  readonly bytes: Buffer;
  readonly leafHash: Buffer;
  readonly customerSealed: Buffer | undefined;
  readonly actorSealed: Buffer | undefined;
  readonly chain: (ChainEnd & { readonly customerId: CustomerId }) | undefined;
}

const saltBytes = 16;

const disclosuresOf = (
  named: Readonly<Record<string, Json | undefined>>,
  salts: () => Uint8Array,
): string[] =>
  Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [encodeDisclosure(name, value, salts())],
  );

/** The context that binds sealed disclosures to their entry and class. */
export const disclosureContext = (seq: number, subjectClass: 'customer' | 'actor'): string =>
  `disclosure ${seq} ${subjectClass}`;

/**
 * Gives a draft its place in the sequence: salted digests into the tree's bytes, the disclosures themselves
 * sealed under the customer's and the agent's key. `previous` is the customer's last entry, so that whoever is
 * shown all of one customer's entries sees a gap at once.
 */
export const sealEntry = (
  draft: EntryDraft,
  seq: number,
  previous: ChainEnd | undefined,
  chance: Chance,
): SealedEntry => {
  const pool = chance.bytes(saltBytes * 12);
  let used = 0;
  const salts = (): Uint8Array => {
    used += saltBytes;
    return pool.subarray(used - saltBytes, used);
  };
  const { about, by } = draft;
  const no = (previous?.no ?? 0) + 1;
  const customer = about
    ? disclosuresOf(
        { customer: about.customerId, ...about.disclosures, chain: { no, previous: previous?.seq ?? null } },
        salts,
      )
    : [];
  const actor = by ? disclosuresOf({ ...by.disclosures }, salts) : [];
  const { bytes, leafHash } = encodeEntry({
    kind: draft.kind,
    at: draft.at,
    disclosures: [...customer, ...actor],
    chance,
  });
  return {
    seq,
    draft,
    bytes,
    leafHash,
    customerSealed: about?.sealer.seal(Buffer.from(customer.join('\n')), disclosureContext(seq, 'customer')),
    actorSealed: by?.sealer.seal(Buffer.from(actor.join('\n')), disclosureContext(seq, 'actor')),
    chain: about ? { customerId: about.customerId, no, seq } : undefined,
  };
};
