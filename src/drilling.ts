import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Scenario } from './analysis/worlds/scenario.ts';
import { readRules } from './foundations.ts';
import type { AssumedHours } from './workflows/drill/drill-ports.ts';
import type { DrillResult } from './workflows/drill/drill-result.ts';
import { runDrill } from './workflows/drill/run-drill.ts';

export interface DrillAsk {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly assumed: AssumedHours;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  onProgress(share: number, words: string): void;
}

/**
 * A drill by the rules that the server of this installation would judge by.
 * @throws Fault with one line when the policy folder cannot be used; the signal's reason when it is aborted
 */
export const drill = async ({ environment, scenario, seed, ...ports }: DrillAsk): Promise<DrillResult> => {
  const policyDir = environment['CASEBOUND_POLICY_DIR'] ?? join(import.meta.dirname, '..', 'policy');
  const rules = await readRules(resolve(policyDir));
  return runDrill(scenario, seed, {
    ...ports,
    rules,
    nowMs: () => performance.now(),
    pause: () => setImmediate(),
  });
};
