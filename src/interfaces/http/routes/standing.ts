import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { StandingAsk, StandingTarget } from '../../../workflows/change-standing/standing-ask.ts';
import { sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole } from '../route-access.ts';
import { count, exactly, idText, optional, reasonGiven, roleText, seq, standingText } from '../shape.ts';

/** Everyone with a live session may ask: whoever may not is refused behind the door, and on record. */
const access = { roles: everyRole };

const changedAnswers = {
  200: exactly(
    { changed: Type.Boolean(), seq: optional(seq), sessions_ended: count },
    'Done. `changed` is false when it was so already.',
  ),
  ...problemAnswers(400, 401, 403, 409, 413, 415, 429, 503),
};

const units = [
  { what: 'vendor', path: '/v1/vendors/:id/state', operationId: 'setVendorState' },
  { what: 'site', path: '/v1/sites/:id/state', operationId: 'setSiteState' },
  { what: 'team', path: '/v1/teams/:id/state', operationId: 'setTeamState' },
  { what: 'agent', path: '/v1/agents/:id/state', operationId: 'setAgentState' },
] as const;

const targetOf = (what: StandingTarget['what'], id: string): StandingTarget => {
  switch (what) {
    case 'vendor':
      return { what, id: idOf('vendor', id) };
    case 'site':
      return { what, id: idOf('site', id) };
    case 'team':
      return { what, id: idOf('team', id) };
    case 'agent':
      return { what, id: idOf('agent', id) };
  }
};

export const standingRoutes = (app: HttpApp, { changeStanding }: HttpPorts): void => {
  const change = async (request: FastifyRequest, reply: FastifyReply, ask: StandingAsk) => {
    const { agentId, id: sessionId, standingNo } = whoAsks(request);
    const changed = await changeStanding({ agentId, sessionId, standingNo }, ask);
    if ('refused' in changed) return sendRefusal(reply, changed);
    const { sessionsEnded, seq } = changed;
    return reply.send({ changed: changed.changed, sessions_ended: sessionsEnded, ...known({ seq }) });
  };

  for (const { what, path, operationId } of units) {
    app.put(
      path,
      {
        config: { access },
        schema: {
          operationId,
          summary: `Suspend this ${what}, or let it work again. From the next request on it holds everywhere.`,
          tags: ['directory'],
          params: exactly({ id: idText(what) }),
          body: exactly({ state: standingText, reason: optional(reasonGiven) }),
          response: changedAnswers,
        },
      },
      (request, reply) => {
        const { state, reason } = request.body;
        const act = state === 'suspended' ? 'suspend' : 'activate';
        return change(request, reply, {
          act,
          target: targetOf(what, request.params.id),
          reason: reason?.text,
        });
      },
    );
  }

  app.put(
    '/v1/agents/:id/team',
    {
      config: { access },
      schema: {
        operationId: 'moveAgent',
        summary: 'Move an agent to another team. Everything granted before is over.',
        tags: ['directory'],
        params: exactly({ id: idText('agent') }),
        body: exactly({ team: idText('team'), reason: optional(reasonGiven) }),
        response: changedAnswers,
      },
    },
    (request, reply) => {
      const { team, reason } = request.body;
      const agentId = idOf('agent', request.params.id);
      return change(request, reply, {
        act: 'move',
        agentId,
        teamId: idOf('team', team),
        reason: reason?.text,
      });
    },
  );

  app.put(
    '/v1/agents/:id/role',
    {
      config: { access },
      schema: {
        operationId: 'changeRole',
        summary: 'Give an agent another role. Everything granted before is over.',
        tags: ['directory'],
        params: exactly({ id: idText('agent') }),
        body: exactly({ role: roleText, reason: optional(reasonGiven) }),
        response: changedAnswers,
      },
    },
    (request, reply) => {
      const { role, reason } = request.body;
      const agentId = idOf('agent', request.params.id);
      return change(request, reply, { act: 'change-role', agentId, role, reason: reason?.text });
    },
  );
};
