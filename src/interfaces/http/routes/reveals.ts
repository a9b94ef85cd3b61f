import Type from 'typebox';
import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { fieldNamesOf, viewIdOf } from '../parsed.ts';
import { presentRevealed, revealedShape } from '../present-revealed.ts';
import { askProblems } from '../problem.ts';
import { reasonOf } from '../reason.ts';
import { judgedBehind } from '../route-access.ts';
import { askHeaders, exactly, fieldText, optional, reasonGiven, themeText, viewText } from '../shape.ts';

export const revealRoutes = (app: HttpApp, { looking, marks }: HttpPorts): void => {
  app.post(
    '/v1/views/:view/reveals',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'reveal',
        summary: 'See named fields of a view in full, for a reason.',
        tags: ['look'],
        headers: askHeaders,
        params: exactly({ view: viewText }),
        body: exactly({
          fields: Type.Array(fieldText, { minItems: 1, maxItems: 40, uniqueItems: true }),
          reason: optional(reasonGiven),
          theme: optional(themeText),
        }),
        response: { 200: revealedShape, ...askProblems },
      },
    },
    async (request, reply) => {
      const { fields, reason, theme = 'light' } = request.body;
      const revealed = await looking.reveal(askerOf(request), {
        viewId: viewIdOf(request.params.view),
        fields: fieldNamesOf(fields),
        reason: reasonOf(reason),
      });
      if (isRefusal(revealed)) return sendRefusal(reply, revealed);
      return presentRevealed(revealed, (field) => marks.draw({ ...field, viewId: revealed.viewId, theme }));
    },
  );
};
