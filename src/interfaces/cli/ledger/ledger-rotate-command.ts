import type { Command } from '../command.ts';
import { ledgerOptions } from './with-publishing.ts';

export const ledgerRotateCommand: Command = {
  name: 'ledger rotate',
  summary: 'Change the key that signs the public log: both sign for a time, then the old one is destroyed',
  usage: 'ledger rotate [--finish] [--data DIR] [--json]',
  operands: [],
  options: {
    ...ledgerOptions,
    finish: { type: 'boolean', describe: 'destroy the old key: everyone who checks has the new one' },
  },
  notes: [
    'First without --finish: from then on every checkpoint carries both signatures. Give the new key to everyone who',
    'checks the log, and to its witnesses, by a way of its own; wait until they have it; then run it with --finish.',
    'The log keeps its name, and every older checkpoint and proof stays good under the old key.',
  ],
  async run(args, io) {
    const [{ changeLogKey }, { readStorageSettings }] = await Promise.all([
      import('../../../changing-log-key.ts'),
      import('../../../settings.ts'),
    ]);
    const finish = args.flag('finish');
    const settings = readStorageSettings({ dataDir: args.text('data') ?? '' }, io.environment);
    const { from, origin, to } = await changeLogKey(settings, { finish });
    if (args.flag('json'))
      io.answer(JSON.stringify({ origin, from, to, state: finish ? 'changed' : 'both' }));
    else {
      io.answer(
        finish ? `${origin} is signed by its new key alone` : `${origin} is signed by both keys from now on`,
      );
      io.answer(`key ${to}`);
      if (!finish) io.answer(`old key ${from}`);
    }
    return 0;
  },
};
