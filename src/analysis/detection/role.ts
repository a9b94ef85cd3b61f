/** How an agent works, as its first days show it. Only its way of working tells: no column names a role. */
const roles = ['case-worker', 'reviewer', 'lead', 'program', 'other'] as const;
export type Role = (typeof roles)[number];

export const roleAt = Object.fromEntries(roles.map((role, at) => [role, at])) as Readonly<
  Record<Role, number>
>;

export const roleOf = (place: number): Role => roles[place] ?? 'other';
