import Type from 'typebox';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { problemAnswers } from '../problem.ts';
import { exactly } from '../shape.ts';

const readyShape = (about: string) =>
  exactly({ ready: Type.Boolean(), parts: Type.Record(Type.String(), Type.Boolean()) }, about);

export const healthRoutes = (app: HttpApp, { health }: HttpPorts): void => {
  app.get(
    '/healthz',
    {
      config: { access: 'anyone' },
      schema: {
        operationId: 'health',
        summary: 'Is the process alive?',
        tags: ['operation'],
        response: { 200: exactly({ alive: Type.Literal(true) }, 'It is.'), ...problemAnswers() },
      },
    },
    async () => ({ alive: true as const }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'anyone' },
      schema: {
        operationId: 'readiness',
        summary: 'Can it record, and so show, right now?',
        tags: ['operation'],
        response: {
          200: readyShape('Yes.'),
          503: readyShape('No; `parts` names what is missing.'),
          ...problemAnswers(),
        },
      },
    },
    async (_request, reply) => {
      const parts = { ...(await health.parts()) };
      const ready = Object.values(parts).every(Boolean);
      return ready ? { ready, parts } : reply.code(503).send({ ready, parts });
    },
  );
};
