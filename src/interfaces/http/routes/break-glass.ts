import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { idOf } from '../parsed.ts';
import { askProblems, problemAnswers } from '../problem.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, exactly, idText, instantText, optional, reasonGiven, seq } from '../shape.ts';

export const breakGlassRoutes = (app: HttpApp, { breakGlass }: HttpPorts): void => {
  app.post(
    '/v1/break-glass',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'breakGlass',
        summary: 'Open one customer without a case, for a while. It rings at once.',
        tags: ['approval'],
        headers: askHeaders,
        body: exactly({
          customer: idText('customer'),
          reason: optional(reasonGiven),
          minutes: optional(
            Type.Integer({ minimum: 1, maximum: 1_440, description: 'Left out: as long as allowed.' }),
          ),
        }),
        response: {
          201: exactly({ seq, break_glass: Type.String(), ends_at: instantText }, 'Open until then.'),
          ...askProblems,
          ...problemAnswers(404, 422),
        },
      },
    },
    async (request, reply) => {
      const { customer, reason, minutes } = request.body;
      const broken = await breakGlass(askerOf(request), {
        customerId: idOf('customer', customer),
        reason: reason?.text ?? '',
        minutes,
      });
      if (isRefusal(broken)) return sendRefusal(reply, broken);
      const { seq, breakGlassId, endsAt } = broken;
      return reply.code(201).send({ seq, break_glass: breakGlassId, ends_at: formatInstant(endsAt) });
    },
  );
};
