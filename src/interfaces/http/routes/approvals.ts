import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { fieldNamesOf, idOf } from '../parsed.ts';
import {
  approvalWaitingShape,
  myApprovalShape,
  presentApprovalWaiting,
  presentMyApproval,
} from '../present-approval.ts';
import { askProblems, problemAnswers } from '../problem.ts';
import { reasonOf } from '../reason.ts';
import { everyRole, judgedBehind } from '../route-access.ts';
import {
  askHeaders,
  caseKeyText,
  exactly,
  fieldText,
  idText,
  instantText,
  list,
  optional,
  reasonGiven,
  seq,
} from '../shape.ts';

const listedMax = 200;

const addAsk = (app: HttpApp, { approvals }: HttpPorts): void => {
  app.post(
    '/v1/approvals',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'askApproval',
        summary: 'Ask a second person to agree to a look.',
        tags: ['approval'],
        headers: askHeaders,
        body: exactly({
          case: caseKeyText,
          customer: optional(idText('customer', 'Left out: whom the case names.')),
          fields: Type.Array(fieldText, {
            maxItems: 40,
            uniqueItems: true,
            description: 'To be revealed; none: the masked view.',
          }),
          reason: optional(reasonGiven),
        }),
        response: {
          201: exactly(
            { seq, approval: idText('approval'), ends_at: instantText },
            'Asked; it waits until then.',
          ),
          ...askProblems,
          ...problemAnswers(422),
        },
      },
    },
    async (request, reply) => {
      const { case: caseKey, customer, fields, reason } = request.body;
      const asked = await approvals.ask(askerOf(request), {
        caseKey,
        customerId: customer === undefined ? undefined : idOf('customer', customer),
        fields: fieldNamesOf(fields),
        reason: reasonOf(reason) ?? { code: undefined, text: undefined },
      });
      if (isRefusal(asked)) return sendRefusal(reply, asked);
      const { seq, approvalId, endsAt } = asked;
      return reply.code(201).send({ seq, approval: approvalId, ends_at: formatInstant(endsAt) });
    },
  );
};

const addDecision = (app: HttpApp, { approvals }: HttpPorts): void => {
  app.post(
    '/v1/approvals/:id/decision',
    {
      config: { access: judgedBehind },
      schema: {
        operationId: 'decideApproval',
        summary: 'Agree to a look, or do not. Only for people of the organisation, independent of who asked.',
        tags: ['approval'],
        params: exactly({ id: idText('approval') }),
        body: exactly({ granted: Type.Boolean() }),
        response: {
          200: exactly(
            { seq, approval: idText('approval'), granted: Type.Boolean(), ends_at: instantText },
            'Decided. Granted: it holds until then.',
          ),
          ...askProblems,
          ...problemAnswers(404),
        },
      },
    },
    async (request, reply) => {
      const approvalId = idOf('approval', request.params.id);
      const decided = await approvals.decide(askerOf(request), { approvalId, granted: request.body.granted });
      if (isRefusal(decided)) return sendRefusal(reply, decided);
      const { seq, granted, endsAt } = decided;
      return { seq, approval: approvalId, granted, ends_at: formatInstant(endsAt) };
    },
  );
};

const addList = (app: HttpApp, { approvals }: HttpPorts): void => {
  app.get(
    '/v1/approvals',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'listApprovals',
        summary: 'What waits for my decision, and what became of what I asked for.',
        tags: ['approval'],
        response: {
          200: exactly(
            { waiting: list(approvalWaitingShape, listedMax), mine: list(myApprovalShape, listedMax) },
            '`waiting` is empty for whoever may decide nothing.',
          ),
          ...problemAnswers(401, 429, 503),
        },
      },
    },
    async (request) => {
      const { id: sessionId, agentId } = whoAsks(request);
      const [waiting, mine] = await Promise.all([approvals.waiting({ sessionId }), approvals.mine(agentId)]);
      return {
        waiting: isRefusal(waiting) ? [] : waiting.map(presentApprovalWaiting),
        mine: mine.map(presentMyApproval),
      };
    },
  );
};

export const approvalRoutes = (app: HttpApp, ports: HttpPorts): void => {
  addAsk(app, ports);
  addDecision(app, ports);
  addList(app, ports);
};
