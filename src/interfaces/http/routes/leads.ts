import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { isRefusal } from '../../../model/refusal.ts';
import { type Lead, verdicts } from '../../../records/lead/lead.ts';
import { sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { count, exactly, idText, instantText, list, oneOf, seq } from '../shape.ts';

const sentence = Type.String();
const figure = Type.Number();

const leadShape = exactly(
  {
    alert: idText('alert'),
    at: instantText,
    agent: idText('agent'),
    kind: sentence,
    score: Type.Number({
      description: 'Decimal logarithm of the evidence that the agent does not work like peers.',
    }),
    reasons: list(sentence, 50),
    accesses: list(
      exactly({ at: instantText, action: sentence, customer: sentence, case: sentence, why: sentence }),
      500,
    ),
    innocent_explanations: list(sentence, 50),
    would_clear: list(sentence, 50),
    members: list(sentence, 500),
    month: list(exactly({ day: sentence, customers: count, unexplained: figure, expected: figure }), 100),
    feedback: list(
      exactly({ seq, at: instantText, verdict: oneOf(verdicts), said_by: idText('agent') }),
      200,
    ),
  },
  'Why an alert was raised, what may innocently explain it, and what people found out. Never a verdict.',
);

const presentLead = ({ alertId, at, agentId, kind, score, reasons, told, feedback }: Lead) => ({
  alert: alertId,
  at: formatInstant(at),
  agent: agentId,
  kind,
  score,
  reasons: [...reasons],
  accesses: [...told.accesses],
  innocent_explanations: [...told.innocentExplanations],
  would_clear: [...told.wouldClear],
  members: [...told.members],
  month: [...told.month],
  feedback: feedback.map((word) => ({
    seq: word.seq,
    at: formatInstant(word.at),
    verdict: word.verdict,
    said_by: word.saidBy,
  })),
});

export const leadRoutes = (app: HttpApp, { leads }: HttpPorts): void => {
  app.get(
    '/v1/alerts/:alert/lead',
    {
      config: { access: { roles: ['analyst', 'responder'] } },
      schema: {
        operationId: 'readLead',
        summary: 'Everything behind an alert that the watching of accesses raised.',
        tags: ['trace'],
        params: exactly({ alert: idText('alert') }),
        response: { 200: leadShape, ...problemAnswers(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request) => presentLead(await leads.read(idOf('alert', request.params.alert))),
  );
  app.post(
    '/v1/alerts/:alert/feedback',
    {
      config: { access: { roles: ['analyst', 'responder'] } },
      schema: {
        operationId: 'tellFeedback',
        summary: 'What a person found out about a lead. It changes how later signs are weighed.',
        tags: ['trace'],
        params: exactly({ alert: idText('alert') }),
        body: exactly({ verdict: oneOf(verdicts) }),
        response: {
          201: exactly({ seq }, 'On record.'),
          ...problemAnswers(400, 401, 403, 404, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const alertId = idOf('alert', request.params.alert);
      const told = await leads.tell(whoAsks(request).id, { alertId, verdict: request.body.verdict });
      if (isRefusal(told)) return sendRefusal(reply, told);
      return reply.code(201).send({ seq: told });
    },
  );
};
