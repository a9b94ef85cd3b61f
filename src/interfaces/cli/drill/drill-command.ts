import type { Command, CommandArguments } from '../command.ts';
import { nearestName } from '../nearest-name.ts';
import { WrongUse } from '../wrong-use.ts';

const seedMax = 1_000_000_000;
const hoursMax = 1_000;

const whole = (args: CommandArguments, option: string, max: number): number => {
  const text = args.text(option) ?? '';
  if (!/^\d{1,10}$/.test(text) || Number(text) > max)
    throw new WrongUse(`--${option} is a whole number from 0 to ${max}, not ${JSON.stringify(text)}`);
  return Number(text);
};

export const drillCommand: Command = {
  name: 'drill',
  summary:
    'Replay an incident against the real engines: what would have been lost, and how soon it would show',
  usage: 'drill [--scenario NAME] [--seed N] [--read-hours N] [--approve-hours N] [--list] [--json]',
  operands: [],
  options: {
    scenario: { type: 'string', value: 'NAME', describe: 'which incident', default: 'coinbase' },
    seed: { type: 'string', value: 'N', describe: 'another seed makes another desk', default: '1' },
    list: { type: 'boolean', describe: 'the scenarios there are' },
    json: { type: 'boolean', describe: 'the same as JSON' },
    'read-hours': {
      type: 'string',
      value: 'N',
      describe: 'assumed: from an alert until somebody has read it and stopped the account',
      default: '4',
    },
    'approve-hours': {
      type: 'string',
      value: 'N',
      describe: 'assumed: from the list of customers until somebody has approved the letters',
      default: '8',
    },
  },
  notes: [
    'The desk and the thieves are made up from the seed; rules, detection and attribution are those of the server.',
    'Needs no server and no database, and reads nothing but the policy folder.',
    'Exit status 1: stopped before the end.',
  ],
  async run(args, io) {
    const [{ scenarioNamed, scenarios }, { drill }, { presentDrill }, { presentDrillJson }] =
      await Promise.all([
        import('../../../analysis/worlds/scenarios.ts'),
        import('../../../drilling.ts'),
        import('./present-drill.ts'),
        import('./present-drill-json.ts'),
      ]);
    if (args.flag('list')) {
      for (const { name, kind, title } of scenarios)
        io.answer(args.flag('json') ? JSON.stringify({ name, kind, title }) : `${name.padEnd(22)}${title}`);
      return 0;
    }
    const wanted = args.text('scenario') ?? '';
    const scenario = scenarioNamed(wanted);
    if (!scenario) {
      const names = scenarios.map(({ name }) => name);
      const near = nearestName(wanted, names);
      const meant = near === undefined ? '' : ` Did you mean ${near}?`;
      throw new WrongUse(
        `there is no scenario ${JSON.stringify(wanted)}.${meant} There are: ${names.join(', ')}`,
      );
    }
    const asked = {
      scenario,
      seed: whole(args, 'seed', seedMax),
      assumed: { read: whole(args, 'read-hours', hoursMax), approve: whole(args, 'approve-hours', hoursMax) },
      environment: io.environment,
      signal: io.stop,
      onProgress: (share: number, words: string) =>
        io.showProgress({ done: Math.round(share * 100), total: 100, words }),
    };
    const result = await drill(asked).catch((thrown: unknown) => {
      if (!io.stop.aborted) throw thrown;
      return undefined;
    });
    io.showProgress(undefined);
    if (!result) {
      io.tell('stopped before the end: a drill has no figures until it is done');
      return 1;
    }
    if (args.flag('json')) io.answer(JSON.stringify(presentDrillJson(result)));
    else for (const line of presentDrill(result)) io.answer(line);
    return 0;
  },
};
