import type { SiteId, TeamId, VendorId } from './id.ts';

/** A group of agents that can be suspended as a whole: a team, its site, or the vendor whose site it is. */
export type Unit =
  | { readonly what: 'vendor'; readonly id: VendorId }
  | { readonly what: 'site'; readonly id: SiteId }
  | { readonly what: 'team'; readonly id: TeamId };
