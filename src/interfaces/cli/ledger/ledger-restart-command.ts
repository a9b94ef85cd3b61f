import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { ledgerOptions, withPublishing } from './with-publishing.ts';

export const ledgerRestartCommand: Command = {
  name: 'ledger restart',
  summary: 'End the public log and begin a new one under a new name',
  usage: 'ledger restart --origin NAME [--data DIR] [--json]',
  operands: [],
  options: {
    ...ledgerOptions,
    origin: {
      type: 'string',
      value: 'NAME',
      describe: 'the new log’s name, such as ledger.example.org/acme/2027',
    },
  },
  notes: [
    'Only when the old log may not be signed on: its key is lost, or the database was restored from an older copy.',
    'No entry is lost: the new log holds all that the database has. Keep the old log’s folder as evidence, set',
    'CASEBOUND_LEDGER_ORIGIN to the new name, restart the server, and tell whoever checks the log its new key.',
  ],
  async run(args, io) {
    const origin = args.text('origin');
    if (!origin) throw new WrongUse('--origin NAME is missing: a new log needs a new name');
    const environment = { ...io.environment, CASEBOUND_LEDGER_ORIGIN: undefined };
    const { vkey } = await withPublishing(args, { ...io, environment }, (publishing) =>
      publishing.restart(origin),
    );
    io.answer(args.flag('json') ? JSON.stringify({ origin, key: vkey }) : `${origin} begins\nkey ${vkey}`);
    return 0;
  },
};
