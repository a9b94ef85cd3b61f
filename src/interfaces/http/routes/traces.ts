import Type, { type Static } from 'typebox';
import {
  type AttributionResult,
  type CustomerReport,
  reportAuthentications,
} from '../../../analysis/attribution/attribution-result.ts';
import type { ExposedCustomer } from '../../../analysis/exposure/exposed-customer.ts';
import { Fault } from '../../../model/fault.ts';
import { formatInstant, instantOf, parseInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import type { TraceRun } from '../../../records/trace/trace-records.ts';
import { sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import type { RouteAccess } from '../route-access.ts';
import { count, exactly, idText, instantText, list, oneOf, optional, seq, words } from '../shape.ts';

const access: RouteAccess = { roles: ['analyst', 'responder'] };
const bodyBytesMax = 8_388_608;
const reportsMax = 50_000;
const exposedMax = 500;
const runsListedMax = 100;
const no = problemAnswers(400, 401, 403, 404, 413, 415, 422, 429, 503);

const reportShape = exactly(
  {
    customer: Type.String({ pattern: '^cus_[0-9A-Za-z]{22}$', description: 'The customer’s handle.' }),
    at: optional(instantText),
    contacted_at: optional(instantText),
    kind: optional(words(40)),
    authenticated: optional(oneOf(reportAuthentications)),
  },
  'One report of a customer: when it was made, and when the impostor made contact. At least one of the two.',
);

const runShape = {
  trace: idText('trace'),
  asked_at: instantText,
  asked_by: idText('agent'),
  seq,
  ledger_size: count,
  reports: count,
  state: oneOf(['running', 'done', 'failed']),
};

const resultShape = Type.Unsafe<AttributionResult>({
  type: 'object',
  additionalProperties: true,
  description:
    'As suspects.json: suspects, nobody_posterior, warnings, limits. Accounts to review, never an accusation.',
});

const exposedShape = exactly({
  customer: idText('customer'),
  certainty: oneOf(['certain', 'likely', 'possible']),
  fields: list(Type.String(), 200),
  first_at: instantText,
  last_at: instantText,
  agents: list(Type.String(), 500),
});

const presentRun = (run: Omit<TraceRun, 'result'>) => ({
  trace: run.id,
  asked_at: formatInstant(run.askedAt),
  asked_by: run.askedBy,
  seq: run.askedSeq,
  ledger_size: run.ledgerSize,
  reports: run.reports,
  state: run.state,
});

const momentOf = (told: string | undefined): number | undefined =>
  told === undefined ? undefined : parseInstant(told);

const reportOf = (told: Static<typeof reportShape>, row: number): CustomerReport => {
  const [atMs, contactedAtMs] = [momentOf(told.at), momentOf(told.contacted_at)];
  if (atMs === undefined && contactedAtMs === undefined) {
    const detail = `Report ${row + 1} has neither \`at\` nor \`contacted_at\`.`;
    throw new Fault('unprocessable', 'a report without a time', { detail });
  }
  return {
    customer: told.customer,
    atMs,
    contactedAtMs,
    kind: told.kind,
    authenticated: told.authenticated ?? 'unknown',
  };
};

const presentExposed = (customer: ExposedCustomer): Static<typeof exposedShape> => ({
  customer: customer.customer,
  certainty: customer.certainty,
  fields: [...customer.fields],
  first_at: formatInstant(instantOf(customer.firstAtMs)),
  last_at: formatInstant(instantOf(customer.lastAtMs)),
  agents: [...customer.agents].slice(0, 500),
});

const exposureRoute = (app: HttpApp, { tracing }: HttpPorts): void => {
  app.post(
    '/v1/exposures',
    {
      config: { access },
      schema: {
        operationId: 'exposeAccount',
        summary: 'Whom an account or a vendor could see between two moments, and which fields.',
        tags: ['trace'],
        body: exactly({
          agent: optional(idText('agent')),
          vendor: optional(idText('vendor')),
          from: instantText,
          to: instantText,
        }),
        response: {
          200: exactly(
            {
              seq,
              ledger_size: count,
              customers: count,
              fields: list(Type.String(), 200),
              fields_not_exposed: list(Type.String(), 200),
              warnings: list(Type.String(), 50),
              first: list(exposedShape, exposedMax),
            },
            'How many, and the first of them. The whole list: `casebound exposure`.',
          ),
          ...no,
        },
      },
    },
    async (request, reply) => {
      const { agent, vendor, from, to } = request.body;
      const [fromAt, toAt] = [parseInstant(from), parseInstant(to)];
      if ((agent === undefined) === (vendor === undefined) || !fromAt || !toAt || fromAt > toAt) {
        const detail = 'Name either an agent or a vendor, and `from` not after `to`.';
        throw new Fault('unprocessable', 'an exposure of nobody or of no time', { detail });
      }
      const who =
        agent === undefined ? { vendorId: idOf('vendor', vendor ?? '') } : { agentId: idOf('agent', agent) };
      const answer = await tracing.expose(whoAsks(request).id, { who, from: fromAt, to: toAt });
      if (isRefusal(answer)) return sendRefusal(reply, answer);
      const { couldSee, customers, fieldsNotExposed, warnings } = answer.exposure;
      return {
        seq: answer.seq,
        ledger_size: answer.ledgerSize,
        customers: couldSee.customers,
        fields: [...couldSee.fields],
        fields_not_exposed: [...fieldsNotExposed],
        warnings: [...warnings],
        first: customers.slice(0, exposedMax).map(presentExposed),
      };
    },
  );
};

export const traceRoutes = (app: HttpApp, ports: HttpPorts): void => {
  const { tracing } = ports;
  app.post(
    '/v1/traces',
    {
      bodyLimit: bodyBytesMax,
      config: { access },
      schema: {
        operationId: 'askTrace',
        summary: 'Ask whose account to review, and since when, from customers’ reports.',
        tags: ['trace'],
        body: exactly({ reports: Type.Array(reportShape, { maxItems: reportsMax }) }),
        response: { 202: exactly({ trace: idText('trace'), seq }, 'Begun. Read it by its id.'), ...no },
      },
    },
    async (request, reply) => {
      const asked = await tracing.ask(whoAsks(request).id, request.body.reports.map(reportOf));
      if (isRefusal(asked)) return sendRefusal(reply, asked);
      return reply.code(202).send({ trace: asked.traceId, seq: asked.seq });
    },
  );
  app.get(
    '/v1/traces',
    {
      config: { access },
      schema: {
        operationId: 'listTraces',
        summary: 'Traces, newest first.',
        tags: ['trace'],
        response: { 200: exactly({ traces: list(exactly(runShape), runsListedMax) }), ...no },
      },
    },
    async () => ({ traces: (await tracing.list(runsListedMax)).map(presentRun) }),
  );
  app.get(
    '/v1/traces/:trace',
    {
      config: { access },
      schema: {
        operationId: 'readTrace',
        summary: 'A trace and, once it is done, its answer and the snapshot that it was drawn from.',
        tags: ['trace'],
        params: exactly({ trace: idText('trace') }),
        response: { 200: exactly({ ...runShape, result: optional(resultShape) }), ...no },
      },
    },
    async (request) => {
      const run = await tracing.read(idOf('trace', request.params.trace));
      return {
        ...presentRun(run),
        ...(run.result === undefined ? {} : { result: JSON.parse(run.result) as AttributionResult }),
      };
    },
  );
  exposureRoute(app, ports);
};
