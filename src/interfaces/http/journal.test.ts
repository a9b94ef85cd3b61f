import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../model/fault.ts';
import { inwardOf, pinoJournal } from './journal.ts';

describe('the journal', () => {
  it('keeps the words of a fault, and of everything else only its kind and where it was', () => {
    const cause = Object.assign(new TypeError('Key (email)=(ann@example.com) exists'), { code: '23505' });
    const { inward, causes } = inwardOf(new Fault('storage-down', 'no answer in 5 s', { cause }));
    expect(inward).toBe('no answer in 5 s');
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatch(/^TypeError 23505 \| at .*journal\.test\.ts/);
    expect(inwardOf(cause).inward).not.toContain('ann@');
    expect(inwardOf('ann@example.com').inward).toBe('thrown string');
  });

  it('follows causes a few steps, even when they go in circles', () => {
    const circle = new Error('a');
    circle.cause = circle;
    expect(inwardOf(circle).causes).toHaveLength(4);
  });

  it('writes nothing but the fields it names', () => {
    const lines: string[] = [];
    const journal = pinoJournal(
      pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) }),
    );
    const line = {
      route: '/v1/me',
      method: 'GET',
      status: 200,
      ms: 1.23,
      reference: undefined,
      url: '/v1/me?q=ann',
    };
    journal.answered(line);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 30, route: '/v1/me', method: 'GET', status: 200, ms: 1.2, msg: 'answered' },
    ]);
  });
});
