import { createDetector } from '../../analysis/detection/create-detector.ts';
import type { Alert } from '../../analysis/detection/detection.ts';
import type { World } from '../../analysis/worlds/build-world.ts';
import { type AccessChunk, accessColumnNames } from '../../model/access-columns.ts';

/** All alerts of a reading, as the live watch would have raised them: none knows anything of later days. */
export const watchLog = (world: World, accesses: AccessChunk): readonly Alert[] => {
  const detector = createDetector({
    names: world.log.names,
    accessColumns: new Set(accessColumnNames),
    caseChanges: true,
  });
  detector.feedChanges(world.log.changes);
  detector.feedAccesses(accesses);
  detector.finish();
  return detector.alerts();
};
