import type { AlertId } from '../../model/id.ts';
import { type Instant, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import type { Alert } from './alert.ts';
import type { AlertReader } from './alert-reader.ts';
import type { AlertWriter } from './alert-writer.ts';

/**
 * Brings an alert to people: a mail, a webhook. Resolves when it was taken, rejects otherwise; must do one or the
 * other within seconds. It may be called twice for one alert, so what it sends carries the alert's id.
 */
export type DeliverAlert = (alert: Alert) => Promise<void>;

export interface AlertOutboxPorts {
  readonly alerts: AlertReader & Pick<AlertWriter, 'markDelivered'>;
  readonly clock: Clock;
  readonly deliver: DeliverAlert;
  /** Told of each try that failed, for the operator's log. The alert stays and is tried again. */
  readonly onFailed: (alertId: AlertId, thrown: unknown) => void;
}

export interface Swept {
  readonly delivered: number;
  readonly failed: number;
}

const alertsPerSweepMax = 100;
/** How long the process that made an alert has to deliver it before any other takes it on. */
const youngMs = 10_000;

/**
 * Every alert row that was not delivered is delivered sooner or later, at least once: by the process that made it
 * at once, else by a later sweep of any process. Nothing about an alert lives in memory alone.
 */
export class AlertOutbox {
  readonly #ports: AlertOutboxPorts;
  readonly #sending = new Set<AlertId>();

  constructor(ports: AlertOutboxPorts) {
    this.#ports = ports;
  }

  /** Tries to deliver one alert now. True when it is delivered; false when it waits for a sweep. Never throws. */
  async send(id: AlertId): Promise<boolean> {
    try {
      const alert = await this.#ports.alerts.find(id);
      return alert !== undefined && (await this.#deliver(alert));
    } catch (thrown) {
      this.#ports.onFailed(id, thrown);
      return false;
    }
  }

  /**
   * Delivers what waits, oldest first: `onStart` everything (what a crash left behind), later what another process
   * should long have delivered. Call it when the server starts and every few seconds.
   * @throws Fault when the database does not answer
   */
  async sweep({ onStart }: { onStart: boolean }): Promise<Swept> {
    const now: Instant = this.#ports.clock.now();
    const upTo = onStart ? now : later(now, -youngMs);
    const waiting = await this.#ports.alerts.waiting(upTo, alertsPerSweepMax);
    let delivered = 0;
    for (const alert of waiting) if (await this.#deliver(alert)) delivered += 1;
    return { delivered, failed: waiting.length - delivered };
  }

  async #deliver(alert: Alert): Promise<boolean> {
    if (alert.deliveredAt !== undefined) return true;
    if (this.#sending.has(alert.id)) return false;
    this.#sending.add(alert.id);
    try {
      await this.#ports.deliver(alert);
      await this.#ports.alerts.markDelivered(alert.id, this.#ports.clock.now());
      return true;
    } catch (thrown) {
      this.#ports.onFailed(alert.id, thrown);
      return false;
    } finally {
      this.#sending.delete(alert.id);
    }
  }
}
