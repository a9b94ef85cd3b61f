import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import {
  answerRefusal,
  byOption,
  isRefused,
  keepingOptions,
  needed,
  neededBy,
  withKeeping,
} from './with-keeping.ts';

export const holdLiftCommand: Command = {
  name: 'hold lift',
  summary: 'Ask for a legal hold to be lifted; a second person confirms it, signed in',
  usage: 'hold lift HOLD --reason TEXT --by AGENT [--data DIR] [--json]',
  operands: ['HOLD'],
  options: {
    ...keepingOptions,
    ...byOption,
    reason: { type: 'string', value: 'TEXT', describe: 'why it is no longer needed' },
  },
  notes: [
    'Lifting takes two people. The second has to be signed in: on the command line one operator could be both.',
  ],
  async run(args, io) {
    const [text = ''] = args.operands;
    const reason = needed(args, 'reason', 'say why it is no longer needed');
    const by = neededBy(args);
    const { parseId } = await import('../../../model/id.ts');
    const holdId = parseId('hold', text);
    if (!holdId) throw new WrongUse(`${text}: not the id of a hold; it begins with hld_`);
    const lifted = await withKeeping(args, io, (keeping) => keeping.askLift({ holdId, reason, by }));
    if (isRefused(lifted)) return answerRefusal(lifted, args, io);
    const words = {
      asked: 'is to be lifted: somebody else has to confirm it, signed in',
      lifted: 'is lifted',
    };
    io.answer(
      args.flag('json')
        ? JSON.stringify({ hold: holdId, state: lifted.state })
        : `${holdId} ${words[lifted.state]}`,
    );
    return 0;
  },
};
