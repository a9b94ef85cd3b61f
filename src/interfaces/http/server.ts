import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { answerBrokenConnection, answerFaults, type FaultAnswer, faultAnswer } from './answer-faults.ts';
import { hangDoor } from './door/door.ts';
import { securityHeaders } from './door/security-headers.ts';
import { doorCookies } from './door/session-cookie.ts';
import type { HttpApp } from './http-app.ts';
import type { HttpPorts } from './http-ports.ts';
import { openApiOptions } from './openapi-options.ts';
import { problemShape } from './problem.ts';
import { demandDeclarations } from './route-access.ts';
import { accessRoutes } from './routes/accesses.ts';
import { alertRoutes } from './routes/alerts.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { breakGlassRoutes } from './routes/break-glass.ts';
import { caseWebhookRoutes } from './routes/case-webhook.ts';
import { caseRoutes } from './routes/cases.ts';
import { contactRoutes } from './routes/contacts.ts';
import { deskRoutes } from './routes/desk.ts';
import { directoryRoutes } from './routes/directory.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { exportRoutes } from './routes/exports.ts';
import { healthRoutes } from './routes/health.ts';
import { holdRoutes } from './routes/holds.ts';
import { leadRoutes } from './routes/leads.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { liveBreakGlassRoutes } from './routes/live-break-glass.ts';
import { lookupRoutes } from './routes/lookups.ts';
import { meRoutes } from './routes/me.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { photoReadingRoutes } from './routes/photo-readings.ts';
import { reasonRoutes } from './routes/reasons.ts';
import { revealRoutes } from './routes/reveals.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { standingRoutes } from './routes/standing.ts';
import { traceRoutes } from './routes/traces.ts';
import { viewMarkRoutes } from './routes/view-marks.ts';
import { viewRoutes } from './routes/views.ts';

export const bodyBytesMax = 65_536;
const headerBytesMax = 16_384;
const pathParamCharsMax = 100;
const connectionsMax = 10_000;
/** A request that takes longer to arrive is cut off: nobody holds connections open by sending slowly. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveMs = 65_000;
const stalledCheckMs = 2_000;

const newServer = (trustedProxies: readonly string[], unroutable: FaultAnswer): HttpApp =>
  fastify({
    // Our own journal writes what may be written; the framework's would hold addresses and errors as they came.
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: pathParamCharsMax },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    http: {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: stalledCheckMs,
    },
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: (thrown, request, reply) => void unroutable(thrown, request, reply),
    // Nothing is coerced, filled in or dropped on the way in: what does not fit is refused.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

/** Bodies are JSON or they are nothing. */
const takeJsonOnly = (app: FastifyInstance): void => {
  app.removeContentTypeParser('text/plain');
};

const dressAnswers = (app: FastifyInstance, headers: Readonly<Record<string, string>>): void => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
};

const routes = [
  deskRoutes,
  healthRoutes,
  openApiRoutes,
  signInRoutes,
  meRoutes,
  caseRoutes,
  reasonRoutes,
  lookupRoutes,
  viewRoutes,
  viewMarkRoutes,
  revealRoutes,
  contactRoutes,
  exportRoutes,
  approvalRoutes,
  breakGlassRoutes,
  liveBreakGlassRoutes,
  erasureRoutes,
  holdRoutes,
  directoryRoutes,
  standingRoutes,
  alertRoutes,
  leadRoutes,
  accessRoutes,
  ledgerRoutes,
  photoReadingRoutes,
  traceRoutes,
  caseWebhookRoutes,
] satisfies readonly ((app: HttpApp, ports: HttpPorts) => void)[];

/**
 * The HTTP interface, not yet listening: bytes to asks, outcomes to bytes. It decides nothing.
 * @throws Error when the public origin is neither https nor http on this machine, or a route is not declared.
 */
export const buildServer = (ports: HttpPorts): FastifyInstance => {
  const cookies = doorCookies(new URL(ports.settings.publicOrigin));
  const headers = securityHeaders(cookies.secure);
  const answer = faultAnswer(ports);
  const app = newServer(ports.settings.trustedProxies, (thrown, request, reply) =>
    answer(thrown, request, reply.headers(headers)),
  );
  app.server.maxConnections = connectionsMax;
  takeJsonOnly(app);
  demandDeclarations(app);
  dressAnswers(app, headers);
  answerFaults(app, answer, ports.journal);
  app.register(cookie);
  app.register(swagger, openApiOptions);
  app.addSchema(problemShape);
  app.register(async (inner) => {
    hangDoor(inner, ports, cookies);
    for (const add of routes) add(inner.withTypeProvider<TypeBoxTypeProvider>(), ports);
  });
  return app;
};
