import { describe, expect, it } from 'vitest';
import { type Instant, instantOf } from '../../model/instant.ts';
import type { FoundSession } from './found-session.ts';
import { recentSessions } from './recent-sessions.ts';

const hash = Buffer.alloc(32, 1);
const at = (ms: number): Instant => instantOf(1_000_000 + ms);

const readerOf = (answers: (Partial<FoundSession> | undefined)[]) => {
  let asked = 0;
  const find = recentSessions(
    { findSession: async () => answers[Math.min(asked++, answers.length - 1)] as FoundSession | undefined },
    { keptMs: 5_000, keptMax: 2 },
  );
  return { find, asked: () => asked };
};

describe('recently found sessions', () => {
  it('ask the database once in a few seconds, and again after that', async () => {
    const { find, asked } = readerOf([{ over: undefined }]);
    for (const ms of [0, 1_000, 4_999]) await find(hash, at(ms));
    expect(asked()).toBe(1);
    await find(hash, at(5_000));
    expect(asked()).toBe(2);
  });

  it('never remember a session that is over, nor that there was none', async () => {
    const { find, asked } = readerOf([{ over: 'ended' }, undefined, { over: undefined }]);
    expect((await find(hash, at(0)))?.over).toBe('ended');
    expect(await find(hash, at(1))).toBeUndefined();
    expect((await find(hash, at(2)))?.over).toBeUndefined();
    expect(asked()).toBe(3);
  });

  it('forget what they know when the clock is set back', async () => {
    const { find, asked } = readerOf([{ over: undefined }]);
    await find(hash, at(10_000));
    await find(hash, at(0));
    expect(asked()).toBe(2);
  });

  it('keep no more than they may', async () => {
    const { find, asked } = readerOf([{ over: undefined }]);
    for (const n of [1, 2, 3]) await find(Buffer.alloc(32, n), at(0));
    await find(Buffer.alloc(32, 1), at(1));
    expect(asked()).toBe(4);
  });
});
