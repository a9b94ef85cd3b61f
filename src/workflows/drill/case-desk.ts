import type { CaseFacts } from '../../analysis/policy/policy-facts.ts';
import { type CaseChangeChunk, loggedChanges, loggedInitiators } from '../../model/access-columns.ts';

const [opened, assigned, joined, left, closed, reopened] = (
  ['opened', 'assigned', 'helper-joined', 'helper-left', 'closed', 'reopened'] as const
).map((change) => loggedChanges.indexOf(change));

const pairOf = (agent: number, other: number): number => agent * 2 ** 26 + other;

/** The help desk as the rules see it at one moment: the same folding as of live changes, over columns. */
export class CaseDesk {
  readonly #changes: CaseChangeChunk;
  readonly #quietAfterMs: number;
  readonly #open: Uint8Array;
  readonly #known: Uint8Array;
  readonly #holder: Int32Array;
  readonly #customer: Int32Array;
  readonly #initiatedBy: Uint8Array;
  readonly #topic: Int32Array;
  readonly #changedAtMs: Float64Array;
  readonly #helpers = new Map<number, Set<number>>();
  /** Agent and case: held or helped once. */
  readonly #hands = new Set<number>();
  /** Agent and customer: the case that came into these hands last. */
  readonly #lastOf = new Map<number, number>();
  #next = 0;

  constructor(changes: CaseChangeChunk, casesCount: number, quietAfterMs: number) {
    this.#changes = changes;
    this.#quietAfterMs = quietAfterMs;
    this.#open = new Uint8Array(casesCount);
    this.#known = new Uint8Array(casesCount);
    this.#holder = new Int32Array(casesCount);
    this.#customer = new Int32Array(casesCount);
    this.#initiatedBy = new Uint8Array(casesCount);
    this.#topic = new Int32Array(casesCount);
    this.#changedAtMs = new Float64Array(casesCount);
  }

  /** Takes everything that the help desk had told by then. */
  upTo(atMs: number): void {
    for (; this.#next < this.#changes.rows && (this.#changes.atMs[this.#next] ?? 0) <= atMs; this.#next += 1)
      this.#take(this.#next);
  }

  /** The open case of this customer in these hands: what a look that names no case would have been opened from. */
  caseFor(agent: number, customer: number): number {
    const file = this.#lastOf.get(pairOf(agent, customer)) ?? 0;
    return this.#open[file] === 1 && this.#inHands(agent, file) ? file : 0;
  }

  customerOf(file: number): number {
    return this.#customer[file] ?? 0;
  }

  topicOf(file: number): number {
    return this.#topic[file] ?? 0;
  }

  factsFor(agent: number, file: number, atMs: number): CaseFacts {
    const known = this.#known[file] === 1;
    const inHands = this.#inHands(agent, file);
    if (!known || (!inHands && !this.#hands.has(pairOf(agent, file))))
      return { state: 'none', hands: 'none', quiet: false, startedBy: 'unknown' };
    return {
      state: this.#open[file] === 1 ? 'open' : 'closed',
      hands: this.#holder[file] === agent ? 'holder' : inHands ? 'helper' : 'former',
      quiet: atMs - (this.#changedAtMs[file] ?? 0) > this.#quietAfterMs,
      startedBy: loggedInitiators[this.#initiatedBy[file] ?? 0] || 'unknown',
    };
  }

  #inHands(agent: number, file: number): boolean {
    return this.#holder[file] === agent || this.#helpers.get(file)?.has(agent) === true;
  }

  #take(row: number): void {
    const changes = this.#changes;
    const file = changes.case[row] ?? 0;
    const agent = changes.agent[row] ?? 0;
    const change = changes.change[row] ?? 0;
    this.#known[file] = 1;
    this.#customer[file] = (changes.customer[row] ?? 0) || (this.#customer[file] ?? 0);
    this.#topic[file] = (changes.topic[row] ?? 0) || (this.#topic[file] ?? 0);
    this.#initiatedBy[file] = (this.#initiatedBy[file] ?? 0) || (changes.initiatedBy[row] ?? 0);
    this.#changedAtMs[file] = changes.atMs[row] ?? 0;
    if (change === opened || change === reopened) this.#open[file] = 1;
    if (change === closed) this.#open[file] = 0;
    if (change === closed || (change === assigned && agent !== this.#holder[file]))
      this.#helpers.delete(file);
    if (change === left) this.#helpers.get(file)?.delete(agent);
    if (change === joined && agent !== 0)
      this.#helpers.set(file, (this.#helpers.get(file) ?? new Set<number>()).add(agent));
    const holds = change === assigned || ((change === opened || change === reopened) && agent !== 0);
    if (holds) this.#holder[file] = agent;
    if ((holds || change === joined) && agent !== 0) {
      this.#hands.add(pairOf(agent, file));
      this.#lastOf.set(pairOf(agent, this.#customer[file] ?? 0), file);
    }
  }
}
