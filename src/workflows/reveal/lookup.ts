import type { PolicyFacts } from '../../analysis/policy/policy-facts.ts';
import type { CustomerId } from '../../model/id.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import { bindFoundCustomer } from '../../records/cases/bind-found-customer.ts';
import type { Facts } from '../../records/facts/gather-facts.ts';
import { findByLookup } from '../../records/vault/find-customers.ts';
import type { Asker, LookupAsk, LookupFound } from './ask.ts';
import { type Gathered, gather, type Judged, judge, type LookingPorts } from './looking-room.ts';
import { record } from './record.ts';

/**
 * Finds a customer by what they say, under a case in the agent's hands. It answers a handle and opens nothing.
 * A case that names somebody finds only that customer; a case that names nobody yet is bound to the one found,
 * once. Whether anyone else has that value cannot be told from the answer.
 */
export const lookup = async (
  ports: LookingPorts,
  asker: Asker,
  ask: LookupAsk,
): Promise<LookupFound | Refusal> => {
  const found = await findByLookup(ports, ask.by, ask.value);
  const gathered = await gather(ports, asker, {
    caseKey: ask.caseKey,
    customerId: found.length === 1 ? found[0] : undefined,
  });
  const customer = standingOf(gathered, found);
  const judged = narrow(judge(ports, gathered, { action: 'lookup', fields: [], customer }), gathered, found);
  const told = {
    ...gathered,
    facts: { ...gathered.facts, record: found.length === 1 ? gathered.facts.record : undefined },
  };
  const { seq } = await record(ports, asker, { gathered: told, judged, fields: [] });
  if (judged.decision.outcome === 'refuse') return refuse(judged.decision.refusal);
  const customerId = customer === 'unnamed' ? found[0] : gathered.facts.caseCustomerId;
  const caseId = gathered.facts.matter?.id;
  if (!customerId || !caseId) return refuse('no-match');
  const bound = customer !== 'unnamed' || (await bindFoundCustomer(ports.db, caseId, customerId)).bound;
  return bound ? { seq, customerId } : refuse('no-match');
};

const standingOf = ({ facts }: Gathered, found: readonly CustomerId[]): PolicyFacts['customer'] => {
  if (facts.matter && !facts.matter.namesSomeone) return 'unnamed';
  if (facts.caseCustomerId && found.includes(facts.caseCustomerId)) return 'of-this-case';
  return found.length > 0 ? 'other' : 'unknown';
};

/**
 * What the search itself says, once the rules have spoken. An agent at their own case reads that nobody is found,
 * whether nobody has that value or somebody else does. A case that names nobody needs exactly one who fits.
 */
const narrow = (judged: Judged, { facts }: Gathered, found: readonly CustomerId[]): Judged => {
  const refusal = searchRefusal(judged, facts, found);
  return refusal ? { ...judged, decision: { outcome: 'refuse', refusal, policies: [] } } : judged;
};

const searchRefusal = (
  { decision }: Judged,
  facts: Facts,
  found: readonly CustomerId[],
): RefusalCode | undefined => {
  const { matter } = facts;
  if (decision.outcome === 'refuse') {
    return decision.refusal === 'not-yours' && matter && matter.hands !== 'none' ? 'no-match' : undefined;
  }
  if (matter?.namesSomeone !== false || found.length === 1) return undefined;
  return found.length === 0 ? 'no-match' : 'several-match';
};
