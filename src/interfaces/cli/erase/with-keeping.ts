import type { Keeping } from '../../../keeping.ts';
import type { Refusal } from '../../../model/refusal.ts';
import type { CommandArguments, CommandIo, CommandOption, ExitStatus } from '../command.ts';
import { withOpened } from '../with-opened.ts';
import { WrongUse } from '../wrong-use.ts';

/** Options that the commands on erasure, holds and retention share. */
export const keepingOptions = {
  data: {
    type: 'string',
    value: 'DIR',
    describe: 'where keys, the published log and the embedded database live',
    default: './data',
  },
  json: { type: 'boolean', describe: 'the outcome as JSON' },
} as const satisfies Record<string, CommandOption>;

export const byOption = {
  by: { type: 'string', value: 'AGENT', describe: 'who decided: their reference in the directory' },
} as const satisfies Record<string, CommandOption>;

export const needed = (args: CommandArguments, option: string, what: string): string => {
  const value = args.text(option);
  if (!value) throw new WrongUse(`--${option} is missing: ${what}`);
  return value;
};

export const neededBy = (args: CommandArguments): string =>
  needed(args, 'by', 'name who decided, by their reference in the directory');

/** Opens the records, does the work, and closes them whatever happens. */
export const withKeeping = async <T>(
  args: CommandArguments,
  io: CommandIo,
  work: (keeping: Keeping) => Promise<T>,
): Promise<T> => {
  const { openKeeping } = await import('../../../keeping.ts');
  return withOpened({ args, io }, openKeeping, work);
};

/** The answer no, with its reason. It is on record by now. */
export const answerRefusal = (refusal: Refusal, args: CommandArguments, io: CommandIo): ExitStatus => {
  io.answer(args.flag('json') ? JSON.stringify(refusal) : `refused: ${refusal.sentence}`);
  return 1;
};

export const isRefused = (answer: object): answer is Refusal => 'refused' in answer;
