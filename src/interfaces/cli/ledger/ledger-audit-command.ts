import type { Command } from '../command.ts';
import { answerUnverified, ledgerOptions, showEntries, withPublishing } from './with-publishing.ts';

export const ledgerAuditCommand: Command = {
  name: 'ledger audit',
  summary: 'Check the whole published ledger against its checkpoint and against the database',
  usage: 'ledger audit [--data DIR] [--json]',
  operands: [],
  options: ledgerOptions,
  notes: [
    'Reads every entry and every tile: run it daily. Exit status 1: something does not fit, and the line says where.',
  ],
  async run(args, io) {
    try {
      const { origin, size } = await withPublishing(args, io, (publishing) =>
        publishing.audit(showEntries(io, 'checked')),
      );
      io.answer(
        args.flag('json')
          ? JSON.stringify({ verified: true, origin, size })
          : `verified: ${size.toLocaleString('en-US')} entries of ${origin}, the same in the database`,
      );
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
