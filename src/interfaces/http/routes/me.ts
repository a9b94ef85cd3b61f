import Type from 'typebox';
import { formatInstant } from '../../../model/instant.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { exactly, idText, instantText, optional, roleText } from '../shape.ts';

export const meRoutes = (app: HttpApp, { directory }: HttpPorts): void => {
  app.get(
    '/v1/me',
    {
      config: { access: { roles: everyRole } },
      schema: {
        operationId: 'me',
        summary: 'Who am I, and until when?',
        tags: ['session'],
        response: {
          200: exactly(
            {
              agent: idText('agent'),
              name: Type.String(),
              role: roleText,
              organisation: optional(Type.String()),
              team: optional(idText('team')),
              site: optional(idText('site')),
              vendor: optional(idText('vendor')),
              session_ends_at: instantText,
            },
            'The signed-in person.',
          ),
          ...problemAnswers(401, 429, 503),
        },
      },
    },
    async (request) => {
      const session = whoAsks(request);
      const organisation = await directory.organisationName();
      return {
        agent: session.agentId,
        name: session.agentName,
        role: session.role,
        ...known({
          organisation,
          team: session.teamId,
          site: session.siteId,
          vendor: session.vendorId,
        }),
        session_ends_at: formatInstant(session.endsAt),
      };
    },
  );
};
