import type { Command } from '../command.ts';
import { answerUnverified } from '../ledger/with-publishing.ts';
import { WrongUse } from '../wrong-use.ts';
import { keepingOptions } from './with-keeping.ts';

export const eraseVerifyCommand: Command = {
  name: 'erase verify',
  summary: 'Check a certificate of erasure with a key of your own, offline',
  usage: 'erase verify FILE (--key VKEY | --policy FILE) [--json]',
  operands: ['FILE'],
  options: {
    key: { type: 'string', value: 'VKEY', describe: 'the log’s key, from whoever answers for it' },
    policy: {
      type: 'string',
      value: 'FILE',
      describe: 'a trust policy (C2SP tlog-policy): logs, witnesses and how many must have signed',
    },
    json: keepingOptions.json,
  },
  notes: ['Exit status 0: both entries are in the log and say this. 1: not, and the line says where.'],
  async run(args, io) {
    const [file = ''] = args.operands;
    const [key, policyFile] = [args.text('key'), args.text('policy')];
    if ((key === undefined) === (policyFile === undefined))
      throw new WrongUse('give either --key VKEY or --policy FILE: what you trust has to come from you');
    const [{ verifyCertificateFile }, { policyOf }, { formatInstant }] = await Promise.all([
      import('../../../keeping.ts'),
      import('../../../publishing.ts'),
      import('../../../model/instant.ts'),
    ]);
    try {
      const shown = await verifyCertificateFile(file, await policyOf({ key, policyFile }));
      const {
        basis,
        decidedBy,
        destroyed,
        destroyedAt,
        kept,
        orderedAt,
        origin,
        request,
        role,
        subjectClass,
      } = shown;
      if (args.flag('json')) {
        io.answer(JSON.stringify({ verified: true, ...shown }));
        return 0;
      }
      const counts = Object.entries(destroyed).map(([kind, count]) => `${kind} ${count}`);
      io.answer(`verified: request ${request}, ${subjectClass}, in ${origin}`);
      io.answer(`decided by ${decidedBy} (${role}) on ${formatInstant(orderedAt)}: ${basis}`);
      io.answer(
        `destroyed ${destroyedAt}: ${counts.join(', ')}; entries that named the person: ${shown.entries}`,
      );
      io.answer(`kept: ${kept.join(', ')}`);
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
