import type { Access } from '../../model/access.ts';
import { Fault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import type { ViewId } from '../../model/id.ts';
import type {
  Appended,
  CustomerDisclosures,
  EntryDraft,
  EntryKind,
} from '../../records/ledger/entry-draft.ts';
import type { Asker, ReasonGiven } from './ask.ts';
import type { Gathered, Judged, LookingPorts } from './looking-room.ts';

export interface ToRecord {
  readonly gathered: Gathered;
  readonly judged: Judged;
  readonly viewId?: ViewId | undefined;
  readonly reason?: ReasonGiven | undefined;
  /** The fields that will be shown in full; for a refusal those that were asked for. */
  readonly fields: readonly FieldName[];
  /** How many tries this one entry stands for, when more than one. */
  readonly count?: number;
}

/**
 * Puts the ask and its outcome on the record. Resolves only when the entry is durable; whoever shows anything
 * awaits this first. A retry under the same key is answered from the entry that already stands, if it is the
 * same ask with the same outcome and not long ago; otherwise it is a fault and nothing is shown.
 */
export const record = async (ports: LookingPorts, asker: Asker, told: ToRecord): Promise<Appended> => {
  const { release } = told.judged;
  try {
    const appended = await append(ports, asker, told);
    release(appended.repeated ? undefined : appended.seq);
    return appended;
  } catch (cause) {
    release();
    throw cause;
  }
};

const append = async (ports: LookingPorts, asker: Asker, told: ToRecord): Promise<Appended> => {
  const draft = await draftEntry(ports, told);
  if (!asker.idempotencyKey) return ports.ledger.append(draft);
  const appended = await ports.ledger.append(draft, {
    idempotencyKey: asker.idempotencyKey,
    fingerprint: fingerprintOf(told),
  });
  const ageMs = told.gathered.now - appended.at;
  if (!appended.sameAsk || (appended.repeated && ageMs > ports.limits.replayMs)) {
    throw new Fault('key-reused', 'the idempotency key stands for another ask, or for one long ago');
  }
  return appended;
};

const kindOf = ({ judged }: ToRecord): EntryKind => {
  if (judged.decision.outcome === 'refuse') return 'denied/v1';
  return judged.asked.action === 'contact' ? 'contact/v1' : 'access/v1';
};

const draftEntry = async (ports: LookingPorts, told: ToRecord): Promise<EntryDraft> => {
  const { facts, now, customerKey } = told.gathered;
  const { asker } = facts;
  const refusal = refusalOf(told);
  return {
    kind: kindOf(told),
    at: now,
    ...(facts.record && customerKey
      ? {
          about: {
            customerId: facts.record.customerId,
            sealer: customerKey.sealer('ledger'),
            disclosures: customerDisclosures(told),
          },
        }
      : {}),
    by: {
      agentId: asker.agentId,
      sealer: await ports.agentSealer(asker.agentId),
      disclosures: {
        agent: asker.agentId,
        role: asker.role,
        session: asker.sessionId,
        place: { team: asker.teamId ?? null, site: asker.siteId ?? null, vendor: asker.vendorId ?? null },
        detail: {
          action: told.judged.asked.action,
          policy: ports.policy.version,
          ...(told.viewId ? { view: told.viewId } : {}),
          ...(refusal ? { refusal } : {}),
          ...(told.count ? { count: told.count } : {}),
        },
      },
    },
    access: accessOf(told),
  };
};

const refusalOf = ({ judged }: ToRecord): Access['refusal'] =>
  judged.decision.outcome === 'refuse' ? judged.decision.refusal : undefined;

const customerDisclosures = ({ gathered, judged, fields, reason }: ToRecord): CustomerDisclosures => {
  const { matter } = gathered.facts;
  return {
    action: judged.asked.action,
    ...(matter
      ? {
          case: matter.id,
          purpose: { topic: matter.topic ?? null, initiated_by: matter.initiatedBy ?? null },
        }
      : {}),
    fields,
    ...((reason?.text ?? reason?.code) ? { reason: reason.text ?? reason.code ?? '' } : {}),
  };
};

const accessOf = (told: ToRecord): Omit<Access, 'seq' | 'at'> => {
  const { facts, reasonMark } = told.gathered;
  const { asker, matter, record: customer } = facts;
  return {
    action: told.judged.asked.action,
    outcome: told.judged.decision.outcome === 'permit' ? 'permitted' : 'refused',
    refusal: refusalOf(told),
    agentId: asker.agentId,
    sessionId: asker.sessionId,
    teamId: asker.teamId,
    siteId: asker.siteId,
    vendorId: asker.vendorId,
    customerId: customer?.customerId,
    caseId: matter?.id,
    viewId: told.viewId,
    fields: told.fields,
    queueRef: matter?.queueRef,
    topic: matter?.topic,
    channel: matter?.channel,
    initiatedBy: matter?.initiatedBy,
    reasonMark,
  };
};

/** The same ask by the same session with the same outcome has the same fingerprint; a new view has a new id. */
const fingerprintOf = (told: ToRecord): string => {
  const { facts } = told.gathered;
  const { action } = told.judged.asked;
  return JSON.stringify([
    facts.asker.sessionId,
    action,
    told.judged.decision.outcome,
    refusalOf(told) ?? '',
    facts.record?.customerId ?? '',
    facts.matter?.id ?? '',
    action === 'view' ? '' : (told.viewId ?? ''),
    [...told.fields].sort(),
  ]);
};
