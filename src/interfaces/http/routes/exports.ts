import Type from 'typebox';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { fieldNamesOf } from '../parsed.ts';
import { askProblems } from '../problem.ts';
import { reasonOf } from '../reason.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, caseKeyText, exactly, fieldText, optional, reasonGiven } from '../shape.ts';

export const exportRoutes = (app: HttpApp, { looking }: HttpPorts): void => {
  app.post(
    '/v1/exports',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'askExport',
        summary: 'Ask for records to be taken out. Always judged and recorded; no rule permits it today.',
        tags: ['look'],
        headers: askHeaders,
        body: exactly({
          case: optional(caseKeyText),
          fields: Type.Array(fieldText, { maxItems: 40, uniqueItems: true }),
          reason: optional(reasonGiven),
        }),
        response: askProblems,
      },
    },
    async (request, reply) => {
      const { case: caseKey, fields, reason } = request.body;
      const refusal = await looking.export(askerOf(request), {
        caseKey,
        fields: fieldNamesOf(fields),
        reason: reasonOf(reason),
      });
      return sendRefusal(reply, refusal);
    },
  );
};
