import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandArguments, CommandIo } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { analyzeCommand } from './analyze-command.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analyze-command-'));
  await writeFile(
    join(folder, 'a.csv'),
    'at,agent,customer\n2026-03-02T10:00:00Z,mia,c1\n2026-03-02T11:00:00Z,ben,c2\nlater,ben,c3\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (options: Record<string, string | boolean>) => {
  const answered: string[] = [];
  const told: string[] = [];
  const args: CommandArguments = {
    operands: [],
    text: (name) =>
      typeof options[name] === 'string' ? options[name] : analyzeCommand.options[name]?.default,
    texts: (name) => (typeof options[name] === 'string' ? [options[name]] : []),
    flag: (name) => options[name] === true,
  };
  const io: CommandIo = {
    answer: (line) => void answered.push(line),
    tell: (line) => void told.push(line),
    showProgress: () => {},
    environment: {},
    stop: new AbortController().signal,
  };
  const status = await analyzeCommand.run(args, io);
  return { status, answered, told };
};

describe('casebound analyze', () => {
  it('answers what it found, and tells what it read, used and set aside', async () => {
    const out = join(folder, 'out');
    const { status, answered, told } = await run({ accesses: join(folder, 'a.csv'), out });
    expect(status).toBe(0);
    expect(answered[0]).toBe('0 alerts on 0 of 2 agents in 2 agent-days');
    expect(told.join('\n')).toMatch(/a\.csv: 3 rows read, 2 used, 1 set aside\n {2}row 4: /);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('No alert');
    expect(await readFile(join(out, 'alerts.ndjson'), 'utf8')).toBe('');
  });

  it('answers as JSON', async () => {
    const out = join(folder, 'json');
    const { answered } = await run({ accesses: join(folder, 'a.csv'), out, json: true });
    expect(JSON.parse(answered[0] ?? '')).toMatchObject({ alerts: 0, agents: 2, agent_days: 2, accesses: 2 });
  });

  it('refuses wrong use in one line', async () => {
    const accesses = join(folder, 'a.csv');
    const wrong: readonly [Record<string, string>, RegExp][] = [
      [{ out: folder }, /--accesses is missing/],
      [{ accesses }, /--out is missing/],
      [{ accesses, out: folder, budget: 'much' }, /--budget is the percentage/],
      [{ accesses, out: folder, budget: '50' }, /--budget is the percentage/],
      [{ accesses, out: folder, 'day-zone': 'Berlin' }, /--day-zone is an offset/],
    ];
    for (const [options, line] of wrong) {
      const thrown = await run(options).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(WrongUse);
      expect((thrown as Error).message).toMatch(line);
    }
  });
});
