import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { type ErasedSubject, type Erasure, erasureBases } from '../../../records/erasure/erasure.ts';
import { requestPattern } from '../../../workflows/erase/erase-ports.ts';
import { sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole, type RouteAccess } from '../route-access.ts';
import { exactly, idText, instantText, list, oneOf, optional, seq } from '../shape.ts';

/** Everyone with a live session may ask: whoever may not is refused behind the door, and on record. */
const asking: RouteAccess = { roles: everyRole };
const reading: RouteAccess = { roles: ['responder', 'auditor', 'administrator'] };

const states = ['asked', 'ordered', 'destroyed', 'done', 'blocked'] as const;
const requestText = Type.String({
  pattern: requestPattern,
  description: 'Your own number of the request; no personal data. It stands on the certificate.',
});
const subjectShape = Type.Union([
  exactly({ customer: idText('customer') }, 'A customer.'),
  exactly({ agent: idText('agent') }, 'An agent who has left.'),
]);
const erasureShape = exactly(
  {
    erasure: idText('erasure'),
    request: requestText,
    class: oneOf(['customer', 'agent']),
    basis: oneOf(erasureBases),
    state: oneOf(states),
    decided_by: idText('agent'),
    decided_at: instantText,
    done_at: optional(instantText),
    seq: optional(seq),
  },
  'An erasure, and how far it has come. It names nobody who was erased.',
);

const present = (erasure: Erasure) => ({
  erasure: erasure.id,
  request: erasure.request,
  class: erasure.subjectClass === 'customer' ? ('customer' as const) : ('agent' as const),
  basis: erasure.basis,
  state: erasure.state,
  decided_by: erasure.decidedBy,
  decided_at: formatInstant(erasure.decidedAt),
  ...known({
    done_at: erasure.doneAt === undefined ? undefined : formatInstant(erasure.doneAt),
    seq: erasure.doneSeq,
  }),
});

const subjectOf = (told: { customer: string } | { agent: string }): ErasedSubject =>
  'customer' in told
    ? { subjectClass: 'customer', id: idOf('customer', told.customer) }
    : { subjectClass: 'actor', id: idOf('agent', told.agent) };

export const erasureRoutes = (app: HttpApp, { erasing }: HttpPorts): void => {
  app.post(
    '/v1/erasures',
    {
      config: { access: asking },
      schema: {
        operationId: 'erase',
        summary:
          'Erase a customer, or an agent who has left: for good, and on record. Asking again changes nothing.',
        tags: ['erasure'],
        body: exactly({ subject: subjectShape, request: requestText, basis: oneOf(erasureBases) }),
        response: {
          200: exactly(
            {
              erasure: idText('erasure'),
              request: requestText,
              state: oneOf(states),
              repeated: Type.Boolean({ description: 'This person was erased, or being erased, before.' }),
            },
            'Done: keys and values are destroyed.',
          ),
          ...problemAnswers(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { basis, request: number, subject } = request.body;
      const ask = { subject: subjectOf(subject), request: number, basis };
      const outcome = await erasing.erase(whoAsks(request).id, ask);
      if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      const { erasureId, repeated, request: known, state } = outcome;
      return reply.send({ erasure: erasureId, request: known, state, repeated });
    },
  );

  app.get(
    '/v1/erasures',
    {
      config: { access: reading },
      schema: {
        operationId: 'listErasures',
        summary: 'Erasures, newest first.',
        tags: ['erasure'],
        response: {
          200: exactly({ erasures: list(erasureShape, 200) }),
          ...problemAnswers(401, 403, 429, 503),
        },
      },
    },
    async () => ({ erasures: (await erasing.erasures()).map(present) }),
  );

  app.get(
    '/v1/erasures/:id/certificate',
    {
      config: { access: reading },
      schema: {
        operationId: 'erasureCertificate',
        summary: 'The certificate of an erasure: the proofs of its two entries, to check offline.',
        tags: ['erasure'],
        params: exactly({ id: idText('erasure') }),
        response: {
          200: exactly(
            { certificate: Type.String({ description: 'A file; `casebound erase verify` checks it.' }) },
            'Give it to whoever asked to be erased.',
          ),
          ...problemAnswers(400, 401, 403, 404, 409, 429, 503),
        },
      },
    },
    async (request) => ({ certificate: await erasing.certificate(idOf('erasure', request.params.id)) }),
  );
};
