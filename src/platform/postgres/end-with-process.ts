const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const ownListeners = new WeakSet<object>();

export interface EndingWithProcess {
  /** Ends in an orderly way. */
  stop(): Promise<void>;
  /** The last resort when the process ends at once: no time to wait for anything. */
  signalOnExit(): void;
}

/**
 * Lets something end together with this process. A program that handles an ending signal itself is left to do it
 * in its own order; without one, the signal first stops what must be stopped and then ends the process as usual.
 * @returns how to undo this.
 */
export const endWithProcess = (ending: EndingWithProcess): (() => void) => {
  const onExit = (): void => ending.signalOnExit();
  const undo = (): void => {
    process.removeListener('exit', onExit);
    for (const signal of endingSignals) process.removeListener(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // Every server of this process listens; any listener beyond those is the program's own.
    if (process.listeners(signal).some((listener) => !ownListeners.has(listener))) return;
    void ending
      .stop()
      .catch(() => undefined)
      .finally(() => {
        undo();
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      });
  };
  ownListeners.add(onSignal);
  process.on('exit', onExit);
  for (const signal of endingSignals) process.on(signal, onSignal);
  return undo;
};
