import { signCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { reachesQuorum, type TrustPolicy } from '../../../analysis/tlog/checkpoint/trust-policy.ts';
import type { WitnessAnswer } from '../../../analysis/tlog/checkpoint/witness-answer.ts';
import type { SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { Fault, isFault } from '../../../model/fault.ts';
import { type Instant, later } from '../../../model/instant.ts';
import type { Clock } from '../../../model/ports.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { askWitnessSize, type SendToWitness, submitToWitness, type Witness } from './ask-witness.ts';
import type { OutsideHead, SignedHead } from './publish-ports.ts';
import { type Querying, signedRoot } from './publisher-row.ts';
import { cosignaturesOf, keepCosignature, keepNews, keepWitnessed, witnessSizes } from './witness-row.ts';

export interface WitnessingPorts {
  readonly db: CaseboundDatabase;
  readonly store: Pick<LogStore, 'read'>;
  readonly signer: SignerKey;
  readonly clock: Clock;
  readonly policy: TrustPolicy;
  readonly send: SendToWitness;
  /** The least time between two rounds: a fixed clock, so that witnesses do not see every single look. */
  readonly roundMsMin: number;
  /** Told when what is wrong with a witness changes; `problem` is undefined when nothing is any more. */
  readonly onWitness: (name: string, problem: string | undefined) => void;
  /** Told when a head has gained cosignatures; the publisher then serves them. */
  readonly onCosigned: (size: number) => Promise<void>;
}

interface Standing {
  readonly witness: Witness;
  readonly vkey: string;
  /** What it cosigned last; undefined until that is read from the database. */
  size: number | undefined;
  cosigned: number | undefined;
  busy: boolean;
  failures: number;
  nextTryAt: Instant | undefined;
  problem: string | undefined;
}

/** A witness in trouble is asked again after 2 s, then twice as long each time, at most every five minutes. */
const retryMs = { first: 2_000, longest: 300_000 };
/** In one round a witness may correct the log's idea of its size this often. */
const correctionsMax = 3;

/** The witnesses of a policy that can be asked. @throws Fault `unprocessable` when they can never make up the quorum */
const witnessesOf = (policy: TrustPolicy): Witness[] => {
  const witnesses = [...policy.parties].flatMap(([name, party]) =>
    party.kind === 'witness' && party.url !== undefined ? [{ name, key: party.key, url: party.url }] : [],
  );
  if (!reachesQuorum(policy, new Set(witnesses.map(({ name }) => name))))
    throw new Fault(
      'unprocessable',
      'the ledger policy: the witnesses that have an address can never make up its quorum; give each its address',
    );
  return witnesses;
};

/**
 * Gets the log's checkpoints cosigned. In each round all witnesses are asked for the same newest checkpoint, each by
 * itself: a slow or dead one holds up neither the others nor the log.
 */
export class Witnessing {
  readonly #ports: WitnessingPorts;
  readonly #standings: readonly Standing[];
  readonly #running = new Set<Promise<void>>();
  #lastRoundAt: Instant | undefined;
  #fork: Fault | undefined;

  constructor(ports: WitnessingPorts) {
    this.#ports = ports;
    this.#standings = witnessesOf(ports.policy).map((witness) => ({
      witness,
      vkey: formatVerifierKey(witness.key),
      size: undefined,
      cosigned: undefined,
      busy: false,
      failures: 0,
      nextTryAt: undefined,
      problem: undefined,
    }));
  }

  /**
   * Begins a round when one is due, and does not wait for it.
   * @throws Fault `ledger-stopped` when a witness turned out to hold a head that this database never signed
   */
  turn(head: SignedHead): void {
    const fork = this.#fork;
    this.#fork = undefined;
    if (fork) throw fork;
    const now = this.#ports.clock.now();
    if (this.#lastRoundAt !== undefined && now < later(this.#lastRoundAt, this.#ports.roundMsMin)) return;
    const due = this.#standings.filter(
      ({ busy, cosigned, nextTryAt }) =>
        !busy && cosigned !== head.size && (nextTryAt === undefined || now >= nextTryAt),
    );
    if (head.note === undefined || due.length === 0) return;
    this.#lastRoundAt = now;
    for (const standing of due) {
      standing.busy = true;
      this.#track(
        this.#ask(standing, head).finally(() => {
          standing.busy = false;
        }),
      );
    }
  }

  /** Resolves when nobody is being asked any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Has this head the cosignatures that the policy asks for? */
  async isWitnessed({ size }: Pick<SignedHead, 'size'>): Promise<boolean> {
    const found = await cosignaturesOf(this.#client, this.#origin, size);
    const names = this.#standings.filter(({ vkey }) => found.some(({ witness }) => witness === vkey));
    return reachesQuorum(this.#ports.policy, new Set(names.map(({ witness }) => witness.name)));
  }

  /**
   * Asks every witness what it holds of this log, before anything is signed. As many must answer as the quorum takes:
   * otherwise the very one that knows more could be silent.
   * @throws Fault `ledger-stopped` when too few answer
   */
  async outsideHeads(signed: SignedHead): Promise<OutsideHead[]> {
    const note = signed.note ?? signCheckpoint(signed, this.#ports.signer);
    const answers = await Promise.all(
      this.#standings.map(async (standing) => {
        const answer = await askWitnessSize(this.#ports.send, standing.witness, note);
        await this.#keep(standing, signed, answer);
        return { standing, answer };
      }),
    );
    const silent = answers.filter(({ answer }) => answer.kind === 'unusable');
    const heard = answers.filter(({ answer }) => answer.kind !== 'unusable');
    if (!reachesQuorum(this.#ports.policy, new Set(heard.map(({ standing }) => standing.witness.name))))
      throw new Fault(
        'ledger-stopped',
        `${heard.length} of ${answers.length} witnesses answer (not: ${silent
          .map(({ standing, answer }) => `${standing.witness.name}, ${'why' in answer ? answer.why : ''}`)
          .join(
            '; ',
          )}), the ledger policy asks for more: until they do it cannot be told whether this database is ` +
          'the newest, and nothing is signed. Entries are recorded meanwhile. If a witness is gone for good, take it ' +
          'out of the policy',
      );
    return heard.flatMap(({ standing, answer }) =>
      answer.kind === 'other-size'
        ? [{ by: `witness ${standing.witness.name}`, size: answer.size, root: undefined }]
        : [],
    );
  }

  get #client(): Querying {
    return this.#ports.db.pool as Querying;
  }

  get #origin(): string {
    return this.#ports.signer.verifierKey.name;
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #ask(standing: Standing, head: SignedHead): Promise<void> {
    try {
      await faulting(this.#submit(standing, head));
    } catch (thrown) {
      const why = isFault(thrown) ? thrown.message : 'asking it broke';
      this.#tellProblem(standing, why);
      this.#backOff(standing);
    }
  }

  async #submit(standing: Standing, head: SignedHead): Promise<void> {
    const { witness } = standing;
    standing.size ??= (await witnessSizes(this.#client, this.#origin)).get(standing.vkey) ?? 0;
    for (let correction = 0; correction < correctionsMax; correction += 1) {
      const { size } = standing;
      // The head moved back under a new turn: nothing can be shown from beyond it.
      if (size > head.size) return;
      const root = await signedRoot(this.#client, this.#origin, size);
      if (root === undefined) {
        this.#fork = this.#forkedAt(standing, size);
        return;
      }
      const submission = { witness, note: head.note ?? '', from: { size, root } };
      const answer = await submitToWitness(this.#ports, submission);
      await this.#keep(standing, head, answer);
      if (answer.kind !== 'other-size') return;
      if (answer.size > head.size) {
        this.#fork = this.#forkedAt(standing, answer.size);
        return;
      }
    }
    this.#tellProblem(standing, 'it names another size each time');
    this.#backOff(standing);
  }

  #forkedAt({ witness }: Standing, size: number): Fault {
    return new Fault(
      'ledger-stopped',
      `witness ${witness.name} holds a checkpoint of ${size} entries that this database did not sign`,
    );
  }

  async #keep(standing: Standing, head: SignedHead, answer: WitnessAnswer): Promise<void> {
    const { vkey } = standing;
    const at = this.#ports.clock.now();
    const size =
      answer.kind === 'cosigned' ? head.size : answer.kind === 'other-size' ? answer.size : undefined;
    if (size !== undefined) standing.size = size;
    const problem =
      answer.kind === 'other-root'
        ? `it holds another root for ${head.size} entries: another history of this log was signed`
        : 'why' in answer
          ? answer.why
          : undefined;
    await keepNews(this.#client, { origin: this.#origin, witness: vkey, at, size, problem });
    this.#tellProblem(standing, problem);
    if (problem !== undefined) return this.#backOff(standing);
    standing.failures = 0;
    standing.nextTryAt = undefined;
    if (answer.kind !== 'cosigned') return;
    standing.cosigned = head.size;
    if (head.size === 0) return;
    const { line, time } = answer;
    await keepCosignature(this.#client, { origin: this.#origin, size: head.size, witness: vkey, line, time });
    if (await this.isWitnessed(head))
      await keepWitnessed(this.#client, { origin: this.#origin, size: head.size, at });
    // Not awaited: the publisher may be waiting for this very answer before its first step.
    this.#track(this.#ports.onCosigned(head.size).catch(() => undefined));
  }

  #tellProblem(standing: Standing, problem: string | undefined): void {
    if (standing.problem === problem) return;
    standing.problem = problem;
    this.#ports.onWitness(standing.witness.name, problem);
  }

  #backOff(standing: Standing): void {
    standing.failures += 1;
    const waitMs = Math.min(retryMs.first * 2 ** (standing.failures - 1), retryMs.longest);
    standing.nextTryAt = later(this.#ports.clock.now(), waitMs);
  }
}
