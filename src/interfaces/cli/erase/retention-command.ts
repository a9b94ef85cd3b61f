import type { Command, CommandIo } from '../command.ts';
import { keepingOptions, withKeeping } from './with-keeping.ts';

const show = (
  io: CommandIo,
  plan: Readonly<Record<string, { readonly due: number; readonly held: number }>>,
) => {
  for (const [kind, { due, held }] of Object.entries(plan))
    io.answer(`${kind.padEnd(12)} due ${due.toLocaleString('en-US')}, held ${held.toLocaleString('en-US')}`);
};

export const retentionCommand: Command = {
  name: 'retention',
  summary: 'Count what is past its time by policy/retention.yaml; with --apply destroy it',
  usage: 'retention [--apply] [--data DIR] [--json]',
  operands: [],
  options: { ...keepingOptions, apply: { type: 'boolean', describe: 'destroy what is due, on record' } },
  notes: [
    'A running server does this once a day. What a legal hold covers is counted and kept.',
    'Exit status 1: a server is at it right now.',
  ],
  async run(args, io) {
    if (!args.flag('apply')) {
      const plan = await withKeeping(args, io, (keeping) => keeping.planPurge());
      if (args.flag('json')) io.answer(JSON.stringify(plan));
      else show(io, plan);
      return 0;
    }
    const purged = await withKeeping(args, io, (keeping) =>
      keeping.purge((done, total) =>
        io.showProgress({ done, total, words: `${done.toLocaleString('en-US')} destroyed` }),
      ),
    );
    if (!purged) {
      io.answer(args.flag('json') ? JSON.stringify({ busy: true }) : 'a server is at it right now');
      return 1;
    }
    if (args.flag('json')) io.answer(JSON.stringify(purged));
    else {
      show(io, purged.plan);
      io.answer(purged.seq === undefined ? 'nothing was due' : `destroyed, on record in entry ${purged.seq}`);
    }
    return 0;
  },
};
