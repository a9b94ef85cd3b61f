import type { CreateDetector } from '../../src/analysis/detection/detection.ts';
import { type Contender, dayOf } from './contender.ts';

/** Casebound itself, through the interface that everything else uses. */
export const caseboundContender = (createDetector: CreateDetector, alertShareMax: number): Contender => ({
  name: 'Casebound',
  watch: (log) => {
    const detector = createDetector({
      names: log.names,
      accessColumns: log.columns,
      caseChanges: log.changes.rows > 0,
      alertShareMax,
    });
    detector.feedChanges(log.changes);
    detector.feedAccesses(log.accesses);
    detector.finish();
    const places = new Map(log.names.agents.map((name, place) => [name, place]));
    return detector.alerts().map(({ at, agent, score, kind }) => ({
      atMs: at,
      day: dayOf(log, at),
      agent: places.get(agent) ?? 0,
      score,
      kind,
    }));
  },
});
