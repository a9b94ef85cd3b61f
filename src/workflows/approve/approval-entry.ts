import type { CaseId, CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { RefusalCode } from '../../model/refusal.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { AskerFacts, Facts } from '../../records/facts/gather-facts.ts';
import type { CustomerDisclosures, EntryDraft, Json } from '../../records/ledger/entry-draft.ts';
import type { ApprovalAsk, ApprovePorts, Weighed } from './approve-ports.ts';

/** Who did it, and what it was: the part of an entry that is about the person who acted. */
export const actedBy = async (
  { agentSealer }: Pick<ApprovePorts, 'agentSealer'>,
  actor: AskerFacts,
  detail: { readonly [name: string]: Json },
): Promise<NonNullable<EntryDraft['by']>> => ({
  agentId: actor.agentId,
  sealer: await agentSealer(actor.agentId),
  disclosures: {
    agent: actor.agentId,
    role: actor.role,
    session: actor.sessionId,
    place: { team: actor.teamId ?? null, site: actor.siteId ?? null, vendor: actor.vendorId ?? null },
    detail,
  },
});

export const aboutCustomer = (
  customerId: CustomerId,
  sealer: Sealer,
  disclosures: CustomerDisclosures,
): NonNullable<EntryDraft['about']> => ({ customerId, sealer, disclosures });

/** What a customer may read of a request for approval or a decision on it. */
export const approvalDisclosures = (told: {
  readonly caseId: CaseId;
  readonly fields: readonly string[];
  readonly matter?: Facts['matter'];
  readonly reason?: string;
}): CustomerDisclosures => ({
  action: 'approval',
  case: told.caseId,
  fields: told.fields,
  ...(told.matter
    ? { purpose: { topic: told.matter.topic ?? null, initiated_by: told.matter.initiatedBy ?? null } }
    : {}),
  ...(told.reason ? { reason: told.reason } : {}),
});

/**
 * A request that was refused, as the refused try of the look itself that it is: whoever watches for tries at other
 * people's customers sees it among them.
 */
export const refusedTry = async (
  ports: ApprovePorts,
  { weighed, ask, refusal }: { weighed: Weighed; ask: ApprovalAsk; refusal: RefusalCode },
  now: Instant,
): Promise<EntryDraft> => {
  const { asker, matter, record } = weighed.facts;
  const action = ask.fields.length > 0 ? 'reveal' : 'view';
  const sealer = record && (await ports.sealerOf(record.customerId));
  return {
    kind: 'denied/v1',
    at: now,
    ...(record && sealer
      ? {
          about: aboutCustomer(record.customerId, sealer, {
            action,
            fields: ask.fields,
            ...(matter ? { case: matter.id } : {}),
          }),
        }
      : {}),
    by: await actedBy(ports, asker, { action, by: 'approval', refusal }),
    access: {
      action,
      outcome: 'refused',
      refusal,
      agentId: asker.agentId,
      sessionId: asker.sessionId,
      teamId: asker.teamId,
      siteId: asker.siteId,
      vendorId: asker.vendorId,
      customerId: record?.customerId,
      caseId: matter?.id,
      viewId: undefined,
      fields: ask.fields,
      queueRef: matter?.queueRef,
      topic: matter?.topic,
      channel: matter?.channel,
      initiatedBy: matter?.initiatedBy,
      reasonMark: weighed.reasonMark,
    },
  };
};
