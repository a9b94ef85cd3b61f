import { setTimeout as pause } from 'node:timers/promises';
import type { Draw } from '../world/draw.ts';
import type { DeskAgent, Looked } from './desk-agent.ts';

export interface SimulatedInsiderSettings {
  /** The account that steals. */
  readonly agent: DeskAgent;
  readonly draw: Draw;
  /** An open case in someone else's hands, when there is one. */
  readonly foreignCase: () => string | undefined;
  /** An open case in the thief's own hands, when there is one. */
  readonly ownCase: () => string | undefined;
  /** An e-mail address of somebody from a list that the thief was given. */
  readonly wantedEmail: () => string;
  /** Counts the look like any other. */
  readonly count: (looked: Looked<object>) => void;
  /** From the start until the first try. */
  readonly startsAfterMs: number;
  /** Between two tries, on average. */
  readonly everyMs: number;
}

/**
 * An insider, marked as simulated wherever people read the name: goes through colleagues' cases, looks up people
 * from a list, and unmasks all there is in the own cases. Everything over the same doors as any agent.
 */
export class SimulatedInsider {
  readonly #settings: SimulatedInsiderSettings;

  constructor(settings: SimulatedInsiderSettings) {
    this.#settings = settings;
  }

  /** Steals until the signal. A try that fails (the server is busy, or ends) is not repeated. */
  async work(signal: AbortSignal): Promise<void> {
    const { draw, startsAfterMs, everyMs } = this.#settings;
    await pause(startsAfterMs, undefined, { signal }).catch(() => {});
    while (!signal.aborted) {
      await this.#tryOnce().catch(() => {});
      await pause(everyMs * (0.5 + draw.unit()), undefined, { signal }).catch(() => {});
    }
  }

  async #tryOnce(): Promise<void> {
    const { agent, draw, foreignCase, ownCase, wantedEmail, count } = this.#settings;
    const way = draw.unit();
    const own = ownCase();
    if (way < 0.55 || own === undefined) {
      const foreign = foreignCase();
      if (foreign !== undefined) count(await agent.view(foreign));
      return;
    }
    if (way < 0.75) {
      count(await agent.lookup(own, 'email', wantedEmail()));
      return;
    }
    const shown = await agent.view(own);
    count(shown);
    if (shown.outcome !== 'shown') return;
    const all = shown.fields.filter(({ can }) => can.includes('reveal')).map(({ name }) => name);
    for (const name of all) count(await agent.reveal(shown.view, [name], { code: 'verify-caller' }));
  }
}
