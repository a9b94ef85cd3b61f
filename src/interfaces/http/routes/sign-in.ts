import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Fault } from '../../../model/fault.ts';
import { whoAsks } from '../door/door.ts';
import {
  cookieValue,
  type DoorCookies,
  doorCookies,
  sessionCookieOptions,
  signInCookieOptions,
} from '../door/session-cookie.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { optional, text } from '../shape.ts';
import { openTicket, sealTicket } from '../sign-in-ticket.ts';

/** A provider may add parameters of its own; all that it sends is checked by the protocol, none is used by us. */
const cameBackQuery = Type.Object({
  code: optional(text(2_000)),
  state: optional(text(200)),
  iss: optional(text(500)),
  error: optional(text(200)),
  error_description: optional(text(1_000)),
  session_state: optional(text(500)),
});

const cameBack = (request: FastifyRequest): URLSearchParams => {
  const { url } = request;
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
};

export const signInRoutes = (app: HttpApp, ports: HttpPorts): void => {
  const { clock, directory, identity, sessions, signInSealer, settings } = ports;
  const cookies: DoorCookies = doorCookies(new URL(settings.publicOrigin));

  app.get(
    '/v1/sign-in',
    {
      config: { access: 'anyone', bucket: 'sign-ins' },
      schema: {
        operationId: 'startSignIn',
        summary: 'Go to the identity provider.',
        tags: ['session'],
        response: { 302: Type.Null({ description: 'To the provider.' }), ...problemAnswers(429, 503) },
      },
    },
    async (_request, reply) => {
      const { url, pending } = await identity.start();
      const ticket = sealTicket(pending, clock.now(), signInSealer);
      return reply.setCookie(cookies.signIn, ticket, signInCookieOptions(cookies)).redirect(url, 302);
    },
  );

  app.get(
    '/v1/sign-in/callback',
    {
      config: { access: 'anyone', bucket: 'sign-ins' },
      schema: {
        operationId: 'finishSignIn',
        summary: 'Come back from the identity provider with a code; get a session.',
        tags: ['session'],
        querystring: cameBackQuery,
        response: {
          303: Type.Null({ description: 'Signed in; to the desk.' }),
          ...problemAnswers(400, 403, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const ticket = request.cookies[cookies.signIn];
      // One ticket, one try, whatever comes of it.
      reply.clearCookie(cookies.signIn, signInCookieOptions(cookies));
      const pending = openTicket(ticket, clock.now(), signInSealer);
      const { subject } = await identity.finish(cameBack(request), pending);
      const agent = await directory.agentBySubject(subject);
      const begun = agent && (await sessions.startSession(agent.id, clock.now()));
      // Unknown, suspended or gone: one answer, so that nobody learns which.
      if (!begun) throw new Fault('not-admitted', 'the provider knows a subject for whom no agent is active');
      reply.setCookie(cookies.session, cookieValue(begun.token), sessionCookieOptions(cookies));
      return reply.redirect('/', 303);
    },
  );

  app.post(
    '/v1/sign-out',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'signOut',
        summary: 'End this session.',
        tags: ['session'],
        response: { 204: Type.Null({ description: 'Ended.' }), ...problemAnswers(401, 403, 503) },
      },
    },
    async (request, reply) => {
      await sessions.endSession(whoAsks(request).id, clock.now());
      reply.clearCookie(cookies.session, sessionCookieOptions(cookies));
      return reply.code(204).send(null);
    },
  );
};
