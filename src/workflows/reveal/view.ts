import type { PolicyFacts } from '../../analysis/policy/policy-facts.ts';
import type { CatalogueField, FieldName } from '../../model/field.ts';
import { newViewId } from '../../model/id.ts';
import { type Refusal, refuse } from '../../model/refusal.ts';
import { readViewId } from '../../records/ledger/read-accesses.ts';
import { findMergeHints } from '../../records/vault/find-customers.ts';
import { openMasks } from '../../records/vault/open-vault.ts';
import type { Asker, MaskedField, ViewAsk, ViewShown } from './ask.ts';
import {
  budgetLeft,
  type Gathered,
  gather,
  judge,
  type LookingPorts,
  unsealed,
  wouldPermit,
} from './looking-room.ts';
import { record } from './record.ts';
import { isNeeded } from './slice.ts';

/** One masked view, in the same order as a reveal; all that is opened are the masks made at import. */
export const view = async (ports: LookingPorts, asker: Asker, ask: ViewAsk): Promise<ViewShown | Refusal> => {
  const { caseKey, customerId, reason } = ask;
  const gathered = await gather(ports, asker, { caseKey, customerId, reason });
  const judged = judge(ports, gathered, {
    action: 'view',
    fields: [],
    reason,
    customer: customerAsked(gathered),
  });
  const shown = fieldsToShow(ports, gathered);
  const viewId = newViewId(ports.chance);
  const inFull = shown.filter((field) => field.mask === 'none').map((field) => field.name);
  const refused = judged.decision.outcome === 'refuse';
  const entry = await record(ports, asker, {
    gathered,
    judged,
    reason,
    viewId: refused ? undefined : viewId,
    fields: refused ? [] : inFull,
  });
  if (judged.decision.outcome === 'refuse') return refuse(judged.decision.refusal);
  const { record: sealed, key } = unsealed(gathered);
  const masks = openMasks(sealed, key, ports.catalogue);
  return {
    seq: entry.seq,
    viewId: entry.repeated ? await readViewId(ports.db, entry.seq) : viewId,
    customerId: sealed.customerId,
    caseRef: gathered.facts.matter?.ref,
    at: entry.at,
    fields: shown.map((field) => presentMask(ports, gathered, { field, masked: masks.get(field.name) })),
    mergeHints: await findMergeHints(ports.db, sealed.customerId),
    budgetLeft: budgetLeft(ports, gathered),
  };
};

/** How the customer asked for stands to the case: the one it names, another, or nobody that we know. */
export const customerAsked = ({ facts }: Gathered): PolicyFacts['customer'] => {
  if (!facts.record) return facts.matter && !facts.matter.namesSomeone ? 'unnamed' : 'unknown';
  return facts.record.customerId === facts.caseCustomerId ? 'of-this-case' : 'other';
};

/** A view holds what the case's topic needs and ways to reach the customer; under break-glass, where there is no topic, everything there is. */
const fieldsToShow = (ports: LookingPorts, { facts }: Gathered): CatalogueField[] =>
  ports.catalogue.fields.filter(
    (field) =>
      field.class !== 'secret' &&
      ((facts.breakGlass && !facts.matter) ||
        field.contact !== undefined ||
        isNeeded(ports.catalogue, field.name, facts.matter?.topic)),
  );

const presentMask = (
  ports: LookingPorts,
  gathered: Gathered,
  { field, masked }: { field: CatalogueField; masked: string | undefined },
): MaskedField => {
  const may = (action: 'reveal' | 'contact', name: FieldName): boolean =>
    masked !== undefined && wouldPermit(ports, gathered, { action, field: name });
  return {
    name: field.name,
    label: field.label,
    masked: masked ?? '',
    can: [
      ...(field.mask !== 'none' && may('reveal', field.name) ? (['reveal'] as const) : []),
      ...(field.contact && may('contact', field.name) ? [field.contact] : []),
    ],
  };
};
