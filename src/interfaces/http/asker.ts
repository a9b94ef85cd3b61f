import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../../model/refusal.ts';
import type { StandingRefusal } from '../../workflows/change-standing/standing-ask.ts';
import type { Asker } from '../../workflows/reveal/ask.ts';
import { whoAsks } from './door/door.ts';
import { presentRefusal, problemType } from './problem.ts';

/** Who asks, and the key under which a retry is the same ask. */
export const askerOf = (request: FastifyRequest): Asker => {
  const key = request.headers['idempotency-key'];
  return {
    sessionId: whoAsks(request).id,
    // UUIDs differ in case only by spelling, RFC 9562 section 4.
    idempotencyKey: typeof key === 'string' ? key.toLowerCase() : undefined,
  };
};

/** A no of the rules. Its entry is in the ledger by now. */
export const sendRefusal = (reply: FastifyReply, refusal: Refusal | StandingRefusal): FastifyReply => {
  const problem = presentRefusal(refusal);
  return reply.code(problem.status).type(problemType).send(problem);
};
