import type { ImportSummary } from '../../../workflows/import-customers/import-ask.ts';
import type { Command, CommandIo } from '../command.ts';
import { counted, importOptions, rejectsFileOf, rejectsOption, withImporting } from './with-importing.ts';

const presentSummary = (summary: ImportSummary, rejectsFile: string): Record<string, unknown> => ({
  ended: summary.ended,
  resumed_at_line: summary.resumedAtLine ?? null,
  rows_kept: summary.rowsKept,
  customers_new: summary.rowsNew,
  rows_bad: summary.rowsBad,
  bad_reasons: summary.badReasons,
  rejects: summary.rowsBad > 0 ? rejectsFile : null,
  rejects_complete: summary.rejectsComplete,
  columns_left_out: { secret: summary.leftOut.secret, not_in_catalogue: summary.leftOut.notInCatalogue },
});

const tellSummary = (summary: ImportSummary, rejectsFile: string, io: CommandIo): void => {
  const { rowsKept, rowsNew, rowsBad, leftOut, resumedAtLine, rejectsComplete } = summary;
  if (resumedAtLine !== undefined)
    io.tell(`went on at line ${resumedAtLine}, where an earlier import had stopped`);
  for (const [columns, why] of [
    [leftOut.secret, 'secret'],
    [leftOut.notInCatalogue, 'not in the field catalogue'],
  ] as const)
    if (columns.length > 0) io.tell(`not stored, because ${why}: ${columns.join(', ')}`);
  if (!rejectsComplete) io.tell(`${rejectsFile} lists only what was rejected from line ${resumedAtLine} on`);
  io.answer(`${counted(rowsKept, 'customer')} kept, ${rowsNew.toLocaleString('en-US')} of them new`);
  if (rowsBad > 0) io.answer(`${counted(rowsBad, 'row')} not kept: see ${rejectsFile}`);
};

export const importCustomersCommand: Command = {
  name: 'import customers',
  summary: 'Customers from a CSV or NDJSON file into the vault, sealed',
  usage: 'import customers FILE [--data DIR] [--rejects FILE] [--json]',
  operands: ['FILE'],
  options: { ...importOptions, rejects: rejectsOption },
  notes: [
    'FILE has a column "ref", the help desk’s reference, and columns named like the fields of policy/fields.yaml; .gz too.',
    'Good rows are kept, others listed. Interrupted? Run it again with the same file: it goes on where it stopped.',
    'Exit status 1: done, but not every row was kept, or it was stopped before the end.',
  ],
  async run(args, io) {
    const [file = ''] = args.operands;
    const rejectsFile = rejectsFileOf(args);
    const summary = await withImporting(args, io, (importing) =>
      importing.customers({
        file,
        rejectsFile,
        signal: io.stop,
        onProgress: ({ rowsKept, rowsBad, bytesDone, bytesTotal }) =>
          io.showProgress({
            done: bytesDone,
            total: bytesTotal,
            words: `${counted(rowsKept, 'customer')} kept, ${counted(rowsBad, 'row')} not kept`,
          }),
      }),
    );
    if (args.flag('json')) io.answer(JSON.stringify(presentSummary(summary, rejectsFile)));
    else tellSummary(summary, rejectsFile, io);
    if (summary.ended === 'stopped')
      io.tell('stopped before the end: run the same command again to go on from here');
    return summary.ended === 'whole' && summary.rowsBad === 0 ? 0 : 1;
  },
};
