import type { LogAccount } from '../../../platform/log-tables/log-tables.ts';
import type { CommandArguments, CommandIo, CommandOption } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';

/** Options of the commands that read logs. */
export const logOptions = {
  accesses: {
    type: 'string',
    multiple: true,
    value: 'F',
    describe: 'the access log: CSV, NDJSON or Parquet, .gz too; may be given several times',
  },
  map: { type: 'string', value: 'F', describe: 'a map (YAML) from the columns of another program to ours' },
  json: { type: 'boolean', describe: 'the answer as JSON' },
} as const satisfies Record<string, CommandOption>;

export const needed = (args: CommandArguments, option: string, what: string): string => {
  const text = args.text(option);
  if (text === undefined) throw new WrongUse(`--${option} is missing: name ${what}`);
  return text;
};

export const accessesOf = (args: CommandArguments): readonly string[] => {
  const files = args.texts('accesses');
  if (files.length === 0) throw new WrongUse('--accesses is missing: name the access log');
  return files;
};

export const inWords = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** What became of the rows, for people. */
export const tellAccount = ({ files, duplicates }: LogAccount, io: CommandIo): void => {
  for (const { file, read, used, setAside, examples, unknownWords } of files) {
    io.tell(
      `${file}: ${inWords(read, 'row')} read, ${used.toLocaleString('en-US')} used, ${setAside.toLocaleString('en-US')} set aside`,
    );
    for (const { row, reason } of examples.slice(0, 3)) io.tell(`  row ${row}: ${reason}`);
    for (const { column, word, rows } of unknownWords.slice(0, 3))
      io.tell(
        `  ${column}: ${JSON.stringify(word)} is none of our words (${inWords(rows, 'row')}), taken as not known`,
      );
  }
  if (duplicates.accesses)
    io.tell(`${inWords(duplicates.accesses, 'access', 'accesses')} stood there twice and counted once`);
};

/** The same for machines. */
export const presentAccount = ({ files, duplicates }: LogAccount): Record<string, unknown> => ({
  files: files.map(({ file, kind, read, used, setAside, reasons, examples, unknownWords }) => ({
    file,
    kind,
    read,
    used,
    set_aside: setAside,
    reasons,
    examples: examples.slice(0, 20),
    unknown_words: unknownWords.slice(0, 20),
  })),
  duplicates: duplicates.accesses ?? null,
});
