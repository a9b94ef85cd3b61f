import { isFault } from '../../../model/fault.ts';
import type { Publishing } from '../../../publishing.ts';
import type { CommandArguments, CommandIo, CommandOption, ExitStatus } from '../command.ts';
import { withOpened } from '../with-opened.ts';

/** Options that commands on the published ledger share. */
export const ledgerOptions = {
  data: {
    type: 'string',
    value: 'DIR',
    describe: 'where keys, the published log and the embedded database live',
    default: './data',
  },
  json: { type: 'boolean', describe: 'the outcome as JSON' },
} as const satisfies Record<string, CommandOption>;

/** Opens the records, does the work, and closes them whatever happens. */
export const withPublishing = async <T>(
  args: CommandArguments,
  io: CommandIo,
  work: (publishing: Publishing) => Promise<T>,
): Promise<T> => {
  const { openPublishing } = await import('../../../publishing.ts');
  return withOpened({ args, io }, openPublishing, work);
};

export const showEntries =
  (io: CommandIo, did: string) =>
  (entries: number, size: number): void =>
    io.showProgress({
      done: entries,
      total: size,
      words: `${entries.toLocaleString('en-US')} entries ${did}`,
    });

/** The answer no: evidence that does not hold is an answer with exit status 1, and names the place. */
export const answerUnverified = (thrown: unknown, args: CommandArguments, io: CommandIo): ExitStatus => {
  if (!isFault(thrown) || thrown.code !== 'not-verified') throw thrown;
  io.showProgress(undefined);
  io.answer(
    args.flag('json')
      ? JSON.stringify({ verified: false, why: thrown.message })
      : `NOT VERIFIED: ${thrown.message}`,
  );
  return 1;
};
