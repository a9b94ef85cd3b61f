import { parseArgs } from 'node:util';
import type { Command, CommandArguments } from './command.ts';
import { nearestName } from './nearest-name.ts';
import { WrongUse } from './wrong-use.ts';

/** What was asked for: to run a command, or to read about one (or about all). */
export type Request =
  | { readonly kind: 'run'; readonly command: Command; readonly words: readonly string[] }
  | { readonly kind: 'help'; readonly command: Command | undefined };

const helpWords = ['--help', '-h'];
const versionWords = ['--version', '-v'];

const findCommand = (words: readonly string[], commands: readonly Command[]): Command | undefined =>
  commands
    .filter((command) => command.name.split(' ').every((word, at) => words[at] === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0];

const unknownCommand = (words: readonly string[], commands: readonly Command[]): WrongUse => {
  const [first = '', second] = words;
  const names = commands.map((command) => command.name);
  const below = names.filter((name) => name.startsWith(`${first} `));
  if (first.startsWith('-'))
    return new WrongUse(`${first} stands before any command; write the command first: casebound help`);
  if (below.length > 0 && (second === undefined || second.startsWith('-')))
    return new WrongUse(`${first} what? One of: ${below.map((name) => `casebound ${name}`).join(', ')}`);
  const written = below.length > 0 ? `${first} ${second}` : first;
  const meant =
    nearestName(written, below.length > 0 ? below : names) ?? nearestName(`${first} ${second}`, names);
  const advice = meant ? `Did you mean: casebound ${meant}` : 'casebound help lists the commands';
  return new WrongUse(`there is no command "${written}". ${advice}`);
};

const helpRequest = (words: readonly string[], commands: readonly Command[]): Request => {
  const command = findCommand(words, commands);
  if (!command && words[0] !== undefined && !helpWords.includes(words[0]))
    throw unknownCommand(words, commands);
  return { kind: 'help', command };
};

/**
 * Finds out what the words after `casebound` ask for.
 * @throws WrongUse when they name no command
 */
export const readRequest = (words: readonly string[], commands: readonly Command[]): Request => {
  const [first] = words;
  if (first === undefined || helpWords.includes(first)) return { kind: 'help', command: undefined };
  if (first === 'help') return helpRequest(words.slice(1), commands);
  const named = versionWords.includes(first) ? ['version', ...words.slice(1)] : words;
  const command = findCommand(named, commands);
  if (!command) throw unknownCommand(named, commands);
  const rest = named.slice(command.name.split(' ').length);
  const beforeDashes = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  if (beforeDashes.some((word) => helpWords.includes(word))) return { kind: 'help', command };
  return { kind: 'run', command, words: rest };
};

/** node:util words its complaints for developers; these are for whoever typed the line. */
const wordedComplaint = (thrown: unknown, command: Command): string => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const message = thrown instanceof Error ? thrown.message : '';
  const option = /'(?:-\w, )?(--?[\w-]+)/.exec(message)?.[1] ?? '';
  const value = command.options[option.replace(/^-+/, '')]?.value ?? 'VALUE';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const names = Object.keys(command.options).map((name) => `--${name}`);
    const meant = nearestName(option, names);
    return `there is no option ${option}.${meant ? ` Did you mean ${meant}?` : ''}`;
  }
  if (message.includes('does not take an argument')) return `${option} takes no value`;
  if (message.includes('argument missing')) return `${option} needs a value: ${option} ${value}`;
  if (message.includes('ambiguous'))
    return `${option} needs a value; one that begins with a dash is written ${option}=${value}`;
  return message;
};

/**
 * Reads operands and options of one command.
 * @throws WrongUse that says what is wrong and how the command is written
 */
export const readArguments = (command: Command, words: readonly string[]): CommandArguments => {
  const wrong = (complaint: string): WrongUse =>
    new WrongUse(
      `${command.name}: ${complaint}${/[.?!]$/.test(complaint) ? '' : '.'} Usage: casebound ${command.usage}`,
    );
  const options = Object.fromEntries(
    // All are read as lists: of an option given twice, the first would vanish without a word otherwise.
    Object.entries(command.options).map(([name, { type }]) => [name, { type, multiple: true as const }]),
  );
  const parse = () => {
    try {
      return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    } catch (thrown) {
      throw wrong(wordedComplaint(thrown, command));
    }
  };
  const { values, positionals } = parse();
  const missing = command.operands[positionals.length];
  if (missing !== undefined) throw wrong(`${missing} is missing`);
  const surplus = positionals[command.operands.length];
  if (surplus !== undefined) throw wrong(`"${surplus}" is one word too many`);
  const textsOf = (option: string): readonly string[] => {
    const texts = (values[option] ?? []).filter((value) => typeof value === 'string');
    if (texts.includes('')) throw wrong(`--${option} needs a value`);
    return texts;
  };
  for (const [name, { multiple, type }] of Object.entries(command.options))
    if (type === 'string' && multiple !== true && (values[name]?.length ?? 0) > 1)
      throw wrong(`--${name} is given twice`);
  return {
    operands: positionals,
    text: (option) => textsOf(option)[0] ?? command.options[option]?.default,
    texts: textsOf,
    flag: (option) => (values[option]?.length ?? 0) > 0,
  };
};
