import type { AgentId } from '../../model/id.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

export interface FindAgentSealerPorts {
  readonly db: CaseboundDatabase;
  readonly keys: Pick<KeyEncryption, 'unwrap'>;
}

/** Opens what was sealed under an agent's key. Undefined when there is none, or it was destroyed: none is made. */
export const findAgentSealer = async (
  { db, keys }: FindAgentSealerPorts,
  agentId: AgentId,
): Promise<Sealer | undefined> => {
  const row = await faulting(
    db.kysely
      .selectFrom('keys.agent_key')
      .select(['wrapping_key_id', 'wrapped'])
      .where('agent_id', '=', agentId)
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const key = await keys.unwrap({ wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped }, agentId);
  return key.sealer('ledger');
};
