import type { Selectable } from 'kysely';
import type { FieldName } from '../../model/field.ts';
import type { Tables } from '../schema/tables.ts';
import type { ApprovalRequest } from './approval-request.ts';

export const requestOf = (row: Selectable<Tables['approval']>): ApprovalRequest => ({
  id: row.id,
  seq: row.seq,
  askedBy: row.asked_by,
  caseId: row.case_id,
  customerId: row.customer_id,
  fields: row.fields as FieldName[],
  reason: row.reason,
  askedAt: row.asked_at,
  endsAt: row.ends_at,
  decision:
    row.decided_by !== null && row.decided_at !== null
      ? { granted: row.granted === true, decidedBy: row.decided_by, decidedAt: row.decided_at }
      : undefined,
});
