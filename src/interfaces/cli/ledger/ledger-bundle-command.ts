import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { answerUnverified, ledgerOptions } from './with-publishing.ts';

const subjects = ['customer', 'agent', 'case', 'view', 'entries'] as const;

export const ledgerBundleCommand: Command = {
  name: 'ledger bundle',
  summary: 'Evidence about a customer, an agent, a case, a view or a time, to check offline',
  usage:
    'ledger bundle --out FILE.zip (--customer ID | --agent ID | --case ID | --view HEX12 | --entries A-B | --from T --to T) [OPTION...]',
  operands: [],
  options: {
    ...ledgerOptions,
    out: { type: 'string', value: 'FILE', describe: 'the zip to write' },
    customer: {
      type: 'string',
      value: 'ID',
      describe: 'all entries about a customer: our id or the help desk’s',
    },
    agent: {
      type: 'string',
      value: 'ID',
      describe: 'entries of what an agent did: our id or the directory’s',
    },
    case: { type: 'string', value: 'ID', describe: 'accesses in a case: our id or the help desk’s' },
    view: {
      type: 'string',
      value: 'HEX12',
      describe: 'accesses in a view: the code that its picture carries',
    },
    entries: { type: 'string', value: 'A-B', describe: 'every entry of the ledger from A to B' },
    from: { type: 'string', value: 'T', describe: 'only from this time or day on (UTC)' },
    to: { type: 'string', value: 'T', describe: 'only before this time or day (UTC)' },
    show: {
      type: 'string',
      value: 'CLASSES',
      describe: 'whose values are shown: customer, actor, customer,actor or none; usually whom it is about',
    },
    held: {
      type: 'string',
      value: 'FILE',
      describe: 'a checkpoint that the recipient kept: the bundle proves that nothing before it was changed',
      multiple: true,
    },
    recipient: { type: 'string', value: 'WORDS', describe: 'for whom it is; it is recorded' },
  },
  notes: [
    'The export is itself an entry of the ledger. Values that are not shown are withheld provably.',
    'Check it with node verifier/verify.js bundle FILE.zip --key VKEY, or unpacked with sh tools/verify-plain.sh.',
    'The bundle holds personal data in the clear: send it as such.',
  ],
  async run(args, io) {
    const outFile = args.text('out');
    if (!outFile) throw new WrongUse('--out FILE is missing: name the zip to write');
    const given = subjects.filter((name) => args.text(name) !== undefined);
    const [from, to] = [args.text('from'), args.text('to')];
    if (given.length > 1) throw new WrongUse(`--${given.join(' and --')}: one bundle is about one of them`);
    if (given.length === 0 && from === undefined && to === undefined)
      throw new WrongUse(`say which entries: --${subjects.join(', --')}, or --from and --to`);
    if (given[0] === 'entries' && (from ?? to) !== undefined)
      throw new WrongUse('--entries already says from where to where: leave out --from and --to');
    const [{ writeBundle }, { readStorageSettings }] = await Promise.all([
      import('../../../bundling.ts'),
      import('../../../settings.ts'),
    ]);
    const settings = readStorageSettings({ dataDir: args.text('data') ?? '' }, io.environment);
    try {
      const { bytes, completeness, entries, origin, seq, size, vkey } = await writeBundle(settings, {
        outFile,
        customer: args.text('customer'),
        agent: args.text('agent'),
        caseKey: args.text('case'),
        view: args.text('view'),
        entries: args.text('entries'),
        from,
        to,
        show: args.text('show'),
        heldFiles: args.texts('held'),
        recipient: args.text('recipient'),
      });
      io.answer(
        args.flag('json')
          ? JSON.stringify({ origin, size, entries, bytes, export: seq, completeness, key: vkey })
          : `${entries.toLocaleString('en-US')} entries of ${origin} in ${outFile}, recorded as entry ${seq}\nkey ${vkey}`,
      );
      return 0;
    } catch (thrown) {
      return answerUnverified(thrown, args, io);
    }
  },
};
