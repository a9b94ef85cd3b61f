import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { answerUnverified, ledgerOptions, withPublishing } from './with-publishing.ts';

export const ledgerProveCommand: Command = {
  name: 'ledger prove',
  summary: 'One entry and the proof that it is in the ledger, to check offline',
  usage: 'ledger prove INDEX --out DIR [--data DIR] [--json]',
  operands: ['INDEX'],
  options: {
    ...ledgerOptions,
    out: { type: 'string', value: 'DIR', describe: 'where INDEX.tlog-proof and INDEX.bin are written' },
  },
  notes: [
    'The proof is in the public format C2SP tlog-proof: `node verifier/verify.js proof` checks it, and other tools too.',
  ],
  async run(args, io) {
    const [text = ''] = args.operands;
    const out = args.text('out');
    if (!out) throw new WrongUse('--out DIR is missing: name the folder to write to');
    if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text))
      throw new WrongUse(`${text}: not the index of an entry; write a whole number from 0`);
    try {
      const { index, origin, size, vkey } = await withPublishing(args, io, (publishing) =>
        publishing.prove(Number(text), out),
      );
      io.answer(
        args.flag('json')
          ? JSON.stringify({ index, origin, size, key: vkey })
          : `${out}/${index}.tlog-proof shows ${out}/${index}.bin to be entry ${index} of ${origin}\nkey ${vkey}`,
      );
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
