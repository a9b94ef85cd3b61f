import { describe, expect, it } from 'vitest';
import type { Command } from './command.ts';
import { readArguments, readRequest } from './command-line.ts';

const command = (name: string, over: Partial<Command> = {}): Command => ({
  name,
  summary: `Does ${name}`,
  usage: name,
  operands: [],
  options: {},
  run: async () => 0,
  ...over,
});

const commands = [
  command('serve'),
  command('import customers', {
    usage: 'import customers FILE [--data DIR] [--json]',
    operands: ['FILE'],
    options: {
      data: { type: 'string', value: 'DIR', describe: 'where', default: './data' },
      'wait-ms': { type: 'string', value: 'N', describe: 'how long' },
      json: { type: 'boolean', describe: 'as JSON' },
    },
  }),
  command('import cases'),
  command('version'),
];

const requested = (...words: string[]): string => {
  const request = readRequest(words, commands);
  return `${request.kind} ${request.command?.name ?? 'all'}`;
};
const importArguments = (...words: string[]) => readArguments(commands[1] as Command, words);

describe('what the command line asks for', () => {
  it.each([
    [[], 'help all'],
    [['help'], 'help all'],
    [['--help'], 'help all'],
    [['-h'], 'help all'],
    [['help', 'import', 'customers'], 'help import customers'],
    [['import', 'customers', '--help'], 'help import customers'],
    [['import', 'customers', 'a.csv', '-h'], 'help import customers'],
    [['import', 'customers', '--', '-h'], 'run import customers'],
    [['--version'], 'run version'],
    [['import', 'cases', 'a.csv'], 'run import cases'],
  ])('%j is %s', (words, expected) => {
    expect(requested(...words)).toBe(expected);
  });

  it.each([
    [['serv'], 'there is no command "serv". Did you mean: casebound serve'],
    [['sevre'], 'there is no command "sevre". Did you mean: casebound serve'],
    [['import'], 'import what? One of: casebound import customers, casebound import cases'],
    [['import', '--json'], 'import what? One of: casebound import customers, casebound import cases'],
    [
      ['import', 'customer'],
      'there is no command "import customer". Did you mean: casebound import customers',
    ],
    [['imprt', 'cases'], 'there is no command "imprt". Did you mean: casebound import cases'],
    [['quux'], 'there is no command "quux". casebound help lists the commands'],
    [['help', 'serv'], 'there is no command "serv". Did you mean: casebound serve'],
    [['--json', 'serve'], '--json stands before any command; write the command first: casebound help'],
  ])('%j is wrong use, and the line says what was meant', (words, line) => {
    expect(() => readRequest(words, commands)).toThrow(line);
  });
});

describe('operands and options', () => {
  it('come with their defaults', () => {
    const args = importArguments('a.csv', '--json');
    expect(args.operands).toEqual(['a.csv']);
    expect([args.text('data'), args.text('wait-ms')]).toEqual(['./data', undefined]);
    expect(args.flag('json')).toBe(true);
  });

  it('may follow each other in any order, and `--` ends the options', () => {
    expect(importArguments('--data=x', '--', '--odd-name').operands).toEqual(['--odd-name']);
    expect(importArguments('--data', 'x', 'a.csv').text('data')).toBe('x');
  });

  it.each([
    [[], 'FILE is missing.'],
    [['a', 'b'], '"b" is one word too many.'],
    [['a', '--jsn'], 'there is no option --jsn. Did you mean --json?'],
    [['a', '--zzz'], 'there is no option --zzz.'],
    [['a', '--data'], '--data needs a value: --data DIR.'],
    [['a', '--data', '--json'], '--data needs a value; one that begins with a dash is written --data=DIR.'],
    [['a', '--json=yes'], '--json takes no value.'],
    [['a', '-x'], 'there is no option -x.'],
  ])('%j is wrong use, with one line and the usage', (words, complaint) => {
    expect(() => importArguments(...words)).toThrow(
      `import customers: ${complaint} Usage: casebound import customers FILE [--data DIR] [--json]`,
    );
  });

  it('refuse an empty value when it is asked for', () => {
    const args = importArguments('a', '--data=');
    expect(() => args.text('data')).toThrow('--data needs a value.');
  });
});
