import { ExposureCollector } from '../../analysis/exposure/exposure-collector.ts';
import { sharpWindow } from '../../analysis/exposure/exposure-scope.ts';
import type { World } from '../../analysis/worlds/build-world.ts';
import { type AccessChunk, accessColumnNames } from '../../model/access-columns.ts';
import type { ByTheft } from './loss.ts';

const dayMs = 24 * 3_600_000;
/** How far back a responder asks who was exposed, when nothing dates the theft. */
const askedBackDays = 30;

/**
 * The list that letters would go by: everyone whom the stopped accounts were shown, from thirty days before somebody
 * noticed until the account was stopped.
 */
export const listExposed = (
  world: World,
  accesses: AccessChunk,
  when: { readonly noticedAtMs: ByTheft; readonly stoppedAtMs: ByTheft },
): ReadonlySet<string> => {
  const scopes = world.thefts.flatMap(({ agent }, at) => {
    const [noticed, stopped] = [when.noticedAtMs[at], when.stoppedAtMs[at]];
    if (noticed === undefined || stopped === undefined) return [];
    const window = sharpWindow(noticed - askedBackDays * dayMs, stopped);
    return [{ who: { agent: world.log.names.agents[agent] ?? '' }, posterior: 1, window }];
  });
  if (scopes.length === 0) return new Set();
  const collector = new ExposureCollector({ scopes, columns: new Set(accessColumnNames) }, world.log.names);
  collector.take(accesses);
  return new Set(collector.result().customers.map(({ customer }) => customer));
};
