import Type, { type Static } from 'typebox';
import { formatInstant } from '../../model/instant.ts';
import type { HeldCase } from '../../records/cases/case-reader.ts';
import { known } from './known.ts';
import { channelText, exactly, idText, initiatorText, instantText, oneOf, optional } from './shape.ts';

export const caseShape = exactly({
  case: idText('case'),
  ref: Type.String({ description: 'The help desk’s own reference.' }),
  hands: oneOf(['holder', 'helper']),
  names_customer: Type.Boolean({ description: 'False: look the customer up first.' }),
  queue: optional(Type.String()),
  topic: optional(Type.String()),
  channel: optional(channelText),
  initiated_by: optional(initiatorText),
  opened_at: instantText,
  last_change_at: instantText,
});

export const presentCase = (held: HeldCase): Static<typeof caseShape> => ({
  case: held.id,
  ref: held.ref,
  hands: held.hands,
  names_customer: held.customerRefHash !== undefined || held.foundCustomerId !== undefined,
  ...known({
    queue: held.queueRef,
    topic: held.topic,
    channel: held.channel,
    initiated_by: held.initiatedBy,
  }),
  opened_at: formatInstant(held.openedAt),
  last_change_at: formatInstant(held.lastChangeAt),
});
