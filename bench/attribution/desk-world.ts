import { type Dice, diceOf } from './dice.ts';
import {
  addView,
  bookRows,
  fileReports,
  type MadeReport,
  type Thief,
  type ViewRows,
  viewRows,
  type World,
} from './world.ts';

/**
 * The first kind of world: tickets come from customers and are dealt at random to the agents of a queue. Twenty-five
 * queues, each the main work of two teams and the side work of others; gamma contact rates; lognormal activity.
 */
export interface DeskWorldOptions {
  readonly seed: number;
  readonly agents?: number;
  readonly days?: number;
  /** Chance of a background report per customer in 180 days. */
  readonly background: number;
  readonly thieves?: number;
  /** Share of a thief's views in the window that are copied, and chance that a copied record is reported. */
  readonly copied?: number;
  readonly reported?: number;
  readonly windowDays?: readonly [number, number];
  readonly delay?: 'weeks' | 'long' | 'resale' | 'batch';
  /** Customers that keep to one agent of their queue: all queues, or the last one only. */
  readonly sticky?: 'all' | 'one';
  /** Agents who are alone in their queue; the thieves are among them. */
  readonly lone?: number;
  /** The thieves are this many of the twenty agents of one team. */
  readonly guiltyTeam?: number;
  readonly leak?: 'sub-segment' | 'queue' | 'tickets';
  /** Customers of the leak who report. */
  readonly leakReports?: number;
  /** Agents who serve the leaked sub-segment. */
  readonly specialists?: number;
  readonly pressSpike?: boolean;
  /** Who sees reporters shortly before and after their report: a desk of its own, or one agent of each queue. */
  readonly follows?: 'desk' | 'one-of-each-queue' | 'lone-desk';
  readonly forged?: number;
  readonly forgedOverDays?: number;
}

interface Stage {
  readonly options: DeskWorldOptions;
  readonly dice: Dice;
  readonly days: number;
  readonly agents: number;
  readonly queues: number;
  readonly customers: number;
  readonly rows: ViewRows;
  /** 4096 places a queue: agents in proportion to their activity there. */
  readonly dealt: readonly Int32Array[];
  readonly activity: Float64Array;
  readonly queueOf: Int16Array;
  readonly rate: Float64Array;
  readonly inSegment: Uint8Array;
  readonly specialists: readonly number[];
  readonly thieves: Thief[];
  readonly framed: number[];
}

const teamSize = 20;

const dealTables = (dice: Dice, agents: number, queues: number, activity: Float64Array): Int32Array[] => {
  const members: { agent: number; weight: number }[][] = Array.from({ length: queues }, () => []);
  for (let agent = 0; agent < agents; agent += 1) {
    const team = Math.floor(agent / teamSize);
    const [main, side] = [team % queues, (team * 7 + 3) % queues];
    members[main]?.push({ agent, weight: 0.75 * (activity[agent] ?? 1) });
    members[side]?.push({ agent, weight: 0.25 * (activity[agent] ?? 1) });
  }
  return members.map((list) => {
    const total = list.reduce((sum, { weight }) => sum + weight, 0);
    const table = new Int32Array(4096);
    let place = 0;
    let reached = 0;
    for (const { agent, weight } of list) {
      reached += (weight / total) * 4096;
      while (place < Math.min(4096, reached)) {
        table[place] = agent;
        place += 1;
      }
    }
    if (list.length === 0) table.fill(dice.whole(agents));
    else while (place < 4096) table[place++] = list[0]?.agent ?? 0;
    return table;
  });
};

/** The queue in which a leaked sub-segment lies, and the first of those that leak whole. */
const segmentQueue = (shared: number): number => Math.min(3, shared - 1);
const leakedQueue = (queues: number): number => Math.min(5, queues - 2);

const stageOf = (options: DeskWorldOptions): Stage => {
  const dice = diceOf(options.seed);
  const [agents, days] = [options.agents ?? 1000, options.days ?? 180];
  const shared = Math.max(2, Math.round(agents / 40));
  const lone = options.lone ?? 0;
  const customers = agents * 1000;
  const activity = Float64Array.from({ length: agents }, () =>
    dice.real() < 0.02 ? 3 : Math.exp(0.35 * dice.normal()),
  );
  const dealt = dealTables(dice, agents - lone, shared, activity);
  for (let alone = 0; alone < lone; alone += 1) dealt.push(new Int32Array(4096).fill(agents - lone + alone));
  if (options.follows === 'desk')
    dealt.push(Int32Array.from({ length: 4096 }, () => agents - lone - 1 - dice.whole(teamSize)));
  if (options.follows === 'lone-desk') dealt.push(new Int32Array(4096).fill(agents - lone - 1));
  const queueOf = new Int16Array(customers);
  const rate = new Float64Array(customers);
  const loneShare = lone / agents;
  for (let customer = 0; customer < customers; customer += 1) {
    queueOf[customer] = dice.real() < loneShare ? shared + dice.whole(lone) : dice.whole(shared);
    rate[customer] = dice.gamma(0.9) / 0.9;
  }
  const inSegment = new Uint8Array(customers);
  const specialists: number[] = [];
  if (options.leak === 'sub-segment') {
    const table = dealt[segmentQueue(shared)] ?? new Int32Array(1);
    while (specialists.length < (options.specialists ?? 3)) {
      const agent = dice.pick([...table]);
      if (!specialists.includes(agent)) specialists.push(agent);
    }
    const size = Math.round(specialists.length * 700);
    for (let customer = 0, left = size; customer < customers && left > 0; customer += 1)
      if (queueOf[customer] === segmentQueue(shared)) {
        inSegment[customer] = 1;
        left -= 1;
      }
  }
  return {
    options,
    dice,
    days,
    agents,
    queues: dealt.length,
    customers,
    rows: viewRows(),
    dealt,
    activity,
    queueOf,
    rate,
    inSegment,
    specialists,
    thieves: [],
    framed: [],
  };
};

const chooseThieves = (stage: Stage): void => {
  const { options, dice, days, agents, thieves } = stage;
  const lone = options.lone ?? 0;
  const candidates = Array.from({ length: agents }, (_, agent) => agent);
  const from = options.guiltyTeam
    ? candidates.slice(5 * teamSize, 6 * teamSize)
    : lone > 0
      ? candidates.slice(agents - lone)
      : options.sticky === 'one'
        ? [...new Set(stage.dealt[3])]
        : candidates.slice(0, agents - lone - teamSize);
  const [low, high] = options.windowDays ?? [30, 90];
  for (const agent of dice.several(from, options.guiltyTeam ?? options.thieves ?? 0)) {
    const length = low + dice.whole(high - low + 1);
    const startDay = dice.whole(Math.max(1, days - length - 20));
    thieves.push({ agent, startDay, endDay: startDay + length - 1, reports: 0 });
  }
};

const agentFor = (stage: Stage, customer: number, queue: number): number => {
  const { dice, options } = stage;
  const table = stage.dealt[queue] ?? new Int32Array(1);
  if (stage.inSegment[customer] === 1 && dice.real() < 0.95) return dice.pick(stage.specialists);
  const isSticky = options.sticky === 'all' || (options.sticky === 'one' && queue === 3);
  // A customer of a book keeps to one agent, drawn once by the customer's number.
  if (isSticky && dice.real() < 0.9) return table[(Math.imul(customer, 2_654_435_761) >>> 16) & 4095] ?? 0;
  return table[dice.whole(4096)] ?? 0;
};

const deal = (stage: Stage): void => {
  const { dice, days, rows, customers, options } = stage;
  const perCustomer = (40 * days) / 1.3 / 1000;
  for (let customer = 0; customer < customers; customer += 1) {
    const tickets = dice.poisson(perCustomer * (stage.rate[customer] ?? 1));
    for (let ticket = 0; ticket < tickets; ticket += 1) {
      const home = stage.queueOf[customer] ?? 0;
      const shared = stage.queues - (options.lone ?? 0) - (options.follows?.endsWith('desk') ? 1 : 0);
      const queue = home < shared && dice.real() < 0.15 ? dice.whole(shared) : home;
      const at = dice.real() * days;
      const topic = 1 + dice.whole(6);
      addView(rows, [agentFor(stage, customer, queue), customer, queue, topic, at]);
      if (dice.real() < 0.3) {
        const again = at + dice.real() * 4;
        if (again < days) addView(rows, [agentFor(stage, customer, queue), customer, queue, topic, again]);
      }
    }
  }
};

const delayOf = ({ dice, options }: Stage, viewedAt: number): number => {
  if (options.delay === 'long') return 20 + dice.gamma(2) * 20;
  if (options.delay === 'resale') return 5 + dice.real() * 175;
  if (options.delay === 'batch') return (Math.floor(viewedAt / 21) + 1) * 21 - viewedAt + dice.real() * 25;
  return 1 + dice.real() * 59;
};

const steal = (stage: Stage): MadeReport[] => {
  const { dice, rows, thieves, options } = stage;
  const made: MadeReport[] = [];
  const chance = (options.copied ?? 0.3) * (options.reported ?? 0.1);
  const thiefOf = new Map(thieves.map((thief, place) => [thief.agent, place]));
  for (let row = 0; row < rows.count; row += 1) {
    const place = thiefOf.get(rows.agent[row] ?? 0);
    if (place === undefined) continue;
    const at = rows.at[row] ?? 0;
    const thief = thieves[place];
    if (!thief || at < thief.startDay || at >= thief.endDay + 1 || dice.real() >= chance) continue;
    made.push({ customer: rows.customer[row] ?? 0, day: at + delayOf(stage, at), byThief: place });
  }
  return made;
};

/** A reporter is seen by those who follow reports: one to three days before the formal report, and after it. */
const follow = (stage: Stage, report: MadeReport): void => {
  const { dice, rows, options, days } = stage;
  const queue = stage.queueOf[report.customer] ?? 0;
  const isDesk = options.follows?.endsWith('desk') === true;
  const to = isDesk ? stage.queues - 1 : queue;
  const chosen = options.follows === 'one-of-each-queue' ? (stage.dealt[queue]?.[17] ?? 0) : -1;
  const look = (at: number): void => {
    if (at < 0 || at >= days) return;
    const agent = chosen >= 0 ? chosen : agentFor(stage, report.customer, to);
    addView(rows, [agent, report.customer, to, 1, at]);
  };
  if (dice.real() < 0.3) look(report.day - 1 - dice.real() * 2);
  if (dice.real() < 0.6) look(report.day + dice.real() * 4);
};

const backgroundReports = (stage: Stage): MadeReport[] => {
  const { dice, customers, days, options } = stage;
  const bursts = Array.from({ length: 3 }, () => ({ segment: dice.whole(20), day: dice.real() * days }));
  const spikeAt = 60 + dice.real() * 60;
  const made: MadeReport[] = [];
  for (let customer = 0; customer < customers; customer += 1) {
    const segment = customer % 20;
    const lift = Math.sqrt(0.1 + (stage.rate[customer] ?? 1)) * (0.6 + 0.04 * segment);
    const burst = bursts.find((candidate) => candidate.segment === segment);
    const mean = ((options.background * days) / 180) * lift * (burst ? 2 : 1) * (options.pressSpike ? 2 : 1);
    if (dice.real() >= mean) continue;
    let day = dice.real() * days;
    if (options.pressSpike && dice.real() < 0.5) day = spikeAt + dice.real() * 8;
    else if (burst && dice.real() < 0.5) day = Math.min(days - 0.01, burst.day + dice.real() * 10);
    made.push({ customer, day, byThief: -1 });
  }
  return made;
};

const leakReports = (stage: Stage): MadeReport[] => {
  const { dice, options, rows, days, customers } = stage;
  if (!options.leak) return [];
  const wanted = options.leakReports ?? (options.leak === 'sub-segment' ? 300 : 2000);
  const at = 30 + dice.real() * (days - 80);
  const taken = new Set<number>();
  const leaked = leakedQueue(stage.queues);
  if (options.leak === 'tickets') {
    // A copy of one queue's recent tickets: leaked by somebody else than the agents who saw them.
    for (let row = 0; row < rows.count; row += 1)
      if (rows.queue[row] === leaked && (rows.at[row] ?? 0) < at && (rows.at[row] ?? 0) > at - 30)
        taken.add(rows.customer[row] ?? 0);
  } else
    for (let customer = 0; customer < customers; customer += 1) {
      const queue = stage.queueOf[customer];
      if (
        options.leak === 'sub-segment'
          ? stage.inSegment[customer] === 1
          : queue === leaked || queue === leaked + 1
      )
        taken.add(customer);
    }
  return dice
    .several([...taken], wanted)
    .map((customer) => ({ customer, day: at + 1 + dice.real() * 59, byThief: -1 }));
};

const forgedReports = (stage: Stage): MadeReport[] => {
  const { dice, options, rows, days, thieves } = stage;
  if (!options.forged) return [];
  let framed = dice.whole(stage.agents);
  while (thieves.some(({ agent }) => agent === framed)) framed = dice.whole(stage.agents);
  stage.framed.push(framed);
  const until = days - 20;
  const seen = new Set<number>();
  for (let row = 0; row < rows.count; row += 1)
    if (rows.agent[row] === framed && (rows.at[row] ?? 0) < until && (rows.at[row] ?? 0) > until - 60)
      seen.add(rows.customer[row] ?? 0);
  return dice.several([...seen], options.forged).map((customer) => ({
    customer,
    day: until + dice.real() * (options.forgedOverDays ?? 5),
    byThief: -1,
    authenticated: 'none' as const,
  }));
};

export const deskWorld = (options: DeskWorldOptions): World => {
  const stage = stageOf(options);
  chooseThieves(stage);
  deal(stage);
  const made = [...backgroundReports(stage), ...leakReports(stage), ...steal(stage)];
  made.push(...forgedReports(stage));
  for (const report of made) if (report.day < stage.days) follow(stage, report);
  const { reports, places } = fileReports(made, stage.thieves, stage.days);
  const queues = Array.from({ length: stage.queues }, (_, queue) => `queue-${queue}`);
  return {
    booked: bookRows(stage.rows, { agents: stage.agents, queues, days: stage.days }, places),
    reports,
    thieves: stage.thieves,
    days: stage.days,
    endangered: [...stage.specialists, ...stage.framed],
  };
};
