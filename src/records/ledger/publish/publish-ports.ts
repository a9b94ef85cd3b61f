import type { SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import type { Clock } from '../../../model/ports.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';

/** A head of this log that somebody outside holds: a witness, or a checkpoint that was exported and kept. */
export interface OutsideHead {
  /** Who holds it, for the message. */
  readonly by: string;
  readonly size: number;
  /** Undefined when only the size is known. */
  readonly root: Buffer | undefined;
}

export interface PublishPorts {
  readonly db: CaseboundDatabase;
  readonly store: LogStore;
  readonly signer: SignerKey;
  readonly clock: Clock;
  /** Asked once, before the first signature of a publisher: see `judgeHeads`. `signed` is where this database stands. */
  readonly outsideHeads?: (signed: SignedHead) => Promise<readonly OutsideHead[]>;
}

/** What the log signed last, as the database has it. `note` is undefined while nothing is signed. */
export interface SignedHead {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string | undefined;
}
