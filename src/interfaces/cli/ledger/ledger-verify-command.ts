import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { answerUnverified, ledgerOptions, showEntries } from './with-publishing.ts';

export const ledgerVerifyCommand: Command = {
  name: 'ledger verify',
  summary: 'Check an exported ledger with a key of your own, offline',
  usage: 'ledger verify DIR (--key VKEY | --policy FILE) [--held FILE] [--after DIR] [--json]',
  operands: ['DIR'],
  options: {
    key: { type: 'string', value: 'VKEY', describe: 'the log’s key, from whoever answers for it' },
    policy: {
      type: 'string',
      value: 'FILE',
      describe: 'a trust policy (C2SP tlog-policy): logs, witnesses and how many must have signed',
    },
    held: {
      type: 'string',
      value: 'FILE',
      describe: 'a checkpoint you kept from earlier: shows that nothing before it was changed since',
    },
    after: {
      type: 'string',
      value: 'DIR',
      describe: 'the folder of the log of the year before: shows that this one begins where that one ended',
    },
    json: ledgerOptions.json,
  },
  notes: [
    'Exit status 0: every entry, every tile and the checkpoint fit together and were signed. 1: not, and the line says where.',
    'The folder verifier/ does the same without any of this program: an auditor should use that one.',
  ],
  async run(args, io) {
    const [folder = ''] = args.operands;
    const [key, policyFile] = [args.text('key'), args.text('policy')];
    if ((key === undefined) === (policyFile === undefined))
      throw new WrongUse('give either --key VKEY or --policy FILE: what you trust has to come from you');
    const { verifyFolder } = await import('../../../publishing.ts');
    const onProgress = showEntries(io, 'checked');
    try {
      const ask = {
        folder,
        key,
        policyFile,
        heldFile: args.text('held'),
        afterFolder: args.text('after'),
        onProgress,
      };
      const { origin, size, cosigners } = await verifyFolder(ask);
      io.showProgress(undefined);
      const witnessed = cosigners.length > 0 ? `, witnessed by ${cosigners.join(', ')}` : '';
      io.answer(
        args.flag('json')
          ? JSON.stringify({ verified: true, origin, size, cosigners })
          : `verified: ${size.toLocaleString('en-US')} entries of ${origin}${witnessed}`,
      );
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
