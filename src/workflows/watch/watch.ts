import { createDetector } from '../../analysis/detection/create-detector.ts';
import type { Alert, AlertKind, Detector, DetectorKept } from '../../analysis/detection/detection.ts';
import type { Access } from '../../model/access.ts';
import type { LogNames } from '../../model/access-columns.ts';
import type { AgentId, AlertId } from '../../model/id.ts';
import { type Instant, instantOf, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import { accessChunk, liveColumns } from '../../records/access-columns/access-chunk.ts';
import { LiveNames } from '../../records/access-columns/live-names.ts';
import type { ArrivalPlace, ArrivedChange } from '../../records/cases/arrived-changes.ts';
import type { LeadFound } from '../../records/lead/lead.ts';
import type { LeadRecords } from '../../records/lead/lead-records.ts';
import { changeChunk } from './change-chunk.ts';

/** All that a watch knows, to go on from after a restart. Numbers, texts, arrays and maps only. */
export interface WatchKept {
  readonly version: number;
  readonly detector: DetectorKept;
  readonly names: LogNames;
  readonly nextSeq: number;
  readonly arrived: ArrivalPlace;
  readonly wordsAfterSeq: number;
  readonly latestMs: number;
}

export interface WatchPorts {
  readonly clock: Clock;
  readonly leads: Pick<LeadRecords, 'add' | 'wordsAfter'>;
  /** Accesses from place `fromSeq` on, in ledger order. */
  readonly readAccesses: (fromSeq: number, countMax: number) => Promise<readonly Access[]>;
  readonly readArrivedChanges: (place: ArrivalPlace, countMax: number) => Promise<readonly ArrivedChange[]>;
  /** Told of each new lead, so that its alert goes out at once. */
  readonly onLead: (alertId: AlertId) => void;
}

const keptVersion = 1;
const pageMax = 5_000;
/** A change that another transaction made may become visible this much later than its time of receipt says. */
const lateMs = 5_000;

const leadOf = (alert: Alert): LeadFound => ({
  source: alert.id,
  at: alert.at,
  agentId: alert.agent as AgentId,
  kind: alert.kind,
  score: alert.score,
  reasons: alert.reasons,
  told: {
    accesses: alert.accesses.map((access) => ({ ...access, at: new Date(access.at).toISOString() })),
    innocentExplanations: alert.innocentExplanations,
    wouldClear: alert.wouldClear,
    members: alert.members,
    month: alert.month,
  },
});

/**
 * Watches the one sequence of accesses beside the case changes, by the same detector that reads imported logs. Each
 * `step` takes what is new; the leads that come of it are raised before the step ends, each once.
 */
export class Watch {
  readonly #ports: WatchPorts;
  readonly #names: LiveNames;
  readonly #detector: Detector;
  #nextSeq: number;
  #arrived: ArrivalPlace;
  #seenIds = new Map<string, Instant>();
  #wordsAfterSeq: number;
  #latestMs: number;
  #raisedCount: number;

  /** @throws RangeError when `kept` is of another version: start without it, the past is then read again. */
  constructor(ports: WatchPorts, kept?: WatchKept) {
    if (kept && kept.version !== keptVersion) throw new RangeError('a watch of another version');
    this.#ports = ports;
    this.#names = new LiveNames(kept?.names);
    this.#detector = createDetector({
      names: this.#names.lists,
      accessColumns: liveColumns,
      caseChanges: true,
      ...(kept ? { resumeFrom: kept.detector } : {}),
    });
    this.#nextSeq = kept?.nextSeq ?? 0;
    this.#arrived = kept?.arrived ?? { receivedAt: instantOf(0), messageId: '' };
    this.#wordsAfterSeq = kept?.wordsAfterSeq ?? -1;
    this.#latestMs = kept?.latestMs ?? 0;
    this.#raisedCount = kept ? this.#detector.alerts().length : 0;
  }

  /** Takes what is new. True when there may be more at once. */
  async step(): Promise<boolean> {
    // Accesses first: whatever case change let them happen has arrived by the time changes are read.
    const accesses = await this.#ports.readAccesses(this.#nextSeq, pageMax);
    const changes = await this.#readChanges();
    this.#detector.feedChanges(changeChunk(this.#names, changes.fresh));
    if (changes.more) return true;
    await this.#takeWords(accesses[0]?.at);
    const last = accesses.at(-1);
    if (last) {
      const chunk = accessChunk(this.#names, accesses, this.#latestMs);
      this.#detector.feedAccesses(chunk);
      this.#latestMs = chunk.atMs.at(-1) ?? this.#latestMs;
      this.#nextSeq = last.seq + 1;
    } else this.#passTime();
    await this.#raise();
    return accesses.length === pageMax;
  }

  keep(): WatchKept {
    return {
      version: keptVersion,
      detector: this.#detector.keep(),
      names: this.#names.lists,
      nextSeq: this.#nextSeq,
      arrived: this.#arrived,
      wordsAfterSeq: this.#wordsAfterSeq,
      latestMs: this.#latestMs,
    };
  }

  /** With nothing to read, days end by the clock: a night shift's leads do not wait for the next morning's first look. */
  #passTime(): void {
    const now = this.#ports.clock.now() - lateMs;
    if (now <= this.#latestMs) return;
    this.#latestMs = now;
    this.#detector.advance(instantOf(now));
  }

  /** A word counts from when it was said: while the past is read again, words wait for their time. */
  async #takeWords(upTo: Instant | undefined): Promise<void> {
    const words = await this.#ports.leads.wordsAfter(this.#wordsAfterSeq, pageMax);
    for (const { seq, at, agentId, kind, verdict } of words) {
      if (upTo !== undefined && at > upTo) return;
      this.#detector.tell({ agent: agentId, kind: kind as AlertKind, at, verdict });
      this.#wordsAfterSeq = seq;
    }
  }

  async #readChanges(): Promise<{ readonly fresh: readonly ArrivedChange[]; readonly more: boolean }> {
    const page = await this.#ports.readArrivedChanges(this.#arrived, pageMax);
    const fresh = page.filter(({ messageId }) => !this.#seenIds.has(messageId));
    for (const { messageId, receivedAt } of fresh) this.#seenIds.set(messageId, receivedAt);
    const last = page.at(-1);
    if (page.length === pageMax && last && last.receivedAt < this.#ports.clock.now() - lateMs) {
      this.#arrived = { receivedAt: last.receivedAt, messageId: last.messageId };
      return { fresh, more: true };
    }
    const settled = later(this.#ports.clock.now(), -lateMs);
    if (settled > this.#arrived.receivedAt) this.#arrived = { receivedAt: settled, messageId: '' };
    for (const [messageId, receivedAt] of this.#seenIds)
      if (receivedAt < settled) this.#seenIds.delete(messageId);
    return { fresh, more: false };
  }

  async #raise(): Promise<void> {
    const alerts = this.#detector.alerts();
    for (; this.#raisedCount < alerts.length; this.#raisedCount += 1) {
      const alert = alerts[this.#raisedCount];
      const alertId = alert && (await this.#ports.leads.add(leadOf(alert)));
      if (alertId) this.#ports.onLead(alertId);
    }
  }
}
