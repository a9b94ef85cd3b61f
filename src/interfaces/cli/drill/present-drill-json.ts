import type { DrillFigures, DrillResult } from '../../../workflows/drill/drill-result.ts';

const at = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const figures = (of: DrillFigures, { assumed }: DrillResult) => ({
  days_to_detection: of.daysToDetection === undefined ? null : rounded(of.daysToDetection, 2),
  detected_by: of.detectedBy ?? null,
  customers_exposed: of.customersExposed,
  exposed_share: rounded(of.exposedShare, 4),
  customers_listed: of.customersListed,
  listed_share: rounded(of.listedShare, 4),
  agents_wrongly_named: of.wronglyNamed.length,
  wrongly_named: of.wronglyNamed,
  honest_agents_alerted: of.honestAlerted,
  thieves_alerted: of.thievesAlerted,
  thieves_named: of.thievesNamed,
  hours_to_notices: of.detectedBy === undefined ? null : assumed.read + assumed.approve,
  computing_seconds: rounded(of.computingSeconds, 2),
  stopped_at: of.stoppedAtMs.map(at),
});

/** The machine's answer. Everything but `computing_seconds` is decided by scenario, seed and rules. */
export const presentDrillJson = (result: DrillResult): Record<string, unknown> => {
  const { incident, world, refused } = result;
  return {
    scenario: result.scenario,
    kind: result.kind,
    title: result.title,
    seed: result.seed,
    world: {
      agents: world.agents,
      days: world.days,
      accesses: world.accesses,
      case_changes: world.caseChanges,
      reports: world.reports,
      thieves: world.thieves,
      stolen_if_unwatched: world.stolen,
      first_theft_at: at(world.firstTheftAtMs),
    },
    incident: {
      days_to_detection: incident.daysToDetection?.count ?? null,
      customers_exposed: incident.customersExposed?.count ?? null,
      agents_wrongly_named: incident.wronglyNamed?.count ?? null,
      hours_to_notices:
        incident.daysToNotices?.count === undefined ? null : incident.daysToNotices.count * 24,
      source: incident.source,
    },
    watching: figures(result.watching, result),
    in_the_way: figures(result.guarding, result),
    refused: {
      thief_looks: refused.thiefLooks,
      thief: refused.thief,
      honest_looks: refused.honestLooks,
      honest: refused.honest,
    },
    assumed: { read_hours: result.assumed.read, approve_hours: result.assumed.approve },
    weeks: result.weeks.map(({ fromMs, unwatched, watching, guarding }) => ({
      from: at(fromMs),
      unwatched,
      watching,
      in_the_way: guarding,
    })),
    out_of_sight: result.outOfSight,
    warnings: result.warnings,
  };
};
