import type { DisclosureClass } from '../../../analysis/tlog/bundle/statements.ts';
import { decodeDisclosure, digestDisclosure } from '../../../analysis/tlog/entry/disclosure.ts';
import { decodeEntry } from '../../../analysis/tlog/entry/entry.ts';
import { notVerified } from '../../../analysis/tlog/not-verified.ts';
import type { Sealer } from '../../../platform/keys/subject-key.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { disclosureContext } from '../seal-entry.ts';

/** Opens what was sealed for one person; undefined when that person's key is gone. */
export type OpenerOf = (subjectClass: DisclosureClass, subjectId: string) => Promise<Sealer | undefined>;

/** One value as it is disclosed: its text, and the name in it. */
export interface KeptValue {
  readonly name: string;
  readonly text: string;
}

export interface KeptEntry {
  /** In the log. */
  readonly index: number;
  readonly bytes: Buffer;
  /** Of each class that is kept and opens. */
  readonly values: ReadonlyMap<DisclosureClass, readonly KeptValue[]>;
}

interface SealedRow {
  readonly seq: number;
  readonly subject_class: DisclosureClass;
  readonly subject_id: string;
  readonly sealed: Buffer;
}

/** A value that the entry never committed to would be a lie in a bundle. */
const checkedValues = (texts: readonly string[], bytes: Buffer, index: number): KeptValue[] => {
  const { digests } = decodeEntry(bytes);
  return texts.map((text) => {
    if (!digests.includes(digestDisclosure(text)))
      throw notVerified(`entry ${index}`, 'a value that is kept for it is none that it committed to');
    return { name: decodeDisclosure(text).name, text };
  });
};

/** Remembers what was asked for once: many entries are about few people. */
const remembering = (openerOf: OpenerOf): OpenerOf => {
  const known = new Map<string, Promise<Sealer | undefined>>();
  return (subjectClass, subjectId) => {
    const name = `${subjectClass} ${subjectId}`;
    const opener = known.get(name) ?? openerOf(subjectClass, subjectId);
    known.set(name, opener);
    return opener;
  };
};

/**
 * Reads entries with the values that are kept for them.
 * @throws Fault `not-verified` when the database holds something else than was committed to
 */
export const keptEntries = async (
  { db, openerOf }: { readonly db: CaseboundDatabase; readonly openerOf: OpenerOf },
  indexes: readonly number[],
  firstSeq: number,
): Promise<KeptEntry[]> => {
  const places = indexes.map((index) => index + firstSeq);
  const openerFor = remembering(openerOf);
  const [entries, sealed] = await faulting(
    Promise.all([
      db.pool.query<{ seq: number; bytes: Buffer }>(
        'select seq, bytes from entry where seq = any ($1::bigint[]) order by seq',
        [places],
      ),
      db.pool.query<SealedRow>(
        'select seq, subject_class, subject_id, sealed from disclosure where seq = any ($1::bigint[])',
        [places],
      ),
    ]),
  );
  const rowsOf = Map.groupBy(sealed.rows, ({ seq }) => seq);
  const kept: KeptEntry[] = [];
  for (const { seq, bytes } of entries.rows) {
    const values = new Map<DisclosureClass, readonly KeptValue[]>();
    for (const row of rowsOf.get(seq) ?? []) {
      const opener = await openerFor(row.subject_class, row.subject_id);
      if (!opener) continue;
      const texts = opener.open(row.sealed, disclosureContext(seq, row.subject_class)).toString().split('\n');
      values.set(row.subject_class, checkedValues(texts, bytes, seq));
    }
    kept.push({ index: seq - firstSeq, bytes, values });
  }
  return kept;
};
