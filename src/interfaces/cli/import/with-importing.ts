import type { Importing } from '../../../importing.ts';
import type { CommandArguments, CommandIo, CommandOption } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';

/** Options that all imports share. */
export const importOptions = {
  data: {
    type: 'string',
    value: 'DIR',
    describe: 'where keys and the embedded database live',
    default: './data',
  },
  json: { type: 'boolean', describe: 'the outcome as JSON' },
} as const satisfies Record<string, CommandOption>;

/** Of imports that keep the good rows of a file and list the others. */
export const rejectsOption = {
  type: 'string',
  value: 'FILE',
  describe: 'where rows that cannot be kept are listed, with line and fix; left out: FILE.rejects.ndjson',
} as const satisfies CommandOption;

export const rejectsFileOf = (args: CommandArguments): string =>
  args.text('rejects') ?? `${args.operands[0] ?? ''}.rejects.ndjson`;

/** A file that is not there shows at once, before any database is started. */
const assertReadable = async (path: string): Promise<void> => {
  const { access, constants } = await import('node:fs/promises');
  await access(path, constants.R_OK).catch((thrown: NodeJS.ErrnoException) => {
    throw new WrongUse(
      `${path} cannot be read (${thrown.code ?? 'unknown reason'}): check the path and its permissions`,
    );
  });
};

/** Opens the records, does the work, and closes them whatever happens. */
export const withImporting = async <T>(
  args: CommandArguments,
  io: CommandIo,
  work: (importing: Importing) => Promise<T>,
): Promise<T> => {
  for (const path of args.operands) await assertReadable(path);
  const [{ openImporting }, { readStorageSettings }] = await Promise.all([
    import('../../../importing.ts'),
    import('../../../settings.ts'),
  ]);
  const importing = await openImporting(
    readStorageSettings({ dataDir: args.text('data') ?? '' }, io.environment),
  );
  try {
    return await work(importing);
  } finally {
    io.showProgress(undefined);
    await importing.close();
  }
};

/** `1,234 rows`; `1 row`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
