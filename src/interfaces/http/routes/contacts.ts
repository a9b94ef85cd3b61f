import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { fieldNameOf, viewIdOf } from '../parsed.ts';
import { askProblems, problemAnswers } from '../problem.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, exactly, fieldText, seq, viewText } from '../shape.ts';

export const contactRoutes = (app: HttpApp, { looking }: HttpPorts): void => {
  app.post(
    '/v1/views/:view/contacts',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'contact',
        summary: 'Call or write to the customer without seeing the number or address.',
        tags: ['look'],
        headers: askHeaders,
        params: exactly({ view: viewText }),
        body: exactly({ field: fieldText }),
        response: { 200: exactly({ seq }, 'Started.'), ...askProblems, ...problemAnswers(502) },
      },
    },
    async (request, reply) => {
      const started = await looking.contact(askerOf(request), {
        viewId: viewIdOf(request.params.view),
        field: fieldNameOf(request.body.field),
      });
      if (isRefusal(started)) return sendRefusal(reply, started);
      return { seq: started.seq };
    },
  );
};
