import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { answerUnverified, ledgerOptions, showEntries, withPublishing } from './with-publishing.ts';

export const ledgerExportCommand: Command = {
  name: 'ledger export',
  summary: 'The ledger as a public log: tiles, entries and signed checkpoint in a folder',
  usage: 'ledger export --out DIR [--data DIR] [--json]',
  operands: [],
  options: {
    ...ledgerOptions,
    out: {
      type: 'string',
      value: 'DIR',
      describe: 'an empty folder, or that of an older export of the same log',
    },
  },
  notes: [
    'The folder is in the public format C2SP tlog-tiles and holds no personal data: only digests, times and kinds.',
    'Everything is checked while it is copied. Exit status 1: the log does not check out, and the line says where.',
    'Give the key it prints to whoever should be able to check it, by a way of its own.',
  ],
  async run(args, io) {
    const out = args.text('out');
    if (!out) throw new WrongUse('--out DIR is missing: name the folder to write to');
    try {
      const { origin, size, vkey } = await withPublishing(args, io, (publishing) =>
        publishing.export(out, showEntries(io, 'copied and checked')),
      );
      io.answer(
        args.flag('json')
          ? JSON.stringify({ origin, size, key: vkey })
          : `${size.toLocaleString('en-US')} entries of ${origin} in ${out}\nkey ${vkey}`,
      );
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
