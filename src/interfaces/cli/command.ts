import type { ShowProgress } from './progress-line.ts';

/**
 * What the shell learns. 0: done. 1: done, and the answer is no. 2: wrong use or bad input. 69: cannot be done here
 * now, though nothing is wrong with the request (no database, disk full). 70: a bug of ours.
 */
export type ExitStatus = 0 | 1 | 2 | 69 | 70;

export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** One line for the help. */
  readonly describe: string;
  /** How the help calls the value: `DIR`, `N`. */
  readonly value?: string;
  readonly default?: string;
  /** May be given several times; read it with `texts`. Any other option is refused when it is given twice. */
  readonly multiple?: true;
}

/** What the command line said, already checked against the command's operands and options. */
export interface CommandArguments {
  /** As many as the command names in `operands`. */
  readonly operands: readonly string[];
  /** The value of a `string` option, its default, or undefined. */
  text(option: string): string | undefined;
  /** The values of a `multiple` option, in the order given. */
  texts(option: string): readonly string[];
  /** Was this `boolean` option given? */
  flag(option: string): boolean;
}

/** Everything a command may touch of the terminal and the process. */
export interface CommandIo {
  /** One line of the answer, to standard output. */
  answer(line: string): void;
  /** One line about the work, to standard error. */
  tell(line: string): void;
  readonly showProgress: ShowProgress;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first interrupt or termination signal: stop cleanly. A second signal ends the process. */
  readonly stop: AbortSignal;
}

/**
 * One command. Its file is read for every `--help`, so it stays light: `run` imports what does the work when it runs.
 */
export interface Command {
  /** One or two words: `serve`, `import customers`. */
  readonly name: string;
  readonly summary: string;
  /** How to write it, without `casebound`: `import customers FILE [--data DIR]`. */
  readonly usage: string;
  /** The operands it takes, all required: `['FILE']`. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** More for the help of this command: environment variables, an example. */
  readonly notes?: readonly string[];
  /** @throws Fault, which is told as one line; anything else counts as a bug of ours. */
  run(args: CommandArguments, io: CommandIo): Promise<ExitStatus>;
}
