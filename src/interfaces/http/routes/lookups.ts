import { plain } from '../../../model/plain.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { askProblems } from '../problem.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, caseKeyText, exactly, idText, lookupKindText, seq, words } from '../shape.ts';

export const lookupRoutes = (app: HttpApp, { looking }: HttpPorts): void => {
  app.post(
    '/v1/lookups',
    {
      config: { access: judgedBehind, bucket: 'lookups' },
      schema: {
        operationId: 'lookUp',
        summary: 'Find the customer by what they say. Answers with a handle and shows nothing.',
        tags: ['look'],
        headers: askHeaders,
        body: exactly({
          case: caseKeyText,
          by: lookupKindText,
          value: words(200, 'As the customer says it.'),
        }),
        response: {
          200: exactly({ seq, customer: idText('customer', 'A handle for POST /v1/views.') }, 'Found.'),
          ...askProblems,
        },
      },
    },
    async (request, reply) => {
      const { case: caseKey, by, value } = request.body;
      const found = await looking.lookup(askerOf(request), { caseKey, by, value: plain(value) });
      if (isRefusal(found)) return sendRefusal(reply, found);
      return { seq: found.seq, customer: found.customerId };
    },
  );
};
