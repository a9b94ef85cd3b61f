import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import type { JobRun } from '../../../records/job/job.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { problemAnswers } from '../problem.ts';
import { exactly, instantText, list, oneOf, optional } from '../shape.ts';

/** Work that repeats. It says nothing about whether looks can be recorded, so it makes nothing unready. */
const jobShape = exactly({
  job: Type.String(),
  outcome: optional(oneOf(['done', 'failed'])),
  started_at: optional(instantText),
  ended_at: optional(instantText),
});

const readyShape = (about: string) =>
  exactly(
    {
      ready: Type.Boolean(),
      parts: Type.Record(Type.String(), Type.Boolean()),
      jobs: list(jobShape, 50),
    },
    about,
  );

const presentJob = ({ endedAt, job, outcome, startedAt }: JobRun) => ({
  job,
  ...known({
    outcome,
    started_at: startedAt === undefined ? undefined : formatInstant(startedAt),
    ended_at: endedAt === undefined ? undefined : formatInstant(endedAt),
  }),
});

export const healthRoutes = (app: HttpApp, { erasing, health }: HttpPorts): void => {
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
      const jobs = ready ? (await erasing.jobs()).map(presentJob) : [];
      return ready ? { ready, parts, jobs } : reply.code(503).send({ ready, parts, jobs });
    },
  );
};
