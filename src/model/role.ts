/**
 * What a signed-in person is for. Every account that may sign in is an agent record with exactly one role; the
 * first three belong to a vendor or to an in-house team, the others to the organisation alone.
 */
export const roles = [
  'agent',
  'lead',
  'vendor-security',
  'analyst',
  'responder',
  'auditor',
  'administrator',
] as const;
export type Role = (typeof roles)[number];

/** Roles that only people of the organisation itself may hold: never anyone under a vendor. */
export const organisationRoles: readonly Role[] = ['analyst', 'responder', 'auditor', 'administrator'];
