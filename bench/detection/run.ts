// Casebound's detection beside simpler ways to watch, in the same worlds, at the same budget of alerts.
//   node bench/detection/run.ts [--seeds N] [--from SEED] [--worlds plain,ring,faint,honest] [--log FILE] [--controls]
//     [--only Casebound]
// --controls adds the innocent worlds of `casebound drill --list`, for Casebound alone.
// --log names incident_event_log.csv(.gz) of the UCI data set 498: a real desk, into which thieves are planted.
import { parseArgs } from 'node:util';
import { createDetector } from '../../src/analysis/detection/create-detector.ts';
import { buildWorld } from '../../src/analysis/worlds/build-world.ts';
import { controlScenarios } from '../../src/analysis/worlds/control-scenarios.ts';
import { madeWorlds } from './bench-worlds.ts';
import { caseboundContender } from './casebound-contender.ts';
import { edgeStream } from './edge-stream.ts';
import { isolationForest } from './isolation-forest.ts';
import { measure, type WorldOutcome, watchedLog } from './measure.ts';
import { realDeskWorlds } from './real-desk.ts';
import { simpleContenders } from './simple-contenders.ts';
import { controlTable, costTable, lossTable, recallTable, wronglyReadTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    from: { type: 'string', default: '1' },
    worlds: { type: 'string', default: 'plain,ring,faint,honest' },
    log: { type: 'string' },
    controls: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const casebound = caseboundContender(createDetector, 0.005);
const contenders = [...simpleContenders, isolationForest, edgeStream, casebound].filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
);
const wanted = values.worlds.split(',');
const outcomes: WorldOutcome[] = [];
const worlds = [...madeWorlds, ...(values.log ? realDeskWorlds(values.log) : [])];
for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed += 1) {
  for (const { name, background, columns, build } of worlds) {
    if (!wanted.includes(name)) continue;
    const world = await build(seed);
    if (!world) continue;
    const log = watchedLog(world, columns);
    for (const contender of contenders)
      outcomes.push(measure(contender, { world, log, background, name, seed }));
    console.error(`seed ${seed}, ${background}, ${name}: ${log.accesses.rows} accesses`);
  }
}

const backgrounds = [...new Set(outcomes.map(({ background }) => background))];
console.log(
  `Seeds ${values.from} to ${Number(values.from) + Number(values.seeds) - 1}, alert budget 0.5 % of agent-days.\n`,
);
for (const background of [...backgrounds, undefined]) {
  const here = outcomes.filter((outcome) => background === undefined || outcome.background === background);
  console.log(
    `### ${background ?? 'all backgrounds'}\n\n${recallTable(here)}\n\n${lossTable(here)}\n\n${costTable(here)}\n`,
  );
}
console.log(wronglyReadTable(outcomes, 'Casebound'));

if (values.controls) {
  const innocent = controlScenarios.map(({ name, plan }) => {
    const world = buildWorld(plan(Number(values.from)));
    const on = { world, log: watchedLog(world), background: 'control', name, seed: Number(values.from) };
    return measure(casebound, on);
  });
  console.log(`\n${controlTable(innocent)}\n\n${wronglyReadTable(innocent, 'Casebound')}`);
}
