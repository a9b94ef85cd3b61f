import type { ExposureScope } from '../../../analysis/exposure/exposure-scope.ts';
import type { ExposureFound } from '../../../workflows/trace/find-exposed.ts';
import type { Command, CommandArguments, CommandIo } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { accessesOf, inWords, logOptions, needed, presentAccount, tellAccount } from './trace-options.ts';

const dayMs = 86_400_000;

/** A day, or a moment; a day as an end is meant whole. */
const timeOf = async (args: CommandArguments, option: 'from' | 'to'): Promise<number | undefined> => {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const { parseInstant } = await import('../../../model/instant.ts');
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = parseInstant(isDay ? `${text}T00:00:00Z` : text);
  if (at === undefined)
    throw new WrongUse(
      `--${option} is a day or a time such as 2026-01-31 or 2026-01-31T09:00:00Z, not ${JSON.stringify(text)}`,
    );
  return isDay && option === 'to' ? at + dayMs - 1 : at;
};

const scopesOf = async (args: CommandArguments): Promise<readonly ExposureScope[]> => {
  const [suspects, agents, vendors] = [args.text('suspects'), args.texts('agent'), args.texts('vendor')];
  const named = agents.length + vendors.length > 0;
  if ((suspects !== undefined) === named)
    throw new WrongUse(
      'say whose looks: either --suspects FILE, or --agent ID or --vendor NAME (with --from and --to)',
    );
  const [fromMs, toMs] = [await timeOf(args, 'from'), await timeOf(args, 'to')];
  if (suspects !== undefined) {
    if (fromMs !== undefined || toMs !== undefined)
      throw new WrongUse('--from and --to go with --agent; suspects have their own dates');
    const { readSuspects } = await import('../../../workflows/trace/suspects-file.ts');
    return readSuspects(suspects);
  }
  if (fromMs !== undefined && toMs !== undefined && toMs < fromMs)
    throw new WrongUse('--to is before --from');
  const { sharpWindow } = await import('../../../analysis/exposure/exposure-scope.ts');
  const window = sharpWindow(fromMs ?? -8.64e15, toMs ?? 8.64e15);
  return [
    ...agents.map((agent) => ({ who: { agent }, posterior: 1, window })),
    ...vendors.map((vendor) => ({ who: { vendor }, posterior: 1, window })),
  ];
};

const presentFound = ({ exposure, account }: ExposureFound, out: string): Record<string, unknown> => ({
  out,
  could_see: exposure.couldSee,
  taken: {
    known: exposure.taken.known,
    known_elsewhere: exposure.taken.knownElsewhere,
    share_at_least: exposure.taken.shareAtLeast ?? null,
  },
  fields_not_exposed: exposure.fieldsNotExposed,
  warnings: exposure.warnings,
  account: presentAccount(account),
});

const tell = ({ exposure, account }: ExposureFound, out: string, io: CommandIo): void => {
  tellAccount(account, io);
  for (const warning of exposure.warnings) io.tell(`warning: ${warning}`);
  const { couldSee, taken, fieldsNotExposed } = exposure;
  io.answer(
    couldSee.customers === 0
      ? 'nobody is exposed'
      : `${inWords(couldSee.customers, 'customer')} exposed: ${couldSee.certain.toLocaleString('en-US')} certain, ${couldSee.likely.toLocaleString('en-US')} likely, ${couldSee.possible.toLocaleString('en-US')} possible: see ${out}`,
  );
  if (couldSee.fields.length > 0) io.answer(`fields that were shown: ${couldSee.fields.join(', ')}`);
  if (fieldsNotExposed.length > 0) io.answer(`fields that were not: ${fieldsNotExposed.join(', ')}`);
  if (taken.shareAtLeast !== undefined)
    io.answer(
      `known to be taken: ${inWords(taken.known, 'customer')} of these, and ${taken.knownElsewhere.toLocaleString('en-US')} whom these accounts did not see then`,
    );
  else if (couldSee.customers > 0)
    io.answer('which of them were taken is not known: this is what could be seen');
};

export const exposureCommand: Command = {
  name: 'exposure',
  summary: 'Which customers and fields are exposed to suspects, an agent or a vendor, and how surely',
  usage:
    'exposure --accesses F (--suspects FILE | --agent ID | --vendor NAME [--from T --to T]) --out FILE [--sample F] [--map F] [--json]',
  operands: [],
  options: {
    ...logOptions,
    suspects: { type: 'string', value: 'FILE', describe: 'the suspects.json that attribute wrote' },
    agent: {
      type: 'string',
      multiple: true,
      value: 'ID',
      describe: 'an account; may be given several times',
    },
    vendor: { type: 'string', multiple: true, value: 'NAME', describe: 'all accounts of a vendor' },
    from: {
      type: 'string',
      value: 'T',
      describe: 'the first day or moment; left out: the beginning of the log',
    },
    to: { type: 'string', value: 'T', describe: 'the last day or moment; left out: the end of the log' },
    sample: {
      type: 'string',
      multiple: true,
      value: 'F',
      describe: 'a leaked list: its customers are known to be taken',
    },
    out: { type: 'string', value: 'FILE', describe: 'where exposure.csv goes' },
  },
  notes: [
    'certain: taken for sure, or shown for sure to the account you named; likely: 50 % or more; possible: 5 % or more.',
    'Exit status 0: somebody is exposed; 1: nobody is.',
  ],
  async run(args, io) {
    const accesses = accessesOf(args);
    const out = needed(args, 'out', 'the file for the customers');
    const scopes = await scopesOf(args);
    const [{ findExposed }, { exposureCsvHeader, exposureCsvLine }, { replaceFile }] = await Promise.all([
      import('../../../workflows/trace/find-exposed.ts'),
      import('../../../analysis/exposure/exposure-csv.ts'),
      import('../../../workflows/trace/replace-file.ts'),
    ]);
    const found = await findExposed({
      accesses,
      sample: args.texts('sample'),
      map: args.text('map'),
      scopes,
      signal: io.stop,
      onRead: ({ bytesDone, bytesTotal, rows }) =>
        io.showProgress({ done: bytesDone, total: bytesTotal, words: `${inWords(rows, 'row')} read` }),
    }).finally(() => io.showProgress(undefined));
    const { customers } = found.exposure;
    const lines = function* (): Generator<string> {
      yield exposureCsvHeader;
      for (const customer of customers) yield exposureCsvLine(customer);
    };
    await replaceFile(out, lines());
    if (args.flag('json')) io.answer(JSON.stringify(presentFound(found, out)));
    else tell(found, out, io);
    return customers.length > 0 ? 0 : 1;
  },
};
