import { describe, expect, it } from 'vitest';
import { type ProgressScreen, progressLine } from './progress-line.ts';

const screenWith = (over: Partial<ProgressScreen>) => {
  const screen = { text: '', now: 0 };
  const show = progressLine({
    isTerminal: true,
    columns: 60,
    write: (text) => {
      screen.text += text;
    },
    nowMs: () => screen.now,
    ...over,
  });
  return { screen, show };
};

describe('progress on a terminal', () => {
  it('rewrites one line, and leaves the last state standing', () => {
    const { screen, show } = screenWith({});
    show({ done: 0, total: 4, words: '0 rows' });
    screen.now = 200;
    show({ done: 2, total: 4, words: '2 rows' });
    show({ done: 4, total: 4, words: '4 rows' });
    show(undefined);
    const lines = screen.text.split('\r\u001b[K').slice(1);
    expect(lines).toEqual([
      `[${'.'.repeat(24)}]   0 %  0 rows`,
      `[${'#'.repeat(12)}${'.'.repeat(12)}]  50 %  2 rows`,
      `[${'#'.repeat(24)}] 100 %  4 rows\n`,
    ]);
  });

  it('never writes more than fits in one line', () => {
    const { screen, show } = screenWith({ columns: 20 });
    show({ done: 1, total: undefined, words: 'x'.repeat(200) });
    expect(screen.text).toBe(`\r\u001b[K${'x'.repeat(19)}`);
  });

  it('writes nothing for work that showed nothing', () => {
    const { screen, show } = screenWith({});
    show(undefined);
    expect(screen.text).toBe('');
  });
});

describe('progress without a terminal', () => {
  it('is a plain line every ten seconds and one at the end', () => {
    const { screen, show } = screenWith({ isTerminal: false });
    for (let second = 0; second <= 12; second += 1) {
      screen.now = second * 1_000;
      show({ done: second, total: 12, words: `${second} rows` });
    }
    show(undefined);
    expect(screen.text).toBe('0 %: 0 rows\n83 %: 10 rows\n100 %: 12 rows\n');
  });
});
