import type { Command } from '../command.ts';
import { keepingOptions, withKeeping } from './with-keeping.ts';

export const holdListCommand: Command = {
  name: 'hold list',
  summary: 'Legal holds that stand, newest first',
  usage: 'hold list [--ended] [--data DIR] [--json]',
  operands: [],
  options: {
    ...keepingOptions,
    ended: { type: 'boolean', describe: 'those that were lifted or ran out too' },
  },
  async run(args, io) {
    const holds = await withKeeping(args, io, (keeping) => keeping.holds(args.flag('ended')));
    const [{ formatInstant }, { exposePlaintext }] = await Promise.all([
      import('../../../model/instant.ts'),
      import('../../../model/plain.ts'),
    ]);
    for (const { cover, holdId, lifted, liftAsked, putAt, putBy, reason, seq, until } of holds) {
      const what =
        cover.scope === 'range' ? `${formatInstant(cover.from)} to ${formatInstant(cover.to)}` : cover.id;
      const state = lifted ? 'lifted' : liftAsked ? 'to be lifted' : 'stands';
      const why = reason ? exposePlaintext(reason) : 'no longer to be opened';
      io.answer(
        args.flag('json')
          ? JSON.stringify({
              hold: holdId,
              seq,
              scope: cover.scope,
              covers: what,
              state,
              until: until === undefined ? null : formatInstant(until),
              put_by: putBy,
              put_at: formatInstant(putAt),
              reason: why,
            })
          : `${holdId} ${state}: ${cover.scope} ${what}, by ${putBy} on ${formatInstant(putAt)}: ${why}`,
      );
    }
    if (holds.length === 0 && !args.flag('json')) io.answer('no holds');
    return 0;
  },
};
