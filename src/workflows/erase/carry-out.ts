import { Fault } from '../../model/fault.ts';
import { formatInstant } from '../../model/instant.ts';
import type { Erasure } from '../../records/erasure/erasure.ts';
import type { EntryDraft, Json } from '../../records/ledger/entry-draft.ts';
import type { ErasePorts } from './erase-ports.ts';

/** What looks under way write while it is cleared is cleared too; nobody writes for ever. */
const roundsMax = 100;

/** What stays of a person, and why; docs/erasure.md has each in a sentence. */
const kept: Readonly<Record<Erasure['subjectClass'], readonly string[]>> = {
  customer: [
    'entries-as-digests',
    'accesses-under-a-stand-in',
    'cases-without-the-customer',
    'actor-disclosures',
  ],
  actor: ['entries-as-digests', 'accesses-under-an-id', 'cases-under-a-stand-in', 'customer-disclosures'],
};

/** Nothing in it names the person: the number of the request does, to whoever holds the register of requests. */
const common = ({ basis, request, subjectClass }: Erasure): Record<string, Json> => ({
  request,
  class: subjectClass,
  basis,
});

const draftOf = async (
  ports: ErasePorts,
  { decidedBy, decidedRole }: Erasure,
  detail: Record<string, Json>,
): Promise<EntryDraft> => ({
  kind: 'erasure/v1',
  at: ports.clock.now(),
  by: {
    agentId: decidedBy,
    sealer: await ports.agentSealer(decidedBy),
    disclosures: { agent: decidedBy, role: decidedRole, detail },
  },
});

/** The same key never makes a second entry, so a step that a crash cut short is taken again. */
const record = async (
  ports: ErasePorts,
  erasure: Erasure,
  { detail, key }: { readonly detail: Record<string, Json>; readonly key: string },
) => {
  const draft = await draftOf(ports, erasure, detail);
  const { seq } = await ports.ledger.append(draft, { idempotencyKey: key, fingerprint: erasure.id });
  return { seq, told: await ports.readTold(seq, await ports.agentSealer(erasure.decidedBy)) };
};

const order = async (ports: ErasePorts, erasure: Erasure): Promise<void> => {
  const { subjectClass, subjectId } = erasure;
  if (subjectId === undefined) throw new Fault('bug', 'an erasure lost its person before it was ordered');
  const entries = await ports.erasures.entryCount({ subjectClass, id: subjectId } as Parameters<
    ErasePorts['erasures']['entryCount']
  >[0]);
  const detail = { act: 'ordered', ...common(erasure), entries };
  await ports.erasures.order(erasure.id, await record(ports, erasure, { detail, key: erasure.orderedKey }));
};

/** Goes round until nothing is left under the person's id. */
const clearAll = async (ports: ErasePorts, erasure: Erasure): Promise<void> => {
  for (let round = 0; round < roundsMax; round += 1) if ((await ports.erasures.clear(erasure)) === 0) return;
  throw new Fault('bug', `the erasure ${erasure.id} finds ever more to clear`);
};

const finish = async (ports: ErasePorts, erasure: Erasure): Promise<void> => {
  await clearAll(ports, erasure);
  const counted = await ports.erasures.find(erasure.id);
  if (counted?.destroyedAt === undefined)
    throw new Fault('bug', 'an erasure is finished that destroyed nothing');
  const { keys, vaultRows, lookUps, disclosures, approvals, sessions, links } = counted.destroyed;
  const detail = {
    act: 'done',
    ...common(erasure),
    ordered: erasure.orderedSeq ?? null,
    destroyed_at: formatInstant(counted.destroyedAt),
    destroyed: { keys, vault_rows: vaultRows, look_ups: lookUps, disclosures, approvals, sessions, links },
    kept: kept[erasure.subjectClass],
  };
  const entry = await record(ports, erasure, { detail, key: erasure.doneKey });
  await ports.erasures.finish(erasure.id, entry, ports.clock.now());
};

/**
 * Carries an erasure out from wherever it stands: the entry that orders it, the destruction, the clearing, the entry
 * that says what was destroyed. Each step may be cut short and taken again.
 * @returns the state it came to: `done` or `blocked`
 */
export const carryOut = async (ports: ErasePorts, id: Erasure['id']): Promise<Erasure> => {
  for (;;) {
    const erasure = await ports.erasures.find(id);
    if (!erasure) throw new Fault('bug', 'an erasure that was written down is gone');
    if (erasure.state === 'asked') await order(ports, erasure);
    else if (erasure.state === 'ordered') await ports.erasures.destroy(erasure, ports.clock.now());
    else if (erasure.state === 'destroyed') await finish(ports, erasure);
    else return erasure;
  }
};

const unfinishedMax = 100;

/**
 * Takes up what a crash left unfinished. Of those that are done for an hour it removes what a look or an import under
 * way may have written since, and then forgets the id. Run by one process at a time.
 * @returns how many it dealt with
 */
export const carryOutUnfinished = async (ports: ErasePorts): Promise<number> => {
  const unfinished = await ports.erasures.unfinished(ports.clock.now(), unfinishedMax);
  for (const { id } of unfinished) {
    const erasure = await carryOut(ports, id);
    if (erasure.state !== 'done') continue;
    await clearAll(ports, erasure);
    const settled = await ports.erasures.unfinished(ports.clock.now(), unfinishedMax);
    if (settled.some((one) => one.id === id)) await ports.erasures.forget(id, ports.clock.now());
  }
  return unfinished.length;
};
