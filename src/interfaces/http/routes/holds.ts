import Type, { type Static } from 'typebox';
import { Fault } from '../../../model/fault.ts';
import { formatInstant, type Instant, parseInstant } from '../../../model/instant.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { isRefusal } from '../../../model/refusal.ts';
import type { HoldCover } from '../../../records/hold/hold.ts';
import type { HoldShown } from '../../../workflows/hold/hold-ports.ts';
import { askerOf, sendRefusal } from '../asker.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { known } from '../known.ts';
import { idOf } from '../parsed.ts';
import { problemAnswers } from '../problem.ts';
import { everyRole, type RouteAccess } from '../route-access.ts';
import { askHeaders, exactly, idText, instantText, list, oneOf, optional, seq, words } from '../shape.ts';

const asking: RouteAccess = { roles: everyRole };
const reading: RouteAccess = { roles: ['responder', 'auditor', 'administrator'] };

const coverShape = Type.Union([
  exactly({ customer: idText('customer') }, 'A customer, and the agents who looked at them.'),
  exactly({ agent: idText('agent') }, 'An agent, and the customers they looked at.'),
  exactly({ case: idText('case') }, 'A case, its customer and its agents.'),
  exactly({ from: instantText, to: instantText }, 'Everything recorded from then until before then.'),
]);
type Cover = Static<typeof coverShape>;

const instantGiven = (text: string): Instant => {
  const at = parseInstant(text);
  if (at === undefined) throw new Fault('bad-request', 'the schema let in what is no time');
  return at;
};

const coverOf = (told: Cover): HoldCover => {
  if ('customer' in told) return { scope: 'customer', id: idOf('customer', told.customer) };
  if ('agent' in told) return { scope: 'agent', id: idOf('agent', told.agent) };
  if ('case' in told) return { scope: 'case', id: idOf('case', told.case) };
  return { scope: 'range', from: instantGiven(told.from), to: instantGiven(told.to) };
};

const presentCover = (cover: HoldCover): Cover => {
  if (cover.scope === 'customer') return { customer: cover.id };
  if (cover.scope === 'agent') return { agent: cover.id };
  if (cover.scope === 'case') return { case: cover.id };
  return { from: formatInstant(cover.from), to: formatInstant(cover.to) };
};

const stepShape = exactly({ by: idText('agent'), at: instantText });
const holdShape = exactly({
  hold: idText('hold'),
  seq,
  cover: coverShape,
  until: optional(instantText),
  reason: optional(words(500, 'Absent when it can no longer be opened.')),
  put: stepShape,
  lift_asked: optional(stepShape),
  lifted: optional(stepShape),
});

const presentStep = (step: { readonly by: string; readonly at: Instant } | undefined) =>
  step && { by: step.by, at: formatInstant(step.at) };

const present = (hold: HoldShown): Static<typeof holdShape> => ({
  hold: hold.holdId,
  seq: hold.seq,
  cover: presentCover(hold.cover),
  put: { by: hold.putBy, at: formatInstant(hold.putAt) },
  ...known({
    until: hold.until === undefined ? undefined : formatInstant(hold.until),
    reason: hold.reason && exposePlaintext(hold.reason),
    lift_asked: presentStep(hold.liftAsked),
    lifted: presentStep(hold.lifted),
  }),
});

const reasonText = words(500, 'Which claim, authority or duty: 10 characters at least.');

export const holdRoutes = (app: HttpApp, { erasing }: HttpPorts): void => {
  app.post(
    '/v1/holds',
    {
      config: { access: asking },
      schema: {
        operationId: 'putHold',
        summary: 'Put a legal hold on: nothing that it covers is erased or purged while it stands.',
        tags: ['erasure'],
        headers: askHeaders,
        body: exactly({ cover: coverShape, reason: reasonText, until: optional(instantText) }),
        response: {
          201: exactly({ hold: idText('hold'), seq }, 'It stands.'),
          ...problemAnswers(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { cover, reason, until } = request.body;
      const put = await erasing.putHold(askerOf(request), {
        cover: coverOf(cover),
        reason,
        until: until === undefined ? undefined : instantGiven(until),
      });
      if (isRefusal(put)) return sendRefusal(reply, put);
      return reply.code(201).send({ hold: put.holdId, seq: put.seq });
    },
  );

  app.get(
    '/v1/holds',
    {
      config: { access: reading },
      schema: {
        operationId: 'listHolds',
        summary: 'Legal holds that stand, newest first; on request those that have ended too.',
        tags: ['erasure'],
        querystring: exactly({ ended: optional(oneOf(['true', 'false'])) }),
        response: {
          200: exactly({ holds: list(holdShape, 500) }),
          ...problemAnswers(400, 401, 403, 429, 503),
        },
      },
    },
    async (request) => ({
      holds: (await erasing.holds({ ended: request.query.ended === 'true' })).map(present),
    }),
  );

  app.post(
    '/v1/holds/:id/lift',
    {
      config: { access: asking },
      schema: {
        operationId: 'liftHold',
        summary: 'Lift a hold. It takes two people: the first asks, the second confirms by asking too.',
        tags: ['erasure'],
        params: exactly({ id: idText('hold') }),
        body: exactly({ reason: reasonText }),
        response: {
          200: exactly({ state: oneOf(['asked', 'lifted']), seq: optional(seq) }, 'How far it is.'),
          ...problemAnswers(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const holdId = idOf('hold', request.params.id);
      const lifted = await erasing.liftHold(whoAsks(request).id, { holdId, reason: request.body.reason });
      if (isRefusal(lifted)) return sendRefusal(reply, lifted);
      return reply.send({ state: lifted.state, ...known({ seq: lifted.seq }) });
    },
  );
};
