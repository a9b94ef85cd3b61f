import { parseId } from '../../../model/id.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { presentView, viewShape } from '../present-view.ts';
import { askProblems } from '../problem.ts';
import { reasonOf } from '../reason.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, caseKeyText, exactly, idText, optional, reasonGiven } from '../shape.ts';

export const viewRoutes = (app: HttpApp, { looking }: HttpPorts): void => {
  app.post(
    '/v1/views',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'openView',
        summary: 'See one customer, masked, for one case.',
        tags: ['look'],
        headers: askHeaders,
        body: exactly({
          case: optional(caseKeyText),
          customer: optional(idText('customer', 'From a look-up. Left out: whom the case names.')),
          reason: optional(reasonGiven),
        }),
        response: { 201: viewShape, ...askProblems },
      },
    },
    async (request, reply) => {
      const { case: caseKey, customer, reason } = request.body;
      const shown = await looking.view(askerOf(request), {
        caseKey,
        customerId: customer === undefined ? undefined : parseId('customer', customer),
        reason: reasonOf(reason),
      });
      if (isRefusal(shown)) return sendRefusal(reply, shown);
      return reply.code(201).send(presentView(shown));
    },
  );
};
