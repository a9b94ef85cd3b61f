import type { ErasureBasis } from '../../../records/erasure/erasure.ts';
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

/** The bases of records/erasure, which is loaded only when the command runs. */
const bases = [
  'no-longer-needed',
  'consent-withdrawn',
  'objection',
  'unlawful',
  'legal-duty',
  'child-service',
  'contract-ended',
] as const satisfies readonly ErasureBasis[];

const basisOf = (text: string): ErasureBasis => {
  const basis = bases.find((known) => known === text);
  if (!basis) throw new WrongUse(`--basis ${text}: write one of ${bases.join(', ')}`);
  return basis;
};

const eraseCommand = (what: 'customer' | 'agent'): Command => ({
  name: `erase ${what}`,
  summary:
    what === 'customer'
      ? 'Destroy a customer’s key and all that is kept of them; the ledger’s proofs go on holding'
      : 'Destroy the personal data of an agent who has left; what they did stays provable',
  usage: `erase ${what} NAME --request NUMBER --basis WORD --by AGENT [--data DIR] [--json]`,
  operands: ['NAME'],
  options: {
    ...keepingOptions,
    ...byOption,
    request: {
      type: 'string',
      value: 'NUMBER',
      describe: 'your own number of the request; no personal data',
    },
    basis: { type: 'string', value: 'WORD', describe: bases.join(', ') },
  },
  notes: [
    'NAME is our id or your own reference. It cannot be undone. Asking again changes nothing.',
    'Exit status 1: refused, because of a legal hold or because the person who decides may not.',
    'Give the person their certificate afterwards: casebound erase certificate.',
  ],
  async run(args, io) {
    const [name = ''] = args.operands;
    const ask = {
      subjectClass: what === 'customer' ? ('customer' as const) : ('actor' as const),
      name,
      request: needed(args, 'request', 'give the number of the request in your register'),
      basis: basisOf(needed(args, 'basis', `write one of ${bases.join(', ')}`)),
      by: neededBy(args),
    };
    const outcome = await withKeeping(args, io, (keeping) => keeping.erase(ask));
    if (isRefused(outcome)) return answerRefusal(outcome, args, io);
    const { erasureId, repeated, request, state } = outcome;
    io.answer(
      args.flag('json')
        ? JSON.stringify({ erasure: erasureId, request, state, repeated })
        : `${erasureId} ${repeated ? 'was done before' : 'done'}, request ${request}`,
    );
    return 0;
  },
});

export const eraseCustomerCommand = eraseCommand('customer');
export const eraseAgentCommand = eraseCommand('agent');
