import { type BookedViews, topicBlockDays, topicPlaces } from './booked-views.ts';

/** Agents compared with one another: inside a stratum, which of them took a case is taken to be chance. */
export interface Stratum {
  readonly name: string;
  readonly isIncidentWork: boolean;
  /** Made of queues that are too small to compare agents within: levels may differ from agent to agent. */
  readonly isMixed: boolean;
  /** Views by day of the log. */
  readonly daily: Float64Array;
  readonly memberships: number[];
}

/** One agent's part of one stratum. */
export interface Membership {
  readonly agent: number;
  readonly stratum: number;
  readonly daily: Float64Array;
  views: number;
}

export interface Strata {
  readonly strata: readonly Stratum[];
  readonly memberships: readonly Membership[];
  readonly ofAgent: readonly (readonly number[])[];
  /** The membership to which a view counts. */
  membershipOf(cell: number, topic: number): number;
}

/** Below this many agents a stratum is joined with others. */
export const stratumAgentsMin = 5;
/** Of an attribute's greatest possible association with the agents (squared Cramér's V), what counts as routing. */
const routedShareMin = 0.15;
/** Less of a stratum's work than this share of an average member's does not make an agent a colleague. */
const colleagueShareMin = 0.05;

/** How far levels of an attribute (columns) belong to certain agents (rows): squared Cramér's V less its bias. */
const association = (table: readonly Float64Array[]): number => {
  const columns = table[0]?.length ?? 0;
  const totals = new Float64Array(columns);
  let all = 0;
  for (const row of table)
    for (let column = 0; column < columns; column += 1) {
      totals[column] = (totals[column] ?? 0) + (row[column] ?? 0);
      all += row[column] ?? 0;
    }
  const used = totals.filter((total) => total > 0).length;
  if (used < 2 || table.length < 2 || all === 0) return 0;
  let chi = 0;
  for (const row of table) {
    const rowTotal = row.reduce((sum, value) => sum + value, 0);
    for (let column = 0; column < columns; column += 1) {
      const expected = (rowTotal * (totals[column] ?? 0)) / all;
      if (expected > 0) chi += ((row[column] ?? 0) - expected) ** 2 / expected;
    }
  }
  const bias = (used - 1) * (table.length - 1);
  return Math.max(0, chi - bias) / (all * Math.min(used - 1, table.length - 1));
};

interface QueueWork {
  readonly byShift: boolean;
  readonly byTopic: boolean;
}

const topicTotals = (counts: Uint32Array): Float64Array => {
  const totals = new Float64Array(topicPlaces);
  for (const [place, views] of counts.entries())
    totals[place % topicPlaces] = (totals[place % topicPlaces] ?? 0) + views;
  return totals;
};

/** For each queue: are shifts, are topics routed to certain agents? Only then do they split it. */
const workOfQueues = (booked: BookedViews): Map<number, QueueWork> => {
  const shifts = new Map<number, Map<number, Float64Array>>();
  const topics = new Map<number, Map<number, Float64Array>>();
  const rowOf = (of: Map<number, Map<number, Float64Array>>, queue: number, agent: number): Float64Array => {
    const table = of.get(queue) ?? new Map<number, Float64Array>();
    of.set(queue, table);
    const row = table.get(agent) ?? new Float64Array(topicPlaces);
    table.set(agent, row);
    return row;
  };
  for (const [number, cell] of booked.cells.entries()) {
    const totals = topicTotals(booked.topicViews[number] ?? new Uint32Array(0));
    const byTopic = rowOf(topics, cell.queue, cell.agent);
    const byShift = rowOf(shifts, cell.queue, cell.agent);
    for (const [topic, views] of totals.entries()) {
      byTopic[topic] = (byTopic[topic] ?? 0) + views;
      byShift[cell.shift] = (byShift[cell.shift] ?? 0) + views;
    }
  }
  const isRouted = (table: Map<number, Float64Array> | undefined): boolean =>
    association([...(table?.values() ?? [])]) > routedShareMin;
  return new Map(
    [...shifts.keys()].map((queue) => [
      queue,
      { byShift: isRouted(shifts.get(queue)), byTopic: isRouted(topics.get(queue)) },
    ]),
  );
};

/** The finest groups, before small ones are joined: a key for each cell and topic. */
const fineKeys = (booked: BookedViews): ((cell: number, topic: number) => string) => {
  const work = workOfQueues(booked);
  return (number, topic) => {
    const cell = booked.cells[number];
    if (!cell) return '';
    const { byShift = false, byTopic = false } = work.get(cell.queue) ?? {};
    const queue = `${cell.isIncidentWork ? 'incident work ' : ''}${booked.queues[cell.queue] ?? ''}`;
    return `${queue}|${byShift ? cell.shift : ''}|${byTopic ? topic : ''}`;
  };
};

const isIncident = (key: string): boolean => key.startsWith('incident work ');
const queueOfKey = (key: string): string => `${key.split('|')[0] ?? ''}|all|all`;
const mixedKey = (key: string): string =>
  isIncident(key) ? 'incident work small queues||' : 'small queues||';

/** Agents who do a colleague's share of a group's work. */
const colleaguesOf = (views: ReadonlyMap<number, number>): number => {
  let total = 0;
  let most = 0;
  for (const count of views.values()) {
    total += count;
    most = Math.max(most, count);
  }
  const least = (colleagueShareMin * total) / Math.max(1, views.size);
  const effective = [...views.values()].filter((count) => count >= least).length;
  // One agent with all the work is alone, whoever helped out for a day.
  return Math.min(effective, total / Math.max(1, most) + 0.999);
};

/** Joins groups with fewer than five agents: shifts and topics into their queue, small queues with each other. */
const joinSmall = (byKey: ReadonlyMap<string, ReadonlyMap<number, number>>): Map<string, string> => {
  const merge = (keys: ReadonlyMap<string, string>): Map<string, Map<number, number>> => {
    const merged = new Map<string, Map<number, number>>();
    for (const [fine, key] of keys) {
      const into = merged.get(key) ?? new Map<number, number>();
      merged.set(key, into);
      for (const [agent, views] of byKey.get(fine) ?? []) into.set(agent, (into.get(agent) ?? 0) + views);
    }
    return merged;
  };
  let keys = new Map([...byKey.keys()].map((key) => [key, key]));
  for (const parent of [queueOfKey, mixedKey]) {
    const sizes = merge(keys);
    keys = new Map(
      [...keys].map(([fine, key]) => [
        fine,
        colleaguesOf(sizes.get(key) ?? new Map()) < stratumAgentsMin ? parent(key) : key,
      ]),
    );
  }
  return keys;
};

/** Share of a cell's views of each topic, over the block of days in which a day lies. */
const topicShare = (counts: Uint32Array | undefined, day: number, topic: number): number => {
  const from = Math.max(0, Math.floor(day / topicBlockDays)) * topicPlaces;
  let total = 0;
  for (let place = 0; place < topicPlaces; place += 1) total += counts?.[from + place] ?? 0;
  return total === 0 ? 0 : (counts?.[from + topic] ?? 0) / total;
};

const tellKey = (key: string): string =>
  key
    .split('|')
    .filter((part) => part !== '' && part !== 'all')
    .join(' / ') || 'all work';

/** Cells and topics by their final group, with views of each agent. */
const groupViews = (booked: BookedViews): Map<string, string> => {
  const keyOf = fineKeys(booked);
  const byKey = new Map<string, Map<number, number>>();
  for (const [cell, counts] of booked.topicViews.entries()) {
    const agent = booked.cells[cell]?.agent ?? 0;
    for (const [topic, views] of topicTotals(counts).entries()) {
      if (views === 0) continue;
      const key = keyOf(cell, topic);
      const group = byKey.get(key) ?? new Map<number, number>();
      byKey.set(key, group);
      group.set(agent, (group.get(agent) ?? 0) + views);
    }
  }
  return joinSmall(byKey);
};

/** Sorts a log's work into strata: queue, and shift or topic where these are routed to certain agents. */
export const formStrata = (booked: BookedViews): Strata => {
  const keyOf = fineKeys(booked);
  const joined = groupViews(booked);
  const strata: Stratum[] = [];
  const memberships: Membership[] = [];
  const ofAgent: number[][] = booked.agents.map(() => []);
  const numbers = new Map<string, number>();
  const places = new Map<string, number>();
  const stratumOf = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const isMixed = key === mixedKey(key);
    numbers.set(key, strata.length);
    const daily = new Float64Array(booked.days);
    strata.push({ name: tellKey(key), isIncidentWork: isIncident(key), isMixed, daily, memberships: [] });
    return strata.length - 1;
  };
  const cellPlaces = new Int32Array(booked.cells.length * topicPlaces).fill(-1);
  const membershipOf = (cell: number, topic: number): number => {
    const cached = cellPlaces[cell * topicPlaces + topic] ?? -1;
    if (cached !== -1) return cached;
    const fine = keyOf(cell, topic);
    const stratum = stratumOf(joined.get(fine) ?? mixedKey(fine));
    const agent = booked.cells[cell]?.agent ?? 0;
    const key = `${agent} ${stratum}`;
    let place = places.get(key);
    if (place === undefined) {
      place = memberships.length;
      places.set(key, place);
      memberships.push({ agent, stratum, daily: new Float64Array(booked.days), views: 0 });
      ofAgent[agent]?.push(place);
      strata[stratum]?.memberships.push(place);
    }
    cellPlaces[cell * topicPlaces + topic] = place;
    return place;
  };
  countDays(booked, membershipOf, { strata, memberships });
  return { strata, memberships, ofAgent, membershipOf };
};

const countDays = (
  booked: BookedViews,
  membershipOf: Strata['membershipOf'],
  into: { readonly strata: readonly Stratum[]; readonly memberships: readonly Membership[] },
): void => {
  const { cell, day, views } = booked.counts;
  // The membership of a cell whose topics all count to one; -1 where they are split.
  const whole = new Int32Array(booked.topicViews.length);
  const split = new Map<number, number[]>();
  for (const [number, counts] of booked.topicViews.entries()) {
    const topics = [...topicTotals(counts).entries()].flatMap(([topic, total]) => (total > 0 ? [topic] : []));
    const places = new Set(topics.map((topic) => membershipOf(number, topic)));
    whole[number] = places.size === 1 ? membershipOf(number, topics[0] ?? 0) : -1;
    if (places.size > 1) split.set(number, topics);
  }
  const dailyOf = into.memberships.map(({ daily }) => daily);
  const add = (place: number, onDay: number, count: number): void => {
    const daily = dailyOf[place];
    if (daily) daily[onDay] = (daily[onDay] ?? 0) + count;
  };
  for (let entry = 0; entry < cell.length; entry += 1) {
    const number = cell[entry] ?? 0;
    const onDay = (day[entry] ?? 0) - booked.firstDay;
    const count = views[entry] ?? 0;
    const place = whole[number] ?? -1;
    if (place >= 0) add(place, onDay, count);
    else
      for (const topic of split.get(number) ?? [])
        add(membershipOf(number, topic), onDay, count * topicShare(booked.topicViews[number], onDay, topic));
  }
  for (const membership of into.memberships)
    for (const [onDay, count] of membership.daily.entries()) {
      const daily = into.strata[membership.stratum]?.daily;
      membership.views += count;
      if (daily) daily[onDay] = (daily[onDay] ?? 0) + count;
    }
};
