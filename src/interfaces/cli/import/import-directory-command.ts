import { basename } from 'node:path';
import type { DirectoryImported } from '../../../workflows/import-directory/import-directory.ts';
import type { Command, CommandIo } from '../command.ts';
import { counted, importOptions, withImporting } from './with-importing.ts';

type Kept = Extract<DirectoryImported, { kept: true }>;
type NotKept = Extract<DirectoryImported, { kept: false }>;

/** More would scroll the first ones, which matter most, off the screen. */
const problemsShownMax = 20;

const tellKept = ({ written, changes }: Kept, io: CommandIo): void => {
  for (const [kind, { added, changed }] of Object.entries(written))
    if (added + changed > 0) io.answer(`${kind}: ${added} added, ${changed} changed`);
  if (Object.values(written).every(({ added, changed }) => added + changed === 0))
    io.answer('nothing changed');
  for (const { ref, from, to } of changes.rolesChanged)
    io.tell(`role of ${ref}: ${from ?? 'new'}, now ${to}`);
  for (const [kind, { count }] of Object.entries(changes.absent))
    if (count > 0)
      io.tell(`${counted(count, 'entry', 'entries')} of ${kind} not named in the file: left as they are`);
  if (changes.suspensionsKept.length > 0)
    io.tell(`still suspended, though the file says active: ${changes.suspensionsKept.join(', ')}`);
};

const tellNotKept = ({ problems, problemCount }: NotKept, path: string, io: CommandIo): void => {
  for (const { where, problem } of problems.slice(0, problemsShownMax))
    io.tell(`casebound: ${basename(path)}, ${where}: ${problem}`);
  const more = problemCount - Math.min(problems.length, problemsShownMax);
  io.tell(
    `casebound: nothing was kept${more > 0 ? `; ${counted(more, 'more problem')}, all of them with --json` : ''}`,
  );
};

export const importDirectoryCommand: Command = {
  name: 'import directory',
  summary: 'Vendors, sites, teams, shifts, queues and agents from a file',
  usage: 'import directory FILE [--data DIR] [--json]',
  operands: ['FILE'],
  options: importOptions,
  notes: ['FILE is YAML, JSON or NDJSON. All of it is kept or, when anything is wrong, nothing.'],
  async run(args, io) {
    const [path = ''] = args.operands;
    const imported = await withImporting(args, io, (importing) => importing.directory(path));
    if (args.flag('json')) io.answer(JSON.stringify(imported));
    else if (imported.kept) tellKept(imported, io);
    else tellNotKept(imported, path, io);
    return imported.kept ? 0 : 2;
  },
};
