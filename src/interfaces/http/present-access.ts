import Type, { type Static } from 'typebox';
import type { Access } from '../../model/access.ts';
import { formatInstant } from '../../model/instant.ts';
import { known } from './known.ts';
import {
  actionText,
  channelText,
  exactly,
  fieldText,
  idText,
  initiatorText,
  instantText,
  list,
  oneOf,
  optional,
  seq,
  viewText,
} from './shape.ts';

export const accessShape = exactly(
  {
    seq,
    at: instantText,
    action: actionText,
    outcome: oneOf(['permitted', 'refused']),
    refusal: optional(Type.String()),
    agent: idText('agent'),
    session: idText('session'),
    team: optional(idText('team')),
    site: optional(idText('site')),
    vendor: optional(idText('vendor')),
    customer: optional(idText('customer')),
    case: optional(idText('case')),
    view: optional(viewText),
    fields: list(fieldText, 40),
    queue: optional(Type.String()),
    topic: optional(Type.String()),
    channel: optional(channelText),
    initiated_by: optional(initiatorText),
    reason_mark: optional(
      Type.String({ description: 'Equal for equal reasons; the reason cannot be read from it.' }),
    ),
  },
  'One look, or one refused try of one.',
);

export const presentAccess = (access: Access): Static<typeof accessShape> => ({
  seq: access.seq,
  at: formatInstant(access.at),
  action: access.action,
  outcome: access.outcome,
  agent: access.agentId,
  session: access.sessionId,
  fields: [...access.fields],
  ...known({
    refusal: access.refusal,
    team: access.teamId,
    site: access.siteId,
    vendor: access.vendorId,
    customer: access.customerId,
    case: access.caseId,
    view: access.viewId,
    queue: access.queueRef,
    topic: access.topic,
    channel: access.channel,
    initiated_by: access.initiatedBy,
    reason_mark: access.reasonMark,
  }),
});
