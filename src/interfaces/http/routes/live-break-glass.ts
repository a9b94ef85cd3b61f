import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, idText, instantText, list, optional, seq } from '../shape.ts';

export const liveBreakGlassRoutes = (app: HttpApp, { erasing }: HttpPorts): void => {
  app.get(
    '/v1/break-glass',
    {
      config: { access: { roles: ['analyst', 'responder', 'auditor', 'administrator'] } },
      schema: {
        operationId: 'listBreakGlass',
        summary: 'What is open right now without a case, newest first.',
        tags: ['approval'],
        response: {
          200: exactly({
            broken: list(
              exactly({
                break_glass: idText('breakGlass'),
                seq,
                agent: idText('agent'),
                started_at: instantText,
                ends_at: instantText,
              }),
              200,
            ),
          }),
          ...problemAnswers(401, 403, 429, 503),
        },
      },
    },
    async () => ({
      broken: (await erasing.liveBreakGlass()).map(({ agentId, endsAt, id, seq, startedAt }) => ({
        break_glass: id,
        seq,
        agent: agentId,
        started_at: formatInstant(startedAt),
        ends_at: formatInstant(endsAt),
      })),
    }),
  );

  app.post(
    '/v1/break-glass/:id/end',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'endBreakGlass',
        summary: 'End a break-glass before its time: from the next request on it opens nothing.',
        tags: ['approval'],
        params: exactly({ id: idText('breakGlass') }),
        response: {
          200: exactly(
            { ended: Type.Boolean(), seq: optional(seq) },
            'Over. `ended` is false when it was over already.',
          ),
          ...problemAnswers(400, 401, 403, 404, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const outcome = await erasing.endBreakGlass(whoAsks(request).id, idOf('breakGlass', request.params.id));
      if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      return reply.send({ ended: outcome.ended, ...known({ seq: outcome.seq }) });
    },
  );
};
