import type { Command } from './command.ts';

const stopped = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

export const serveCommand: Command = {
  name: 'serve',
  summary: 'The production server: gateway, vault and ledger',
  usage: 'serve [--data DIR] [--host ADDRESS] [--port N]',
  operands: [],
  options: {
    data: {
      type: 'string',
      value: 'DIR',
      describe: 'where keys and the embedded database live',
      default: './data',
    },
    host: { type: 'string', value: 'ADDRESS', describe: 'the address to listen on', default: '127.0.0.1' },
    port: { type: 'string', value: 'N', describe: 'the port to listen on; 0: any free one', default: '8420' },
  },
  notes: [
    'Prints "ready URL" on standard output when it answers; its journal goes to standard error.',
    'An interrupt or termination signal stops it: it finishes what it has begun and exits with 0.',
    'Settings come from the environment: see docs/operations.md.',
  ],
  async run(args, io) {
    // The settings first: what is wrong with them shows before the whole server is loaded.
    const { readSettings } = await import('../../settings.ts');
    const line = {
      dataDir: args.text('data') ?? '',
      host: args.text('host') ?? '',
      port: args.text('port') ?? '',
    };
    const settings = readSettings(line, io.environment);
    const [{ startCasebound }, { destination, pino }] = await Promise.all([
      import('../../main.ts'),
      import('pino'),
    ]);
    const running = await startCasebound(settings, pino(destination(2)));
    io.answer(`ready ${running.url}`);
    const fault = await Promise.race([running.failed, stopped(io.stop)]);
    await running.stop();
    if (fault) throw fault;
    return 0;
  },
};
