import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { accessShape, presentAccess } from '../present-access.ts';
import { problemAnswers } from '../problem.ts';
import { exactly, limitOf, limitText, list, optional, pageCountMax, seq, wholeText } from '../shape.ts';

export const accessRoutes = (app: HttpApp, { readAccesses }: HttpPorts): void => {
  app.get(
    '/v1/accesses',
    {
      config: { access: { roles: ['analyst', 'auditor'] } },
      schema: {
        operationId: 'readAccesses',
        summary: 'The one sequence of accesses, in ledger order. The caller keeps its position.',
        tags: ['ledger'],
        querystring: exactly({
          after: optional(wholeText('`seq` of the last access seen. Left out: from the start.')),
          limit: optional(limitText),
        }),
        response: {
          200: exactly(
            { accesses: list(accessShape, pageCountMax), after: optional(seq) },
            '`after` is the position to ask from next; ask again later when the list is empty.',
          ),
          ...problemAnswers(400, 401, 403, 429, 503),
        },
      },
    },
    async (request) => {
      const told = request.query.after;
      const accesses = await readAccesses(
        told === undefined ? 0 : Number(told) + 1,
        limitOf(request.query.limit),
      );
      const after = accesses.at(-1)?.seq ?? (told === undefined ? undefined : Number(told));
      return { accesses: accesses.map(presentAccess), ...(after === undefined ? {} : { after }) };
    },
  );
};
