import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import type { AgentId, SessionId } from '../../model/id.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { AlertOutbox } from '../../records/alert/alert-outbox.ts';
import type { AlertWriter } from '../../records/alert/alert-writer.ts';
import type { AskerFacts } from '../../records/facts/gather-facts.ts';
import type { IssuedViewReader } from '../../records/issued-views/issued-view-reader.ts';
import type { Ledger } from '../../records/ledger/entry-draft.ts';

/** What putting marks on views stands on. */
export interface MarkingPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly catalogue: Pick<FieldCatalogue, 'fields' | 'version'>;
  /** The longest a view may be worked in. */
  readonly viewMaxMs: number;
  readonly views: Pick<IssuedViewReader, 'isShownIn'>;
  readonly alerts: Pick<AlertWriter, 'add'>;
  readonly outbox: Pick<AlertOutbox, 'send'>;
  /** @throws Fault `not-signed-in` when there is no such session. */
  readonly whoAsks: (sessionId: SessionId) => Promise<AskerFacts>;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}
