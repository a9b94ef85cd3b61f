import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId, TeamId, VendorId } from '../../model/id.ts';
import { roles } from '../../model/role.ts';
import { areIndependent, judgeApprover } from './judge-approver.ts';

describe('independence', () => {
  const someone = fc.record({
    agentId: fc.constantFrom('agt_a' as AgentId, 'agt_b' as AgentId, 'agt_c' as AgentId),
    role: fc.constantFrom(...roles),
    sessionLive: fc.boolean(),
    active: fc.boolean(),
    teamId: fc.constantFrom('t1' as TeamId, 't2' as TeamId, undefined),
    vendorId: fc.constantFrom('v1' as VendorId, 'v2' as VendorId, undefined),
  });

  it('lets nobody decide their own, their vendor’s or their team’s request, and nobody of any vendor at all', () => {
    fc.assert(
      fc.property(someone, someone, (approver, asker) => {
        if (judgeApprover(approver) !== undefined || !areIndependent(approver, asker)) return;
        expect(approver.agentId).not.toBe(asker.agentId);
        expect(approver.vendorId).toBeUndefined();
        expect(approver.active && approver.sessionLive).toBe(true);
        if (asker.vendorId === undefined && asker.teamId !== undefined)
          expect(approver.teamId).not.toBe(asker.teamId);
      }),
    );
  });
});
