import type { TraceDone } from '../../../workflows/trace/trace-leak.ts';
import type { Command, CommandArguments, CommandIo } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { accessesOf, inWords, logOptions, needed, presentAccount, tellAccount } from './trace-options.ts';

const evidenceOf = (
  args: CommandArguments,
): { readonly reports: readonly string[]; readonly sample: readonly string[] } => {
  const [reports, sample] = [args.texts('reports'), args.texts('sample')];
  if (reports.length > 0 === sample.length > 0)
    throw new WrongUse('give either --reports (what customers reported) or --sample (a leaked list)');
  return { reports, sample };
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const tell = ({ leak, account }: TraceDone, out: string, io: CommandIo): void => {
  tellAccount(account, io);
  for (const warning of leak.warnings) io.tell(`warning: ${warning}`);
  const reviews = leak.suspects.filter(({ review }) => review);
  io.answer(
    reviews.length === 0
      ? `nobody can be named; probability that no account of this log is behind it: ${percent(leak.nobody_posterior)}`
      : `${inWords(reviews.length, 'account')} to review, a lead and no accusation: see ${out}`,
  );
  for (const { agent, posterior, window, reports_explained, placebo, review } of leak.suspects.slice(0, 20))
    io.answer(
      `  ${review ? 'review' : '      '}  ${percent(posterior).padStart(7)}  ${window.start.slice(0, 10)} to ${window.end.slice(0, 10)}  explains ${reports_explained.toFixed(1)}, placebo ${placebo.passed ? 'passed' : 'failed'}  ${agent}`,
    );
  for (const limit of leak.limits) io.tell(`limit: ${limit}`);
};

export const attributeCommand: Command = {
  name: 'attribute',
  summary: 'Whose account a leak came from and since when, from reports or a leaked list',
  usage: 'attribute --accesses F (--reports F | --sample F) --out FILE [--map F] [--html FILE] [--json]',
  operands: [],
  options: {
    ...logOptions,
    reports: {
      type: 'string',
      multiple: true,
      value: 'F',
      describe: 'what customers reported: at, customer, kind, contacted_at',
    },
    sample: {
      type: 'string',
      multiple: true,
      value: 'F',
      describe: 'a leaked list: customer, as_of_from, as_of_to',
    },
    out: { type: 'string', value: 'FILE', describe: 'where suspects.json goes' },
    html: {
      type: 'string',
      value: 'FILE',
      describe: 'also a page with words and a picture for each suspect',
    },
  },
  notes: [
    'Exit status 0: there are accounts to review; 1: nobody can be named.',
    'The answer is "review this account for these dates", never an accusation.',
  ],
  async run(args, io) {
    const accesses = accessesOf(args);
    const evidence = evidenceOf(args);
    const out = needed(args, 'out', 'the file for the suspects');
    const html = args.text('html');
    const [{ traceLeak }, { suspectsText }, { replaceFile }, { suspectsPage }] = await Promise.all([
      import('../../../workflows/trace/trace-leak.ts'),
      import('../../../workflows/trace/suspects-file.ts'),
      import('../../../workflows/trace/replace-file.ts'),
      import('../../../workflows/trace/suspects-page.ts'),
    ]);
    const done = await traceLeak({
      accesses,
      ...evidence,
      map: args.text('map'),
      signal: io.stop,
      onRead: ({ bytesDone, bytesTotal, rows }) =>
        io.showProgress({ done: bytesDone, total: bytesTotal, words: `${inWords(rows, 'row')} read` }),
      onScored: (share) => io.showProgress({ done: share, total: 1, words: 'weighing the accounts' }),
    }).finally(() => io.showProgress(undefined));
    await replaceFile(out, [suspectsText(done.leak)]);
    if (html !== undefined) await replaceFile(html, [suspectsPage(done.leak, done.pictures)]);
    if (args.flag('json')) io.answer(JSON.stringify({ ...done.leak, account: presentAccount(done.account) }));
    else tell(done, out, io);
    return done.leak.suspects.some(({ review }) => review) ? 0 : 1;
  },
};
