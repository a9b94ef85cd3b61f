import type { CoverTold } from '../../../keeping.ts';
import type { Command, CommandArguments } from '../command.ts';
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

const instantAt = async (option: string, text: string) => {
  const { parseInstant } = await import('../../../model/instant.ts');
  const at = parseInstant(text);
  if (at === undefined) throw new WrongUse(`--${option} ${text}: write a time as 2026-11-22T12:45:06Z`);
  return at;
};

const coverOf = async (args: CommandArguments): Promise<CoverTold> => {
  const named = (['customer', 'agent', 'case'] as const).flatMap((scope) => {
    const name = args.text(scope);
    return name ? [{ scope, name }] : [];
  });
  const [from, to] = [args.text('from'), args.text('to')];
  const [only] = named;
  if (only && named.length === 1 && !from && !to) return only;
  if (named.length === 0 && from && to)
    return { scope: 'range', from: await instantAt('from', from), to: await instantAt('to', to) };
  throw new WrongUse('say what it covers: one of --customer, --agent, --case, or --from and --to');
};

export const holdPutCommand: Command = {
  name: 'hold put',
  summary: 'Put a legal hold on: nothing that it covers is erased or purged while it stands',
  usage:
    'hold put (--customer NAME | --agent NAME | --case NAME | --from T --to T) --reason TEXT --by AGENT [--until T] [--data DIR] [--json]',
  operands: [],
  options: {
    ...keepingOptions,
    ...byOption,
    customer: { type: 'string', value: 'NAME', describe: 'our id or the help desk’s reference' },
    agent: { type: 'string', value: 'NAME', describe: 'our id or the directory’s reference' },
    case: { type: 'string', value: 'NAME', describe: 'our id or the help desk’s reference' },
    from: { type: 'string', value: 'T', describe: 'everything recorded from then on' },
    to: { type: 'string', value: 'T', describe: 'until before then' },
    reason: { type: 'string', value: 'TEXT', describe: 'which claim, authority or duty' },
    until: {
      type: 'string',
      value: 'T',
      describe: 'when it ends by itself; left out: when two people lift it',
    },
  },
  async run(args, io) {
    const reason = needed(args, 'reason', 'say which claim, authority or duty it is for');
    const until = args.text('until');
    const ask = {
      cover: await coverOf(args),
      reason,
      until: until === undefined ? undefined : await instantAt('until', until),
      by: neededBy(args),
    };
    const put = await withKeeping(args, io, (keeping) => keeping.putHold(ask));
    if (isRefused(put)) return answerRefusal(put, args, io);
    io.answer(
      args.flag('json')
        ? JSON.stringify({ hold: put.holdId, seq: put.seq })
        : `${put.holdId} stands, entry ${put.seq}`,
    );
    return 0;
  },
};
