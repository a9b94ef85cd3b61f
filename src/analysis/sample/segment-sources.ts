import type { Source } from './mixture.ts';
import type { SampleBook, SampleView } from './sample-book.ts';

/** Accounts that saw fewer customers of the sample are not compared. */
const seenMin = 3;
/** Accounts compared, those that saw most. */
const accountsMax = 300;
/** Two accounts that share so much of what the lesser of them saw serve the same customers. */
const sharedAt = 0.5;

/** Groups of accounts that serve the same customers of the sample: connected by pairs that share half or more. */
const groupsOf = (seen: ReadonlyMap<number, ReadonlySet<number>>): readonly (readonly number[])[] => {
  const accounts = [...seen]
    .filter(([, customers]) => customers.size >= seenMin)
    .toSorted((a, b) => b[1].size - a[1].size || a[0] - b[0])
    .slice(0, accountsMax);
  const groups: number[][] = [];
  const left = new Map(accounts);
  for (const [first] of accounts) {
    if (!left.has(first)) continue;
    left.delete(first);
    const group = [first];
    for (let at = 0; at < group.length; at += 1) {
      const own = seen.get(group[at] as number) ?? new Set<number>();
      for (const [other, customers] of left) {
        const shared = [...own].filter((customer) => customers.has(customer)).length;
        if (shared < sharedAt * Math.min(own.size, customers.size)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    if (group.length > 1) groups.push(group);
  }
  return groups;
};

/**
 * Segments that no column names. When a few accounts serve the same customers, which nobody else sees, a leak of that
 * segment from any other system would look like theirs. Each such group is a source of its own, so that one account
 * of it has to explain the sample better than the group does; where routing is by queue, a group is its queue again.
 */
export const segmentSources = (
  book: SampleBook,
  fitting: readonly (readonly SampleView[])[],
): readonly Source[] => {
  const seen = new Map<number, Set<number>>();
  // Whom an account serves shows in all of its looks, also in those that do not fit the dates.
  for (const [customer, looks] of book.looks)
    for (const { agent } of looks)
      if (agent > 0) seen.set(agent, (seen.get(agent) ?? new Set()).add(customer));
  return groupsOf(seen).map((group) => {
    const members = new Set(group);
    const total = group.reduce((sum, agent) => sum + (book.agents.get(agent)?.total ?? 0), 0);
    return {
      chances: Float64Array.from(
        fitting,
        (looks) => looks.filter(({ agent }) => members.has(agent)).length / Math.max(1, total),
      ),
    };
  });
};
