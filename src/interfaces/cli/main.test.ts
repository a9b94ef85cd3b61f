import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';

const main = join(import.meta.dirname, 'main.ts');

const casebound = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the command line', () => {
  it('lists every command for whoever asks for help', () => {
    const { status, stdout, stderr } = casebound('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const listed = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const { name, summary } of commands) expect(listed).toContainEqual([name, summary]);
  });

  it('answers wrong use with status 2 and exactly one line, on standard error', () => {
    expect(casebound('verison')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'casebound: there is no command "verison". Did you mean: casebound version\n',
    });
  });

  it('gives a machine’s answer with --json', () => {
    const { status, stdout } = casebound('version', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'casebound', node: process.versions.node });
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [main, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exit = once(child, 'exit');
    const told: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => told.push(bytes));
    child.stdout.destroy();
    expect(await exit).toEqual([0, null]);
    expect(Buffer.concat(told).toString()).toBe('');
  });

  it('explains each command by itself', () => {
    for (const { name, usage } of commands) {
      const { status, stdout } = casebound('help', ...name.split(' '));
      expect(status).toBe(0);
      expect(stdout).toContain(`Usage: casebound ${usage}\n`);
    }
  });
});

describe('the table of commands', () => {
  it('names each command once, and each usage begins with its name and lists its operands and options', () => {
    expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
    for (const { name, usage, operands, options } of commands) {
      expect(usage.startsWith(name)).toBe(true);
      for (const operand of operands) expect(usage).toContain(` ${operand}`);
      if (usage.endsWith(' [OPTION...]')) continue;
      for (const option of Object.keys(options)) expect(usage).toContain(`--${option}`);
    }
  });
});
