import { controlScenarios } from './control-scenarios.ts';
import { insiderIncidents } from './insider-incidents.ts';
import { otherIncidents } from './other-incidents.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario there is: eighteen incidents, then the innocent days that look like one. */
export const scenarios: readonly Scenario[] = [...insiderIncidents, ...otherIncidents, ...controlScenarios];

export const scenarioNamed = (name: string): Scenario | undefined =>
  scenarios.find((scenario) => scenario.name === name);
