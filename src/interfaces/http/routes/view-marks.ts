import Type from 'typebox';
import { absenceReasons } from '../../../workflows/mark-view/report-absence.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { viewIdOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, oneOf, optional, seq, themeText, viewText } from '../shape.ts';

const restoredCountMax = 1_000_000;

export const viewMarkRoutes = (app: HttpApp, { marks }: HttpPorts): void => {
  app.get(
    '/v1/views/:view/mark',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'viewMark',
        summary: 'The mark of a view of this session, as the picture that its page repeats over everything.',
        tags: ['mark'],
        params: exactly({ view: viewText }),
        querystring: exactly({ theme: optional(themeText) }),
        response: {
          200: { description: '192 x 192 pixels.', content: { 'image/png': { schema: Type.String() } } },
          ...problemAnswers(400, 401, 403, 404, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { theme = 'light' } = request.query;
      const viewId = viewIdOf(request.params.view);
      const png = await marks.tile(whoAsks(request).id, { viewId, theme });
      return reply.type('image/png').send(Buffer.from(png));
    },
  );
  app.post(
    '/v1/views/:view/mark-absences',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'reportMarkAbsence',
        summary: 'The page says that the mark of a view was away, and that it put it back.',
        tags: ['mark'],
        params: exactly({ view: viewText }),
        body: exactly({
          reason: oneOf(absenceReasons),
          restored: Type.Integer({ minimum: 0, maximum: restoredCountMax, description: 'How often so far.' }),
        }),
        response: {
          201: exactly({ seq }, 'On record.'),
          ...problemAnswers(400, 401, 403, 404, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { reason, restored } = request.body;
      const viewId = viewIdOf(request.params.view);
      const seq = await marks.reportAbsence(whoAsks(request).id, { viewId, reason, restoredCount: restored });
      return reply.code(201).send({ seq });
    },
  );
};
