import type { Access } from '../../model/access.ts';
import type { AgentId, CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';

/** Every kind of entry there is. The list only ever grows: formats/entry-kinds.txt holds the committed copy. */
export const entryKinds = [
  'access/v1',
  'denied/v1',
  'contact/v1',
  'approval/v1',
  'break-glass/v1',
  'standing/v1',
  'config/v1',
  'hold/v1',
  'erasure/v1',
  'retention/v1',
  'key/v1',
  'mark-absence/v1',
  'photo-reading/v1',
  'export/v1',
  'lead-feedback/v1',
  'trace/v1',
  'exposure/v1',
] as const;
export type EntryKind = (typeof entryKinds)[number];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a customer may be shown of an entry about them. Sealed under the customer's key. */
export interface CustomerDisclosures {
  readonly action?: string;
  readonly case?: string;
  readonly fields?: readonly string[];
  /** Why, as the law asks: the topic and who started the case. */
  readonly purpose?: { readonly topic: string | null; readonly initiated_by: string | null };
  /** The reason as the agent gave it. */
  readonly reason?: string;
}

/** What names the person who acted. Sealed under the agent's key: employees are data subjects too. */
export interface ActorDisclosures {
  readonly agent: string;
  readonly role: string;
  readonly session?: string;
  readonly place?: {
    readonly team: string | null;
    readonly site: string | null;
    readonly vendor: string | null;
  };
  /** Facts of the act that are about no customer: refusal code, view id, approval id, what was suspended. */
  readonly detail?: { readonly [name: string]: Json };
}

/** An entry before it has a place in the ledger. It holds no value that was shown and no search term. */
export interface EntryDraft {
  readonly kind: EntryKind;
  readonly at: Instant;
  readonly about?: {
    readonly customerId: CustomerId;
    readonly sealer: Sealer;
    readonly disclosures: CustomerDisclosures;
  };
  readonly by?: {
    readonly agentId: AgentId;
    readonly sealer: Sealer;
    readonly disclosures: ActorDisclosures;
  };
  /** Set when the entry records an access: the row that readers of the sequence follow. */
  readonly access?: Omit<Access, 'seq' | 'at'>;
}

export interface Appended {
  readonly seq: number;
  readonly at: Instant;
  /** True when this idempotency key had already been recorded: `seq` and `at` are that first entry's. */
  readonly repeated: boolean;
  /** False when the key was first used for something else: whoever asked must be refused. */
  readonly sameAsk: boolean;
}

export interface AppendOptions {
  /** A UUID chosen by the client: the same key never makes a second entry. */
  readonly idempotencyKey?: string;
  /** What the key is used for, without personal data; the same key for something else shows in `sameAsk`. */
  readonly fingerprint?: string;
}

/** The one way to add to the ledger. Resolves only when the entry is durable. */
export interface Ledger {
  /** @throws Fault `busy` when the queue is full, `storage-full` or `storage-down` when it cannot be made durable. */
  append(draft: EntryDraft, options?: AppendOptions): Promise<Appended>;
}
