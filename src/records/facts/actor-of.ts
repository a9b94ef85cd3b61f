import type { Actor } from '../../model/actor.ts';
import type { AskerFacts } from './gather-facts.ts';

/** The asker as someone who acts. */
export const actorOf = ({
  agentId,
  role,
  active,
  teamId,
  siteId,
  vendorId,
  ...asker
}: AskerFacts): Actor => ({
  agentId,
  role,
  active,
  teamId,
  siteId,
  vendorId,
  session: { id: asker.sessionId, live: asker.sessionLive },
});
