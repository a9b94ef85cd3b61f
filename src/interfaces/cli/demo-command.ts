import { Fault } from '../../model/fault.ts';
import type { Command, CommandArguments } from './command.ts';

const wholeNumber = (args: CommandArguments, option: string, max: number): number => {
  const text = args.text(option) ?? '';
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value > max) {
    const detail = `--${option} must be a whole number from 0 to ${max}`;
    throw new Fault('unprocessable', detail, { detail });
  }
  return value;
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const tellEveryMs = 30_000;

export const demoCommand: Command = {
  name: 'demo',
  summary: 'A made-up bank with three vendors, live case traffic and a sign-in without passwords',
  usage: 'demo [--port N] [--data DIR] [OPTION...]',
  operands: [],
  options: {
    port: { type: 'string', value: 'N', describe: 'the port to listen on; 0: any free one', default: '8420' },
    data: {
      type: 'string',
      value: 'DIR',
      describe: 'where the demo keeps its data; removed, it starts afresh',
    },
    customers: {
      type: 'string',
      value: 'N',
      describe: 'made-up customers at the first start',
      default: '100000',
    },
    pace: {
      type: 'string',
      value: 'N',
      describe: 'how many times faster than a real desk cases arrive; 0: no traffic',
      default: '20',
    },
    seed: { type: 'string', value: 'TEXT', describe: 'another seed makes other people', default: 'meridian' },
    replay: {
      type: 'string',
      value: 'FILE',
      describe:
        'replay a real help-desk log (UCI 498 incident_event_log.csv, .gz too) instead of made-up traffic',
    },
    events: {
      type: 'string',
      value: 'N',
      describe: 'events of the replayed log at most; 0: all',
      default: '0',
    },
  },
  notes: [
    'For trying out only: anyone who reaches the sign-in page may be anyone. It listens on this machine alone.',
  ],
  async run(args, io) {
    const { liveTraffic, startDemo } = await import('../../../demo/run-demo.ts');
    const { usualDemoPath } = await import('../../../demo/demo-directory.ts');
    const replay = args.text('replay');
    const settings = {
      dataDir: args.text('data') ?? usualDemoPath(),
      port: wholeNumber(args, 'port', 65_535),
      customersCount: Math.max(1, wholeNumber(args, 'customers', 10_000_000)),
      pace: wholeNumber(args, 'pace', 1_000),
      seed: args.text('seed') ?? '',
      actSeconds: 8,
    };
    if (replay) {
      const { replayLog } = await import('../../../demo/traffic/replay-demo.ts');
      return replayLog({ file: replay, eventsMax: wholeNumber(args, 'events', 10_000_000), settings }, io);
    }
    const demo = await startDemo(settings, (line) => io.tell(line));
    io.answer(
      `Casebound runs at ${demo.url} - open it, press "Sign in" and pick the person under "Start here". Ctrl-C stops it.`,
    );
    const traffic = liveTraffic(demo, settings);
    const over = new AbortController();
    const working = settings.pace > 0 ? traffic.work(over.signal) : Promise.resolve();
    const telling = setInterval(() => {
      const { cases, shown, refused, failed } = traffic.tally;
      const no = Object.values(refused).reduce((sum, count) => sum + count, 0);
      io.tell(
        `${cases} cases, ${shown} looks shown, ${no} refused, ${failed} failed, ${demo.telephone.contacts()} contacts started`,
      );
    }, tellEveryMs);
    await Promise.race([aborted(io.stop), demo.ended]);
    clearInterval(telling);
    over.abort();
    await working.catch(() => {});
    await demo.stop();
    return io.stop.aborted ? 0 : 70;
  },
};
