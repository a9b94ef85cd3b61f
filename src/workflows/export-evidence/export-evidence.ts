import type { DisclosureClass } from '../../analysis/tlog/bundle/statements.ts';
import type { SignedCheckpoint } from '../../analysis/tlog/checkpoint/checkpoint.ts';
import { Fault } from '../../model/fault.ts';
import type { CustomerId } from '../../model/id.ts';
import type { Clock } from '../../model/ports.ts';
import { fixedZip } from '../../platform/archive/fixed-zip.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { actedByProgram, type SealFor } from '../../records/ledger/acted-by.ts';
import { type Bundle, type BundlePorts, buildBundle } from '../../records/ledger/bundle/build-bundle.ts';
import type { BundleQuery } from '../../records/ledger/bundle/bundle-query.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

export interface ExportPorts extends BundlePorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly sealFor: SealFor;
  /** Undefined when there is no such customer, or their key was destroyed. */
  readonly sealerOf: (customerId: CustomerId) => Promise<Sealer | undefined>;
  /** The checkpoint to hand out that covers this many entries, as well vouched for as it gets. */
  readonly checkpointOver: (size: number) => Promise<SignedCheckpoint>;
}

export interface ExportAsk {
  readonly query: BundleQuery;
  readonly shown: ReadonlySet<DisclosureClass>;
  readonly held: readonly SignedCheckpoint[];
  /** For whom, in words; it is recorded. */
  readonly recipient: string | undefined;
}

export interface Exported extends Bundle {
  readonly zip: Buffer;
  /** The entry that says that this was taken out. */
  readonly seq: number;
  readonly checkpoint: SignedCheckpoint;
}

const recordExport = async (ports: ExportPorts, ask: ExportAsk): Promise<number> => {
  const { query, recipient, shown } = ask;
  const customerId = query.by === 'customer' ? query.customerId : undefined;
  const sealer = customerId && (await ports.sealerOf(customerId));
  if (customerId && !sealer)
    throw new Fault(
      'unprocessable',
      `there is no customer ${customerId}, or their key was destroyed: nothing of theirs can be opened`,
    );
  // Who exactly it is about stands only under that person's own key.
  const words = recipient === undefined ? {} : { recipient };
  const detail = { bundle: query.by, shown: [...shown].sort(), ...(customerId ? {} : words) };
  const { seq } = await ports.ledger.append({
    kind: 'export/v1',
    at: ports.clock.now(),
    ...(customerId && sealer
      ? {
          about: {
            customerId,
            sealer,
            disclosures: { action: 'bundle', ...(recipient === undefined ? {} : { reason: recipient }) },
          },
        }
      : {}),
    by: await actedByProgram(ports.sealFor, detail),
  });
  return seq;
};

/**
 * Takes evidence out of the ledger. The export is an entry first: of a customer's entries it is the last, so that the
 * bundle also shows where they end.
 * @throws Fault `unprocessable` for a query that finds nothing or too much, `not-verified` when records are damaged
 */
export const exportEvidence = async (ports: ExportPorts, ask: ExportAsk): Promise<Exported> => {
  const seq = await recordExport(ports, ask);
  const checkpoint = await ports.checkpointOver(seq - ports.firstSeq + 1);
  const bundle = await buildBundle(ports, { ...ask, checkpoint });
  return { ...bundle, zip: fixedZip(bundle.files), seq, checkpoint };
};
