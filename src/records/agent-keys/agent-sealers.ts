import { Fault } from '../../model/fault.ts';
import type { AgentId } from '../../model/id.ts';
import type { Chance } from '../../model/ports.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import { type Sealer, SubjectKey } from '../../platform/keys/subject-key.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

export interface AgentSealerPorts {
  readonly db: CaseboundDatabase;
  readonly keys: KeyEncryption;
  readonly chance: Chance;
}

/** Sealers kept in memory: more agents than work at once on one gateway. The oldest makes room. */
const keptMax = 10_000;

/**
 * Seals what names an agent, under that agent's own key: made the first time the agent acts, so that it can be
 * destroyed for one person and nobody else. Two processes that make it at once end up with the same one.
 */
export const openAgentSealers = (ports: AgentSealerPorts): ((agentId: AgentId) => Promise<Sealer>) => {
  const kept = new Map<AgentId, Promise<Sealer>>();
  return (agentId) => {
    const known = kept.get(agentId);
    if (known) return known;
    const opened = openSealer(ports, agentId);
    opened.catch(() => kept.delete(agentId));
    kept.set(agentId, opened);
    const oldest = kept.size > keptMax ? kept.keys().next().value : undefined;
    if (oldest) kept.delete(oldest);
    return opened;
  };
};

interface WrappedRow {
  readonly wrapping_key_id: string;
  readonly wrapped: Buffer;
}

const openSealer = async ({ db, keys, chance }: AgentSealerPorts, agentId: AgentId): Promise<Sealer> => {
  const read = async (): Promise<WrappedRow | undefined> => {
    const { rows } = await db.pool.query<WrappedRow>(
      'select wrapping_key_id, wrapped from keys.agent_key where agent_id = $1',
      [agentId],
    );
    return rows[0];
  };
  const make = async (): Promise<void> => {
    const wrapped = await keys.wrap(SubjectKey.generate(chance), agentId);
    await db.pool.query(
      'insert into keys.agent_key (agent_id, wrapping_key_id, wrapped) values ($1, $2, $3) on conflict do nothing',
      [agentId, wrapped.wrappingKeyId, wrapped.wrapped],
    );
  };
  try {
    if (!(await read())) await make();
    const row = await read();
    if (!row) throw new Fault('vault-closed', 'an agent key vanished while it was being made');
    const key = await keys.unwrap({ wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped }, agentId);
    return key.sealer('ledger');
  } catch (cause) {
    throw asDatabaseFault(cause);
  }
};
