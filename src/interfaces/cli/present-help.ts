import type { Command } from './command.ts';

const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};

/** The list of all commands. */
export const presentHelp = (commands: readonly Command[]): readonly string[] => [
  'Casebound: support agents see only the customer in front of them.',
  '',
  'Usage: casebound COMMAND [OPTION...]',
  '',
  ...columns([
    ...commands.map((command): [string, string] => [command.name, command.summary]),
    ['help COMMAND', 'All about one command'],
  ]),
  '',
  'Exit status: 0 done; 1 done, and the answer is no; 2 wrong use or bad input; 69 cannot be done here now; 70 a bug.',
];

/** All about one command. */
export const presentCommandHelp = (command: Command): readonly string[] => {
  const options = Object.entries(command.options).map(([name, option]): [string, string] => [
    `--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`,
    `${option.describe}${option.default === undefined ? '' : ` (${option.default})`}`,
  ]);
  return [
    `${command.summary}.`,
    '',
    `Usage: casebound ${command.usage}`,
    ...(options.length > 0 ? ['', ...columns(options)] : []),
    ...(command.notes ? ['', ...command.notes] : []),
  ];
};
