import Type from 'typebox';
import { choicesForTopic } from '../../../analysis/reason/reason-list.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, list, optional, words } from '../shape.ts';

export const reasonRoutes = (app: HttpApp, { reasons }: HttpPorts): void => {
  app.get(
    '/v1/reasons',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'listReasons',
        summary: 'The reasons that may be chosen for a reveal, for one topic or for all.',
        tags: ['look'],
        querystring: exactly({ topic: optional(words(200)) }),
        response: {
          200: exactly(
            { reasons: list(exactly({ code: Type.String(), sentence: Type.String() }), 200) },
            'In the order in which to show them.',
          ),
          ...problemAnswers(400, 401, 429),
        },
      },
    },
    async (request) => ({
      reasons: choicesForTopic(reasons, request.query.topic).map(({ code, sentence }) => ({
        code,
        sentence,
      })),
    }),
  );
};
