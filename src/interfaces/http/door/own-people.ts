import type { TeamId, VendorId } from '../../../model/id.ts';
import { organisationRoles } from '../../../model/role.ts';
import type { FoundSession } from '../../../records/session/found-session.ts';

/** Whom a session may see in the directory: everyone, one vendor, one team, or nobody. */
export type OwnPeople =
  | 'everyone'
  | 'nobody'
  | { readonly vendorId: VendorId | undefined; readonly teamId?: TeamId };

/** A vendor’s people see their own vendor’s, a lead their own team’s. People of the organisation see everyone. */
export const ownPeople = ({ role, teamId, vendorId }: FoundSession): OwnPeople => {
  if (organisationRoles.includes(role)) return 'everyone';
  if (role === 'lead') return teamId === undefined ? 'nobody' : { teamId, vendorId };
  if (role === 'vendor-security') return vendorId === undefined ? 'nobody' : { vendorId };
  return 'nobody';
};
