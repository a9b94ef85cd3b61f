import { Fault } from '../../model/fault.ts';
import type { AgentId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Chance } from '../../model/ports.ts';
import type { Unit } from '../../model/unit.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { type AgentChange, directoryWriter } from '../../records/directory/directory-writer.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import { sessionWriter } from '../../records/session/session-writer.ts';

export interface ApplyPorts {
  readonly db: CaseboundDatabase;
  readonly chance: Chance;
}

const stale = (): Fault =>
  new Fault('conflict', 'the standing changed between decision and change; the entry stays');

/**
 * Suspends a vendor, site or team. The state counts from the moment it is committed, alone and at once: ending
 * thousands of sessions comes after it, and a crash in between lets nobody in.
 * @returns how many sessions were ended.
 * @throws Fault `conflict` when it is not active any more.
 */
export const suspendUnit = async ({ db, chance }: ApplyPorts, unit: Unit, now: Instant): Promise<number> => {
  if (!(await directoryWriter(db.kysely).setUnitState(unit, 'active', 'suspended'))) throw stale();
  return sessionWriter(db.kysely, chance).endSessionsUnder(unit, now);
};

/**
 * Activates a unit. Whatever session is left under it ends in the same transaction: one that was stolen before the
 * suspension must not wake up with the vendor.
 */
export const activateUnit = ({ db, chance }: ApplyPorts, unit: Unit, now: Instant): Promise<number> =>
  faulting(
    db.kysely.transaction().execute(async (tx) => {
      const ended = await sessionWriter(tx, chance).endSessionsUnder(unit, now);
      if (!(await directoryWriter(tx).setUnitState(unit, 'suspended', 'active'))) throw stale();
      return ended;
    }),
  );

/** Changes one agent, if they still are as they were judged, and ends the sessions of their old standing. */
export const changeAgent = (
  { db, chance }: ApplyPorts,
  agent: { readonly id: AgentId; readonly standingNo: number },
  { change, now }: { readonly change: AgentChange; readonly now: Instant },
): Promise<number> =>
  faulting(
    db.kysely.transaction().execute(async (tx) => {
      if (!(await directoryWriter(tx).changeAgent(agent.id, agent.standingNo, change))) throw stale();
      return sessionWriter(tx, chance).endSessionsOf(agent.id, now);
    }),
  );
