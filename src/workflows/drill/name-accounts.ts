import { attributeReports } from '../../analysis/attribution/attribute-reports.ts';
import { createViewBook } from '../../analysis/attribution/view-book.ts';
import type { World } from '../../analysis/worlds/build-world.ts';
import { type AccessChunk, loggedActions } from '../../model/access-columns.ts';
import { type ByTheft, takesLost } from './loss.ts';

const refusedAction = loggedActions.indexOf('refused');

export interface NamingGround {
  readonly accesses: AccessChunk;
  readonly isShown: (row: number) => boolean;
  /** When accounts were stopped for other reasons. */
  readonly stoppedAtMs: ByTheft;
  /** When somebody asks whom the reports point to, in ascending order. */
  readonly looksMs: readonly number[];
  /** From a naming until the account is stopped. */
  readonly readMs: number;
}

export interface Named {
  /** The first look at which attribution said to review each thief. */
  readonly namedAtMs: ByTheft;
  readonly stoppedAtMs: ByTheft;
  /** Honest accounts that attribution said to review, over all looks. */
  readonly wronglyNamed: readonly string[];
  /** What the last look could not tell. */
  readonly warnings: readonly string[];
}

/** The rows between two places, with every account shut from when it was stopped. */
const pieceOf = (
  accesses: AccessChunk,
  span: { from: number; to: number },
  shut: ReadonlyMap<number, number>,
) => {
  const piece = Object.fromEntries(
    Object.entries(accesses).map(([name, column]) => [
      name,
      typeof column === 'number' ? span.to - span.from : column.slice(span.from, span.to),
    ]),
  ) as unknown as AccessChunk;
  for (let row = 0; row < piece.rows; row += 1)
    if ((piece.atMs[row] ?? 0) >= (shut.get(piece.agent[row] ?? 0) ?? Number.POSITIVE_INFINITY))
      piece.action[row] = refusedAction;
  return piece;
};

/**
 * Asks again and again which accounts the reports on file point to. Whoever is named is stopped, and a theft that was
 * stopped has no victims: a report that a planted theft caused exists only when its customer was lost before.
 */
export const nameAccounts = (world: World, ground: NamingGround): Named => {
  const { names } = world.log;
  const nameOf = (customer: number): string => names.customers[customer] ?? '';
  const book = createViewBook({ reportedCustomers: world.reports.map(({ customer }) => nameOf(customer)) });
  const namedAtMs: (number | undefined)[] = world.thefts.map(() => undefined);
  const stoppedAtMs = [...ground.stoppedAtMs];
  const wronglyNamed = new Set<string>();
  let warnings: readonly string[] = [];
  let from = 0;
  for (const lookMs of ground.looksMs) {
    const to = rowAt(ground.accesses, lookMs);
    const shut = new Map(
      world.thefts.map(({ agent }, at) => [agent, stoppedAtMs[at] ?? Number.POSITIVE_INFINITY] as const),
    );
    book.take(pieceOf(ground.accesses, { from, to }, shut), names);
    from = to;
    const lost = new Set(takesLost(world, stoppedAtMs, ground.isShown).map(({ customer }) => customer));
    const onFile = world.reports
      .filter(({ atMs, stolen, customer }) => atMs <= lookMs && (!stolen || lost.has(customer)))
      .map(({ atMs, contactedAtMs, customer, kind }) => ({
        customer: nameOf(customer),
        atMs,
        contactedAtMs,
        kind,
      }));
    if (onFile.length === 0) continue;
    const { result } = attributeReports(book, onFile);
    warnings = result.warnings;
    for (const { agent } of result.suspects.filter(({ review }) => review)) {
      const theft = world.thefts.findIndex((each) => names.agents[each.agent] === agent);
      if (theft === -1) wronglyNamed.add(agent);
      else {
        namedAtMs[theft] ??= lookMs;
        stoppedAtMs[theft] ??= lookMs + ground.readMs;
      }
    }
  }
  return { namedAtMs, stoppedAtMs, wronglyNamed: [...wronglyNamed], warnings };
};

/** How many accesses were made before that time. */
const rowAt = ({ atMs, rows }: AccessChunk, beforeMs: number): number => {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atMs[middle] ?? 0) < beforeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
