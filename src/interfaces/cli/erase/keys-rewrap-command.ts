import type { Command } from '../command.ts';
import { keepingOptions, withKeeping } from './with-keeping.ts';

export const keysRewrapCommand: Command = {
  name: 'keys rewrap',
  summary: 'Change the key-encryption key: wrap everyone’s key anew and destroy the old one',
  usage: 'keys rewrap [--data DIR] [--json]',
  operands: [],
  options: keepingOptions,
  notes: [
    'A running server does this every 30 days. Killed at any instant, it goes on at the next run.',
    'Copies of the database from before no longer open with the new key ring: see docs/erasure.md on backups.',
    'Exit status 1: another process is at it, or it was stopped before the end.',
  ],
  async run(args, io) {
    const done = await withKeeping(args, io, (keeping) =>
      keeping.rewrap(
        (count, total) =>
          io.showProgress({
            done: count,
            total,
            words: `${count.toLocaleString('en-US')} keys wrapped anew`,
          }),
        io.stop,
      ),
    );
    const words = {
      done: `${done.rewrapped.toLocaleString('en-US')} keys wrapped anew; destroyed: ${done.destroyed.join(', ') || 'none'}`,
      elsewhere: 'another process is at it right now',
      stopped: `stopped after ${done.rewrapped.toLocaleString('en-US')} keys; the next run goes on`,
    };
    io.answer(args.flag('json') ? JSON.stringify(done) : words[done.outcome]);
    return done.outcome === 'done' ? 0 : 1;
  },
};
