import {
  certifiedDisclosures,
  formatErasureCertificate,
} from '../../analysis/tlog/certificate/erasure-certificate.ts';
import { Fault } from '../../model/fault.ts';
import type { ErasureId } from '../../model/id.ts';
import type { ErasureReader } from '../../records/erasure/erasure-reader.ts';

/** An entry as it is published: its bytes, which are ASCII, and its `.tlog-proof`. */
interface PublishedEntry {
  readonly entry: string;
  readonly proof: string;
}

export interface CertifyPorts {
  readonly erasures: Pick<ErasureReader, 'find'>;
  /** Undefined while it waits to be published. */
  readonly publishedEntry: (seq: number) => Promise<PublishedEntry | undefined>;
}

const certifiedEntry = async (
  ports: CertifyPorts,
  seq: number | undefined,
  told: readonly string[] | undefined,
) => {
  const found = seq === undefined ? undefined : await ports.publishedEntry(seq);
  if (found && told) return { ...found, disclosures: certifiedDisclosures(told) };
  const detail =
    'The entries of this erasure are not in a published checkpoint yet. Try again in a few seconds.';
  throw new Fault('busy', 'the entries of an erasure are not published yet', { detail });
};

/**
 * The certificate of an erasure that is done, as a file that anyone checks offline with the log's key.
 * @throws Fault `not-found` when there is none of this id, `conflict` while it is not done, `busy` while its entries
 *   are not published
 */
export const certify = async (ports: CertifyPorts, id: ErasureId): Promise<string> => {
  const erasure = await ports.erasures.find(id);
  if (!erasure) throw new Fault('not-found', 'there is no such erasure');
  if (erasure.state !== 'done') {
    const detail = 'This erasure is not done. It goes on by itself; look at its state.';
    throw new Fault('conflict', 'a certificate was asked for an erasure that is not done', { detail });
  }
  const { doneSeq, doneTold, orderedSeq, orderedTold } = erasure;
  return formatErasureCertificate({
    ordered: await certifiedEntry(ports, orderedSeq, orderedTold),
    done: await certifiedEntry(ports, doneSeq, doneTold),
  });
};
