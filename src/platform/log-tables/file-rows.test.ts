import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileReading, type ParsedBlock, type Parsing } from './file-rows.ts';
import { type LogFile, planLogFile, sniffFile } from './log-file.ts';
import { noMap } from './log-map.ts';
import { NameBook } from './name-book.ts';
import { ParseThreads } from './parse-threads.ts';
import { type BlockParser, blockParser } from './parsing.ts';
import { RunningAccount } from './row-account.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-rows-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Parsers that take turns, several blocks ahead, as threads do. */
const takingTurns = (count: number): Parsing => {
  const parsers = new Map<number, BlockParser>();
  let turn = 0;
  return {
    atOnceMax: 2 * count,
    async parse(file, block): Promise<ParsedBlock> {
      const parser = turn % count;
      turn += 1;
      const own = parsers.get(parser) ?? blockParser(file.plan);
      parsers.set(parser, own);
      return { block: own.read(block), bytes: block.bytes, parser };
    },
  };
};

const agentsOf = async (file: LogFile, parsing: Parsing, blockBytes: number) => {
  const book = new NameBook(3);
  const account = new RunningAccount(file.path, file.kind, file.firstRow);
  const agents: string[] = [];
  const cell = file.plan.cells.findIndex(({ name }) => name === 'agent');
  for await (const part of new FileReading(file, book, { parsing, account, blockBytes }).rows())
    for (const place of part.columns[cell] ?? []) agents.push(book.names.agents[place] ?? '?');
  // A block that was read from the wrong place must not leave its pieces of text among the names.
  return { agents, account: account.state(), strangers: book.names.agents.length - 1 - new Set(agents).size };
};

const opened = async (name: string, text: string): Promise<LogFile> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return planLogFile(
    { path, kind: 'accesses', map: noMap.accesses, wanted: undefined },
    await sniffFile(path),
    9,
  );
};

describe('a file in blocks', () => {
  it('gives its rows in their order, also where quoted fields run over the line ends at which it is cut', async () => {
    // Within quotes: looks like a row to whoever begins to read there.
    const ghost = (at: number): string => `\n2026-01-01T00:00:00Z,ghost ${at},c,k\n`;
    const expected: string[] = [];
    let text = 'at,agent,customer,case\n';
    for (let at = 0; text.length < 700_000; at += 1) {
      const agent =
        at % 5 === 0 ? `agent "${at % 300}"\nof two lines, and more, and more` : `agent ${at % 300}`;
      expected.push(agent);
      text += `2026-01-01T00:00:00Z,"${agent.replaceAll('"', '""')}",c${at},"${ghost(at).repeat(at % 9)}"\n`;
      if (at % 1000 === 7) text += `2026-01-01T00:00:00Z,"never closed ${at},c,k\n`;
    }
    const file = await opened('quotes.csv', text);
    const whole = await agentsOf(file, takingTurns(1), 1 << 22);
    expect(whole.agents).toEqual(expected);
    expect(whole.strangers).toBe(0);
    expect(whole.account.setAside).toBe(Math.ceil((expected.length - 7) / 1000));
    for (const [count, blockBytes] of [
      [1, 5000],
      [3, 20_011],
    ] as const)
      expect(await agentsOf(file, takingTurns(count), blockBytes)).toEqual(whole);
  });

  it('loses one row to a line of a megabyte, and none of its neighbours', async () => {
    const row = '2026-01-01T00:00:00Z,ann,c1\n';
    const long = `2026-01-01T00:00:00Z,${'x'.repeat(1_000_000)},c1\n`;
    const text = `at,agent,customer\n${row.repeat(20_000)}${long}${row.repeat(20_000)}${long}`;
    const { agents, account } = await agentsOf(await opened('long.csv', text), takingTurns(2), 50_000);
    expect(agents).toHaveLength(40_000);
    expect(account.reasons).toEqual([{ reason: 'is longer than 262144 bytes', rows: 2 }]);
    expect(account.examples.map(({ row: no }) => no)).toEqual([20_002, 40_003]);
  });

  it('gives the same through threads', async () => {
    let text = '';
    for (let at = 0; at < 30_000; at += 1)
      text += `{"at":"2026-01-01T00:00:00Z","agent":"a${at % 1000}","customer":"c${at}"}\n`;
    const file = await opened('threads.ndjson', text);
    const threads = new ParseThreads(2);
    expect(await agentsOf(file, threads, 100_000)).toEqual(await agentsOf(file, takingTurns(1), 1 << 22));
    await threads.close();
  });
});
