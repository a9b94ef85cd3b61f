import type { WorldPlan } from './build-world.ts';

/** One figure of a real incident: the number when there is one, and how the sources put it. */
export interface IncidentFigure {
  readonly count: number | undefined;
  readonly words: string;
}

/** What became of the real incident, as far as public sources say. A figure left out is one that nobody published. */
export interface IncidentFigures {
  readonly daysToDetection?: IncidentFigure;
  readonly customersExposed?: IncidentFigure;
  readonly wronglyNamed?: IncidentFigure;
  readonly daysToNotices?: IncidentFigure;
  /** Where the figures are from. */
  readonly source: string;
}

/** An incident, or an innocent day that looks like one, as a world that can be made from a seed. */
export interface Scenario {
  readonly name: string;
  /** `variant`: what the thieves of an incident might have done instead. */
  readonly kind: 'incident' | 'control' | 'variant';
  /** One line for lists. */
  readonly title: string;
  /** What happens in the made-up world, and at what scale, in a few sentences. */
  readonly story: string;
  /** What records of looks cannot show of this, and which control is for that; empty when they can. */
  readonly outOfSight: string;
  readonly figures: IncidentFigures;
  plan(seed: number): WorldPlan;
}
