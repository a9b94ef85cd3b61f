import type { Command } from '../command.ts';
import { counted, importOptions, rejectsFileOf, rejectsOption, withImporting } from './with-importing.ts';

export const importCasesCommand: Command = {
  name: 'import cases',
  summary: 'Cases and their changes from a CSV or NDJSON file',
  usage: 'import cases FILE [--data DIR] [--rejects FILE] [--json]',
  operands: ['FILE'],
  options: { ...importOptions, rejects: rejectsOption },
  notes: [
    'FILE has the columns at, case, change, and may have agent, customer, queue, topic, channel, initiated_by; .gz too.',
    'Good rows are kept, others listed. Importing a row again changes nothing, so an interrupted import is just repeated.',
    'Exit status 1: done, but not every row was kept.',
  ],
  async run(args, io) {
    const [path = ''] = args.operands;
    const rejectsPath = rejectsFileOf(args);
    const { rowsNew, rowsRepeated, rowsBad } = await withImporting(args, io, (importing) =>
      importing.cases({ path, rejectsPath }, (progress) =>
        io.showProgress({
          done: progress.bytesRead,
          total: progress.bytesTotal,
          words: `${counted(progress.rowsNew, 'change')} new, ${counted(progress.rowsBad, 'row')} not kept`,
        }),
      ),
    );
    if (args.flag('json')) {
      const rejects = rowsBad > 0 ? rejectsPath : null;
      io.answer(
        JSON.stringify({ rows_new: rowsNew, rows_repeated: rowsRepeated, rows_bad: rowsBad, rejects }),
      );
    } else {
      io.answer(`${counted(rowsNew, 'change')} new, ${rowsRepeated.toLocaleString('en-US')} known before`);
      if (rowsBad > 0) io.answer(`${counted(rowsBad, 'row')} not kept: see ${rejectsPath}`);
    }
    return rowsBad === 0 ? 0 : 1;
  },
};
