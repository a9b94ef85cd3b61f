import type { SessionId } from '../../model/id.ts';
import type { AskerFacts } from '../../records/facts/gather-facts.ts';
import { gather, type LookingPorts } from './looking-room.ts';

/** Who asks, as things stand at this instant. @throws Fault `not-signed-in` when there is no such session */
export const whoAsks = async (ports: LookingPorts, sessionId: SessionId): Promise<AskerFacts> =>
  (await gather(ports, { sessionId, idempotencyKey: undefined }, {})).facts.asker;
