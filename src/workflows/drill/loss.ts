import type { Alert } from '../../analysis/detection/detection.ts';
import type { World } from '../../analysis/worlds/build-world.ts';
import type { Take } from '../../analysis/worlds/theft.ts';

/** For each theft of a world, an instant or nothing. */
export type ByTheft = readonly (number | undefined)[];

/** An alert names one account, and with a campaign its other members. */
const namedBy = ({ agent, members }: Alert): readonly string[] => [agent, ...members];

/** The first alert about each thief after their first theft: one from before is false, whoever it names. */
export const alertedAt = (world: World, alerts: readonly Alert[]): ByTheft =>
  world.thefts.map(({ agent, takes: [first] }) => {
    const name = world.log.names.agents[agent] ?? '';
    return alerts.find((alert) => first && alert.at >= first.atMs && namedBy(alert).includes(name))?.at;
  });

/** How many accounts of honest people some alert names. */
export const honestAlerted = (world: World, alerts: readonly Alert[]): number => {
  const thieves = new Set(world.thefts.map(({ agent }) => world.log.names.agents[agent] ?? ''));
  return [...new Set(alerts.flatMap(namedBy))].filter((name) => !thieves.has(name)).length;
};

/** What was shown to thieves before their accounts were stopped. */
export const takesLost = (
  world: World,
  stoppedAtMs: ByTheft,
  isShown: (row: number) => boolean,
): readonly Take[] =>
  world.thefts.flatMap(({ takes }, at) =>
    takes.filter(({ row, atMs }) => isShown(row) && atMs < (stoppedAtMs[at] ?? Number.POSITIVE_INFINITY)),
  );

export const firstOf = (instants: ByTheft): number | undefined => {
  const known = instants.filter((at) => at !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
