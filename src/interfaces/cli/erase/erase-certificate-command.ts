import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { keepingOptions, needed, withKeeping } from './with-keeping.ts';

export const eraseCertificateCommand: Command = {
  name: 'erase certificate',
  summary: 'The certificate of an erasure: proofs that it was ordered and done, to check offline',
  usage: 'erase certificate ERASURE --out FILE [--data DIR] [--json]',
  operands: ['ERASURE'],
  options: { ...keepingOptions, out: { type: 'string', value: 'FILE', describe: 'the file to write' } },
  async run(args, io) {
    const [text = ''] = args.operands;
    const file = needed(args, 'out', 'name the file to write');
    const [{ parseId }, { writeFile }] = await Promise.all([
      import('../../../model/id.ts'),
      import('node:fs/promises'),
    ]);
    const id = parseId('erasure', text);
    if (!id) throw new WrongUse(`${text}: not the id of an erasure; it begins with ers_`);
    const certificate = await withKeeping(args, io, (keeping) => keeping.certificate(id));
    await writeFile(file, certificate);
    io.answer(args.flag('json') ? JSON.stringify({ erasure: id, file }) : `${file} certifies ${id}`);
    return 0;
  },
};
