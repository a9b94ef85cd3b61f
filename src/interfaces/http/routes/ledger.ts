import Type, { type Static } from 'typebox';
import { Fault } from '../../../model/fault.ts';
import { formatInstant } from '../../../model/instant.ts';
import type { HeadAt } from '../../../records/ledger/publish/ledger-standing.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { problemAnswers } from '../problem.ts';
import type { RouteAccess } from '../route-access.ts';
import { count, exactly, instantText, list, optional, seq, wholeText } from '../shape.ts';

/** How many entries there are tells how busy support is, and nothing more: those who watch or check may know. */
const access: RouteAccess = { roles: ['analyst', 'responder', 'auditor', 'administrator'] };

const headShape = exactly({ size: count, at: instantText }, 'How many entries it covers, and since when.');
const presentHead = (head: HeadAt | undefined): Static<typeof headShape> | undefined =>
  head && { size: head.size, at: formatInstant(head.at) };

const headsShape = exactly(
  {
    origin: optional(Type.String({ description: 'The public log’s name. Absent: nothing was published.' })),
    sequenced: exactly({ size: count }, 'Entries that are durable.'),
    published: optional(headShape),
    witnessed: optional(headShape),
    timestamped: optional(headShape),
    witnesses: list(
      exactly(
        {
          name: Type.String(),
          size: count,
          answered_at: optional(instantText),
          problem: optional(Type.String({ description: 'Why it does not cosign now.' })),
        },
        'A witness, and what it cosigned last.',
      ),
      100,
    ),
  },
  'The newest head in each state.',
);

const entryShape = exactly(
  {
    seq,
    state: Type.Union(
      (['sequenced', 'published', 'witnessed', 'timestamped'] as const).map((state) => Type.Literal(state)),
    ),
    published: optional(headShape),
    witnessed: optional(headShape),
    timestamped: optional(headShape),
    entry: optional(
      Type.String({ description: 'The entry’s bytes, which are ASCII: the leaf of the tree.' }),
    ),
    proof: optional(Type.String({ description: 'A C2SP .tlog-proof of the entry, word for word.' })),
  },
  'How well one entry is held, under which head first, and its proof once it is published.',
);

export const ledgerRoutes = (app: HttpApp, { ledger }: HttpPorts): void => {
  app.get(
    '/v1/ledger/heads',
    {
      config: { access },
      schema: {
        operationId: 'ledgerHeads',
        summary: 'How far the ledger is durable, published, witnessed and timestamped, and its witnesses.',
        tags: ['ledger'],
        response: { 200: headsShape, ...problemAnswers(401, 403, 429, 503) },
      },
    },
    async () => {
      const heads = await ledger.heads();
      return {
        sequenced: { size: heads.sequenced },
        witnesses: heads.witnesses.map(({ name, size, answeredAt, problem }) => ({
          name,
          size,
          ...known({ answered_at: answeredAt && formatInstant(answeredAt), problem }),
        })),
        ...known({
          origin: heads.origin,
          published: presentHead(heads.published),
          witnessed: presentHead(heads.witnessed),
          timestamped: presentHead(heads.timestamped),
        }),
      };
    },
  );

  app.get(
    '/v1/ledger/entries/:seq',
    {
      config: { access },
      schema: {
        operationId: 'ledgerEntry',
        summary: 'One entry: its state, and the proof that it is in the ledger.',
        tags: ['ledger'],
        params: exactly({ seq: wholeText('The entry’s place in the ledger.') }),
        response: { 200: entryShape, ...problemAnswers(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request) => {
      const standing = await ledger.entry(Number(request.params.seq));
      if (!standing) throw new Fault('not-found', 'there is no such entry');
      const { state, published, witnessed, timestamped, evidence } = standing;
      return {
        seq: standing.seq,
        state,
        ...known({
          published: presentHead(published),
          witnessed: presentHead(witnessed),
          timestamped: presentHead(timestamped),
          entry: evidence?.entry.toString('latin1'),
          proof: evidence?.proof,
        }),
      };
    },
  );
};
