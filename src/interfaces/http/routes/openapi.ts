import Type from 'typebox';
import type { HttpApp } from '../http-app.ts';
import { problemAnswers } from '../problem.ts';

export const openApiRoutes = (app: HttpApp): void => {
  app.get(
    '/openapi.json',
    {
      config: { access: 'anyone' },
      schema: {
        operationId: 'openApi',
        summary: 'This interface, described in OpenAPI 3.1.',
        tags: ['operation'],
        response: { 200: Type.Unknown({ description: 'The document.' }), ...problemAnswers() },
      },
    },
    async (_request, reply) => reply.send(app.swagger()),
  );
};
