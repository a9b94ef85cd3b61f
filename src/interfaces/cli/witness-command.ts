import type { Command } from './command.ts';
import { WrongUse } from './wrong-use.ts';

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export const witnessCommand: Command = {
  name: 'witness',
  summary: 'A witness for ledgers of others: cosigns their checkpoints and never a second history',
  usage: 'witness --data DIR --log VKEY [--log VKEY...] [--host ADDRESS] [--port N] [--name NAME]',
  operands: [],
  options: {
    data: {
      type: 'string',
      value: 'DIR',
      describe: 'where its key is, and what it cosigned last: losing it lets a log roll back unseen',
    },
    log: {
      type: 'string',
      value: 'VKEY',
      describe: 'the key of a log to cosign for; give the option once for each log',
      multiple: true,
    },
    host: { type: 'string', value: 'ADDRESS', describe: 'the address to listen on', default: '127.0.0.1' },
    port: { type: 'string', value: 'N', describe: 'the port to listen on; 0: any free one', default: '8421' },
    name: {
      type: 'string',
      value: 'NAME',
      describe: 'its name for good, such as witness.auditor.example; made up when left out',
    },
  },
  notes: [
    'Speaks C2SP tlog-witness: POST /add-checkpoint. Run it on a machine that whoever runs the ledger cannot reach.',
    'Prints "ready URL" and "key VKEY": give both to the ledger’s operator, for the line',
    '"witness NAME VKEY URL" of the ledger policy. Put TLS in front of it when it listens to the world.',
    'An interrupt or termination signal stops it; killing it at any instant loses nothing.',
  ],
  async run(args, io) {
    const [dataDir, portText = ''] = [args.text('data'), args.text('port')];
    if (!dataDir) throw new WrongUse('--data DIR is missing: name the folder that it remembers in');
    const logs = args.texts('log');
    if (logs.length === 0) throw new WrongUse('--log VKEY is missing: name the log to cosign for');
    const port = Number(portText);
    if (!/^\d{1,5}$/.test(portText) || port > 65_535)
      throw new WrongUse('--port must be a number from 0 to 65535');
    const { startWitness } = await import('../../witness.ts');
    const witness = await startWitness({
      dataDir,
      host: args.text('host') ?? '',
      port,
      name: args.text('name'),
      logs,
      onFault: (line) => io.tell(line),
    });
    io.answer(`ready ${witness.url}`);
    io.answer(`key ${witness.vkey}`);
    await stopped(io.stop);
    await witness.stop();
    return 0;
  },
};
