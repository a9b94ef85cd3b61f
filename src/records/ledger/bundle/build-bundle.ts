import {
  type BundleFiles,
  formatManifest,
  manifestNotePath,
  manifestPath,
  signManifest,
} from '../../../analysis/tlog/bundle/manifest.ts';
import {
  type Completeness,
  type DisclosureClass,
  disclosureClasses,
  formatCompleteness,
  formatWithheld,
  type WithheldValues,
} from '../../../analysis/tlog/bundle/statements.ts';
import type { SignedCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { decodeDisclosure, digestDisclosure } from '../../../analysis/tlog/entry/disclosure.ts';
import { formatNote } from '../../../analysis/tlog/note/note.ts';
import type { SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { Fault } from '../../../model/fault.ts';
import { formatInstant } from '../../../model/instant.ts';
import { consistencyFile, type ProvingPorts, proofFiles, timestampFiles } from './bundle-proofs.ts';
import { type BundleQuery, type Selected, selectEntries } from './bundle-query.ts';
import { bundleReadme, bundleReport } from './bundle-words.ts';
import { type KeptEntry, type KeptValue, keptEntries, type OpenerOf } from './kept-values.ts';

export interface BundlePorts extends ProvingPorts {
  readonly signer: SignerKey;
  readonly openerOf: OpenerOf;
  /** Where the log begins in the whole ledger. */
  readonly firstSeq: number;
  /** The offline verifiers that go with every bundle, by their paths. */
  readonly tools: BundleFiles;
}

export interface BundleAsk {
  readonly query: BundleQuery;
  /** The classes of values that the reader may see. */
  readonly shown: ReadonlySet<DisclosureClass>;
  /** The signed and cosigned head that everything is proven under. */
  readonly checkpoint: SignedCheckpoint;
  /** Checkpoints that the reader holds from earlier: the bundle proves that nothing before them was changed. */
  readonly held: readonly SignedCheckpoint[];
}

export interface Bundle {
  readonly files: BundleFiles;
  readonly entries: number;
  readonly completeness: Completeness;
}

/** What one entry shows, and what it keeps back. */
export interface ShownEntry extends KeptEntry {
  readonly shown: readonly KeptValue[];
  readonly withheld: readonly WithheldValues[];
}

/** At the edge of a selection an entry shows whose it is and its number, and nothing that happened. */
const edgeNames = ['customer', 'chain'];

const splitValues = (entry: KeptEntry, { isEdge }: Selected, { shown }: BundleAsk): ShownEntry => {
  const visible: KeptValue[] = [];
  const withheld: WithheldValues[] = [];
  for (const subjectClass of disclosureClasses) {
    const values = entry.values.get(subjectClass);
    const { index } = entry;
    if (!values) {
      withheld.push({ index, class: subjectClass, why: 'not-kept', digests: [] });
      continue;
    }
    const isShown = ({ name }: KeptValue): boolean =>
      shown.has(subjectClass) && (!isEdge || edgeNames.includes(name));
    visible.push(...values.filter(isShown));
    const hidden = values.filter((value) => !isShown(value));
    const digests = hidden.map(({ text }) => digestDisclosure(text));
    if (digests.length > 0) withheld.push({ index, class: subjectClass, why: 'withheld', digests });
  }
  return { ...entry, shown: visible, withheld };
};

const chainNoOf = ({ shown }: ShownEntry): number | undefined => {
  const chain = shown.find(({ name }) => name === 'chain');
  const value = chain && (decodeDisclosure(chain.text).value as { readonly no?: unknown } | null);
  return typeof value?.no === 'number' ? value.no : undefined;
};

const completenessOf = (
  { query }: BundleAsk,
  entries: readonly ShownEntry[],
  firstSeq: number,
): Completeness => {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) throw new Fault('unprocessable', 'there is no such entry');
  if (query.by === 'entries' || query.by === 'times')
    return { kind: 'entries', first: first.index, last: last.index };
  if (query.by !== 'customer') return { kind: 'none' };
  const numbers = entries.map(chainNoOf);
  const [firstNo, lastNo] = [numbers[0], numbers.at(-1)];
  // Without the numbers nothing can be shown to be whole.
  if (firstNo === undefined || lastNo === undefined || numbers.includes(undefined)) return { kind: 'none' };
  return {
    kind: 'customer',
    customer: query.customerId,
    first: firstNo,
    last: lastNo,
    offset: firstSeq,
    ...(query.from === undefined ? {} : { from: formatInstant(query.from) }),
    ...(query.to === undefined ? {} : { to: formatInstant(query.to) }),
  };
};

/**
 * Builds an evidence bundle: formats/bundle.md. The same ask on the same records gives the same files.
 * @throws Fault `unprocessable` when nothing or too much is asked for, `not-verified` when records are damaged
 */
export const buildBundle = async (ports: BundlePorts, ask: BundleAsk): Promise<Bundle> => {
  const { checkpoint } = ask;
  const selected = await selectEntries(ports.db, ask.query, {
    firstSeq: ports.firstSeq,
    size: checkpoint.size,
  });
  const edges = new Map(selected.map((one) => [one.index, one]));
  const indexes = selected.map(({ index }) => index);
  const kept = await keptEntries(ports, indexes, ports.firstSeq);
  const entries = kept.map((entry) =>
    splitValues(entry, edges.get(entry.index) ?? { index: entry.index, isEdge: false }, ask),
  );
  const completeness = completenessOf(ask, entries, ports.firstSeq);
  const files = new Map<string, Uint8Array>([
    ['checkpoint', Buffer.from(formatNote(checkpoint.note))],
    ['README.txt', Buffer.from(bundleReadme(checkpoint, completeness))],
    ['report.html', Buffer.from(bundleReport(checkpoint, entries))],
    ['withheld.json', Buffer.from(formatWithheld(entries.flatMap(({ withheld }) => withheld)))],
    ['completeness.json', Buffer.from(formatCompleteness(completeness))],
    ...(await proofFiles(ports, checkpoint, kept)),
    ...(await timestampFiles(ports, checkpoint, kept)),
    ...ports.tools,
  ]);
  for (const { index, shown } of entries)
    if (shown.length > 0)
      files.set(`disclosures/${index}.txt`, Buffer.from(`${shown.map(({ text }) => text).join('\n')}\n`));
  for (const older of ask.held)
    for (const [path, bytes] of await consistencyFile(ports, older, checkpoint)) files.set(path, bytes);
  const manifest = formatManifest(files);
  files.set(manifestPath, Buffer.from(manifest));
  files.set(manifestNotePath, Buffer.from(signManifest(manifest, ports.signer)));
  return { files, entries: entries.length, completeness };
};
