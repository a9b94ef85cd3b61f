import Type from 'typebox';
import { parseId } from '../../../model/id.ts';
import { instantOf } from '../../../model/instant.ts';
import type { CasePlace } from '../../../records/cases/case-reader.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { caseShape, presentCase } from '../present-case.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, limitOf, limitText, list, optional } from '../shape.ts';

const placePattern = '^[0-9]{1,15}\\.cas_[0-9A-Za-z]{22}$';

const writePlace = ({ lastChangeAt, id }: CasePlace): string => `${lastChangeAt}.${id}`;

const readPlace = (text: string | undefined): CasePlace | undefined => {
  const [at = '', id = ''] = (text ?? '').split('.');
  const caseId = parseId('case', id);
  return caseId && { lastChangeAt: instantOf(Number(at)), id: caseId };
};

export const caseRoutes = (app: HttpApp, { cases }: HttpPorts): void => {
  app.get(
    '/v1/cases',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'myCases',
        summary: 'The open cases that I hold or help on, last changed first.',
        tags: ['look'],
        querystring: exactly({
          after: optional(Type.String({ pattern: placePattern, description: '`next` of the page before.' })),
          limit: optional(limitText),
        }),
        response: {
          200: exactly({ cases: list(caseShape, 500), next: optional(Type.String()) }, 'One page of them.'),
          ...problemAnswers(400, 401, 429, 503),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const page = await cases.casesHeldBy(whoAsks(request).agentRef, {
        open: true,
        countMax: limitOf(limit),
        after: readPlace(after),
      });
      return {
        cases: page.cases.map(presentCase),
        ...(page.next ? { next: writePlace(page.next) } : {}),
      };
    },
  );
};
