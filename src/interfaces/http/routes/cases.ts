import Type from 'typebox';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { placePattern, readPlace, writePlace } from '../place.ts';
import { caseShape, presentCase } from '../present-case.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, limitOf, limitText, list, optional } from '../shape.ts';

export const caseRoutes = (app: HttpApp, { cases }: HttpPorts): void => {
  app.get(
    '/v1/cases',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'myCases',
        summary: 'The open cases that I hold or help on, last changed first.',
        tags: ['look'],
        querystring: exactly({
          after: optional(
            Type.String({ pattern: placePattern('cas'), description: '`next` of the page before.' }),
          ),
          limit: optional(limitText),
        }),
        response: {
          200: exactly({ cases: list(caseShape, 500), next: optional(Type.String()) }, 'One page of them.'),
          ...problemAnswers(400, 401, 429, 503),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const from = readPlace('case', after);
      const page = await cases.casesHeldBy(whoAsks(request).agentRef, {
        open: true,
        countMax: limitOf(limit),
        after: from && { lastChangeAt: from.at, id: from.id },
      });
      return {
        cases: page.cases.map(presentCase),
        ...(page.next ? { next: writePlace(page.next.lastChangeAt, page.next.id) } : {}),
      };
    },
  );
};
