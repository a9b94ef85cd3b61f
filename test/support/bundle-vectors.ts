import {
  type BundleFiles,
  formatManifest,
  manifestNotePath,
  manifestPath,
  signManifest,
} from '../../src/analysis/tlog/bundle/manifest.ts';
import { formatCompleteness, formatWithheld } from '../../src/analysis/tlog/bundle/statements.ts';
import { digestDisclosure } from '../../src/analysis/tlog/entry/disclosure.ts';
import { fixedZip } from '../../src/platform/archive/fixed-zip.ts';
import { sampleEntries, sampleKeys, sampleLog, samplePolicy, sampleProof } from './sample-log.ts';

const sealed = (
  files: BundleFiles,
  change: (files: Map<string, Uint8Array>) => void = () => undefined,
): Buffer => {
  const made = new Map(files);
  change(made);
  const manifest = formatManifest(made);
  made.set(manifestPath, Buffer.from(manifest));
  made.set(manifestNotePath, Buffer.from(signManifest(manifest, sampleKeys.log)));
  return fixedZip(made);
};

/** Entries 3 to 6 of a log of nine: of each the first value is shown and the others are withheld. */
const sampleFiles = (): Map<string, Uint8Array> => {
  const entries = sampleEntries(9, 31);
  const log = sampleLog(entries.map(({ bytes }) => bytes));
  const indexes = [3, 4, 5, 6];
  const shownOf = (index: number): string => entries[index]?.disclosures[0] ?? '';
  const files = new Map<string, Uint8Array>([
    ['README.txt', Buffer.from('A sample.\n')],
    ['report.html', Buffer.from('<!doctype html>\n')],
    ['checkpoint', log.get('checkpoint') ?? Buffer.of()],
    ['completeness.json', Buffer.from(formatCompleteness({ kind: 'entries', first: 3, last: 6 }))],
    [
      'withheld.json',
      Buffer.from(
        formatWithheld(
          indexes.map((index) => ({
            index,
            class: 'customer',
            why: 'withheld',
            digests: (entries[index]?.disclosures.slice(1) ?? []).map(digestDisclosure),
          })),
        ),
      ),
    ],
  ]);
  for (const index of indexes) {
    files.set(`entries/${index}.bin`, entries[index]?.bytes ?? Buffer.of());
    files.set(`proofs/${index}.tlog-proof`, Buffer.from(sampleProof(index, 9, log)));
    files.set(`disclosures/${index}.txt`, Buffer.from(`${shownOf(index)}\n`));
  }
  return files;
};

export const bundleVectors = () => {
  const files = sampleFiles();
  const text = (path: string): string => Buffer.from(files.get(path) ?? '').toString();
  const case64 = (zip: Buffer, why?: string) => ({
    zip: zip.toString('base64'),
    holds: why === undefined,
    why,
  });
  const changed = (why: string, path: string, content: string | undefined) =>
    case64(
      sealed(files, (made) =>
        content === undefined ? made.delete(path) : made.set(path, Buffer.from(content)),
      ),
      why,
    );
  const good = sealed(files);
  const flipped = Buffer.from(good);
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  return {
    policy: samplePolicy(),
    cases: [
      case64(good),
      case64(flipped, 'a bit was flipped'),
      case64(Buffer.concat([good, Buffer.of(0)]), 'a byte follows the zip'),
      changed('it brings its own policy', 'policy.txt', samplePolicy()),
      changed('a file that does not belong there', 'entries/more', 'x'),
      changed('an entry without its proof', 'proofs/4.tlog-proof', undefined),
      changed('the proof of another entry', 'proofs/4.tlog-proof', text('proofs/5.tlog-proof')),
      changed('a value that another entry committed to', 'disclosures/4.txt', text('disclosures/5.txt')),
      changed('a value twice', 'disclosures/4.txt', text('disclosures/4.txt').repeat(2)),
      changed('a claim that goes further', 'completeness.json', '{"first":3,"kind":"entries","last":7}\n'),
      changed('a claim spelt otherwise', 'completeness.json', '{"first":3, "kind":"entries","last":6}\n'),
      changed(
        'a digest called withheld that is shown',
        'withheld.json',
        formatWithheld([
          {
            index: 4,
            class: 'customer',
            why: 'withheld',
            digests: [digestDisclosure(text('disclosures/4.txt').trim())],
          },
        ]),
      ),
      changed(
        'a checkpoint without its cosignatures',
        'checkpoint',
        text('checkpoint').split('\n').slice(0, 5).join('\n').concat('\n'),
      ),
    ],
  };
};
