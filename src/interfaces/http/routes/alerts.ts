import Type, { type Static } from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import type { Alert } from '../../../records/alert/alert.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { placePattern, readPlace, writePlace } from '../place.ts';
import { problemAnswers } from '../problem.ts';
import {
  exactly,
  idText,
  instantText,
  limitOf,
  limitText,
  list,
  optional,
  pageCountMax,
  seq,
} from '../shape.ts';

const alertShape = exactly(
  {
    alert: idText('alert'),
    at: instantText,
    kind: Type.String(),
    agent: optional(idText('agent')),
    seq: optional(seq),
    reasons: list(Type.String(), 50),
    delivered_at: optional(instantText),
  },
  'A lead for a person to look at. Never a verdict.',
);

const presentAlert = (alert: Alert): Static<typeof alertShape> => ({
  alert: alert.id,
  at: formatInstant(alert.at),
  kind: alert.kind,
  reasons: [...alert.reasons],
  ...known({
    agent: alert.agentId,
    seq: alert.seq,
    delivered_at: alert.deliveredAt === undefined ? undefined : formatInstant(alert.deliveredAt),
  }),
});

export const alertRoutes = (app: HttpApp, { readAlerts }: HttpPorts): void => {
  app.get(
    '/v1/alerts',
    {
      config: { access: { roles: ['analyst', 'responder'] } },
      schema: {
        operationId: 'listAlerts',
        summary: 'Alerts, newest first.',
        tags: ['ledger'],
        querystring: exactly({
          before: optional(
            Type.String({ pattern: placePattern('alt'), description: '`next` of the page before.' }),
          ),
          limit: optional(limitText),
        }),
        response: {
          200: exactly(
            { alerts: list(alertShape, pageCountMax), next: optional(Type.String()) },
            'One page of them.',
          ),
          ...problemAnswers(400, 401, 403, 429, 503),
        },
      },
    },
    async (request) => {
      const { before, limit } = request.query;
      const countMax = limitOf(limit);
      const alerts = await readAlerts(countMax, readPlace('alert', before));
      const last = alerts.length === countMax ? alerts.at(-1) : undefined;
      return { alerts: alerts.map(presentAlert), ...(last ? { next: writePlace(last.at, last.id) } : {}) };
    },
  );
};
