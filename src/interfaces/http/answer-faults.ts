import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault, type FaultCode, faults } from '../../model/fault.ts';
import { pagePolicy } from './door/security-headers.ts';
import type { HttpPorts } from './http-ports.ts';
import { inwardOf, type Journal } from './journal.ts';
import { isOurs, notFound, outwardFault } from './outward-fault.ts';
import { presentProblemPage } from './present-problem-page.ts';
import { presentFault, problemType } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set when the answer carries a reference, for the journal. */
    reference: string | undefined;
  }
}

const retryAfterSeconds = 3;
const referenceBytes = 9;

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'none';

/** A person whose browser went there itself gets a page to read; programs get JSON. */
const wantsPage = (request: FastifyRequest): boolean =>
  request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');

/** Answers anything thrown, in the one shape that every no has. */
export type FaultAnswer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

export const faultAnswer =
  ({ chance, journal }: Pick<HttpPorts, 'chance' | 'journal'>): FaultAnswer =>
  (thrown, request, reply) => {
    const reference = Buffer.from(chance.bytes(referenceBytes)).toString('base64url');
    const outward = { ...outwardFault(thrown), reference };
    const problem = presentFault(outward);
    request.reference = reference;
    if (isOurs(outward.code))
      journal.broke({ reference, code: outward.code, route: routeOf(request), ...inwardOf(thrown) });
    if (problem.status === 503 && !reply.hasHeader('retry-after'))
      reply.header('retry-after', retryAfterSeconds);
    reply.code(problem.status);
    if (!wantsPage(request)) return reply.type(problemType).send(problem);
    return reply
      .header('content-security-policy', pagePolicy)
      .type('text/html; charset=utf-8')
      .send(presentProblemPage(problem));
  };

/** Makes every no of this server one shape, and writes one line a request to the journal. */
export const answerFaults = (app: FastifyInstance, answer: FaultAnswer, journal: Journal): void => {
  app.decorateRequest('reference', undefined);
  app.setErrorHandler((thrown, request, reply) => answer(thrown, request, reply));
  app.setNotFoundHandler((request, reply) => answer(notFound(), request, reply));
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async () => {
    if (closing) throw new Fault('busy', 'the server is closing');
  });
  // Otherwise the connection would stay open for another request, and closing would wait for it.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onResponse', async (request, reply) => {
    journal.answered({
      route: routeOf(request),
      method: request.method,
      status: reply.statusCode,
      ms: reply.elapsedTime,
      reference: request.reference,
    });
  });
};

const codeOfConnection = (error: NodeJS.ErrnoException): { code: FaultCode; line: string } => {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return { code: 'too-large', line: '431 Request Header Fields Too Large' };
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'bad-request', line: '408 Request Timeout' };
  return { code: 'bad-request', line: '400 Bad Request' };
};

/** What is not even HTTP, or comes too slowly or with too many headers: answered in the same shape, then closed. */
export const answerBrokenConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, line } = codeOfConnection(error);
  const body = JSON.stringify({ code, title: faults[code].outward, status: Number(line.slice(0, 3)) });
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};
