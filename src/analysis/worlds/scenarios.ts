import { controlScenarios, variantScenarios } from './control-scenarios.ts';
import { insiderIncidents } from './insider-incidents.ts';
import { otherIncidents } from './other-incidents.ts';
import type { Scenario } from './scenario.ts';

/**
 * Every scenario there is: eighteen incidents, what their thieves might do instead, and innocent days that
 * look like an incident.
 */
export const scenarios: readonly Scenario[] = [
  ...insiderIncidents,
  ...otherIncidents,
  ...variantScenarios,
  ...controlScenarios,
];

export const scenarioNamed = (name: string): Scenario | undefined =>
  scenarios.find((scenario) => scenario.name === name);
