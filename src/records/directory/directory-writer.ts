import { sql } from 'kysely';
import type { AgentId, TeamId } from '../../model/id.ts';
import type { Role } from '../../model/role.ts';
import type { Unit } from '../../model/unit.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { UnitState } from './directory-entry.ts';

/** What becomes of one agent: one thing at a time, so that each has its own entry. */
export type AgentChange =
  | { readonly state: UnitState }
  | { readonly teamId: TeamId }
  | { readonly role: Role };

/**
 * Changes who may do what. Each change names what was seen when it was decided and does nothing when that has
 * changed in between. Only workflows that have recorded the change before may hold this.
 */
export interface DirectoryWriter {
  /** @returns false when the unit is not in the state `from` any more. */
  setUnitState(unit: Unit, from: UnitState, to: UnitState): Promise<boolean>;
  /** Also gives the agent another standing number. @returns false when theirs is not `standingNo` any more. */
  changeAgent(id: AgentId, standingNo: number, change: AgentChange): Promise<boolean>;
}

/** The database, or a transaction of it. */
type Store = CaseboundDatabase['kysely'];

const tables = { vendor: sql`vendor`, site: sql`site`, team: sql`team` } as const;

const setUnitState = async (store: Store, unit: Unit, { from, to }: { from: UnitState; to: UnitState }) => {
  const set = await sql`
    update ${tables[unit.what]} set state = ${to} where id = ${unit.id} and state = ${from}`.execute(store);
  return set.numAffectedRows === 1n;
};

const setColumn = (change: AgentChange) => {
  if ('state' in change) return sql`state = ${change.state}`;
  if ('teamId' in change) return sql`team_id = ${change.teamId}`;
  return sql`role = ${change.role}`;
};

const changeAgent = async (
  store: Store,
  id: AgentId,
  { standingNo, change }: { standingNo: number; change: AgentChange },
) => {
  const set = await sql`
    update agent set ${setColumn(change)}, standing_no = standing_no + 1
    where id = ${id} and standing_no = ${standingNo}`.execute(store);
  return set.numAffectedRows === 1n;
};

export const directoryWriter = (store: Store): DirectoryWriter => ({
  setUnitState: (unit, from, to) => faulting(setUnitState(store, unit, { from, to })),
  changeAgent: (id, standingNo, change) => faulting(changeAgent(store, id, { standingNo, change })),
});
