import Type, { type Static } from 'typebox';
import { formatInstant } from '../../model/instant.ts';
import type { ApprovalRequest } from '../../records/approval/approval-request.ts';
import type { ApprovalWaiting } from '../../workflows/approve/list-approvals.ts';
import { known } from './known.ts';
import { presentReason } from './present-revealed.ts';
import { exactly, fieldText, idText, instantText, list, optional, seq } from './shape.ts';

const asked = {
  approval: idText('approval'),
  case: idText('case'),
  fields: list(fieldText, 40),
  asked_at: instantText,
  ends_at: instantText,
};

export const approvalWaitingShape = exactly(
  { ...asked, agent: idText('agent', 'Who asks.'), reason: Type.String() },
  'Waits for a decision. Says nothing about the customer but what the asker wrote.',
);

export const presentApprovalWaiting = (request: ApprovalWaiting): Static<typeof approvalWaitingShape> => ({
  approval: request.approvalId,
  case: request.caseId,
  fields: [...request.fields],
  asked_at: formatInstant(request.askedAt),
  ends_at: formatInstant(request.endsAt),
  agent: request.askedBy,
  reason: presentReason(request.reason),
});

export const myApprovalShape = exactly(
  { ...asked, seq, granted: optional(Type.Boolean({ description: 'Left out while undecided.' })) },
  'What I asked for. Granted: it holds until `ends_at`.',
);

export const presentMyApproval = (request: ApprovalRequest): Static<typeof myApprovalShape> => ({
  approval: request.id,
  case: request.caseId,
  fields: [...request.fields],
  asked_at: formatInstant(request.askedAt),
  ends_at: formatInstant(request.endsAt),
  seq: request.seq,
  ...known({ granted: request.decision?.granted }),
});
