import { type Dice, diceOf } from './dice.ts';
import {
  addView,
  bookRows,
  fileReports,
  type MadeReport,
  type Thief,
  viewRows,
  type World,
} from './world.ts';

/**
 * The second kind of world, built the other way round: agents come to work in shifts, on their own days, are hired
 * and leave; each takes what their queue holds: mostly customers of a heavy-tailed pool, often one who was there in
 * the last days. Reports come in campaigns. Thieves copy on some days only; delays are lognormal.
 */
export interface FloorWorldOptions {
  readonly seed: number;
  readonly agents?: number;
  readonly days?: number;
  readonly background: number;
  readonly thieves?: number;
  readonly copied?: number;
  readonly reported?: number;
  readonly leak?: 'sub-segment' | 'queue';
  readonly leakReports?: number;
  readonly specialists?: number;
  readonly pressSpike?: boolean;
  readonly forged?: number;
}

interface Floor {
  readonly options: FloorWorldOptions;
  readonly dice: Dice;
  readonly days: number;
  readonly agents: number;
  readonly queues: number;
  readonly poolSize: number;
  readonly specialists: readonly number[];
}

/** Customers of a queue are numbered one after another; the first ones come most often. */
const poolCustomer = ({ dice, poolSize }: Floor, queue: number): number =>
  queue * poolSize + Math.floor(poolSize * dice.real() ** 1.7);

/** Every so many customers of the second queue belong to the segment. */
const [segmentStep, segmentRest] = [23, 5];

const isSegment = ({ options }: Floor, customer: number, queue: number): boolean =>
  options.leak === 'sub-segment' && queue === 1 && customer % segmentStep === segmentRest;

const workDays = (
  floor: Floor,
  agent: number,
): { isOn: (day: number) => boolean; shift: number; queue: number } => {
  const { dice, days, queues } = floor;
  const hired = dice.real() < 0.15 ? dice.whole(days / 2) : 0;
  const gone = dice.real() < 0.1 ? days / 2 + dice.whole(days / 2) : days;
  const restDay = dice.whole(7);
  const leaveFrom = dice.whole(days);
  return {
    isOn: (day) =>
      day >= hired &&
      day < gone &&
      day % 7 !== restDay &&
      (day + 1) % 7 !== restDay &&
      (day < leaveFrom || day > leaveFrom + 12),
    shift: agent % 3,
    queue: Math.floor(agent / 3) % queues,
  };
};

/** Specialists take the segment's customers and some others; the others' turn comes when none of the segment's does. */
const takeCustomer = (
  floor: Floor,
  { from, recent, isSpecialist }: { from: number; recent: readonly number[]; isSpecialist: boolean },
): number => {
  const { dice, poolSize } = floor;
  if (isSpecialist && from === 1 && dice.real() < 0.6) {
    const members = Math.floor(poolSize / segmentStep) - 1;
    const first = poolSize + ((segmentRest - (poolSize % segmentStep) + segmentStep) % segmentStep);
    return first + segmentStep * Math.floor(members * dice.real() ** 1.7);
  }
  for (;;) {
    const customer = recent.length > 50 && dice.real() < 0.25 ? dice.pick(recent) : poolCustomer(floor, from);
    if (!isSegment(floor, customer, from)) return customer;
  }
};

const fillDay = (
  floor: Floor,
  day: number,
  at: { rows: ReturnType<typeof viewRows>; recent: number[][]; staff: ReturnType<typeof workDays>[] },
): void => {
  const { dice, specialists } = floor;
  for (const [agent, { isOn, shift, queue }] of at.staff.entries()) {
    if (!isOn(day)) continue;
    const tickets = dice.poisson(48 * Math.exp(0.3 * Math.sin(agent * 12.9898)));
    for (let ticket = 0; ticket < tickets; ticket += 1) {
      const from = dice.real() < 0.1 ? dice.whole(floor.queues) : queue;
      const recent = at.recent[from] ?? [];
      const customer = takeCustomer(floor, { from, recent, isSpecialist: specialists.includes(agent) });
      addView(at.rows, [agent, customer, from, 1 + dice.whole(4), day + (shift + dice.real()) / 3]);
      if (recent.length < 400) recent.push(customer);
      else recent[dice.whole(400)] = customer;
      at.recent[from] = recent;
    }
  }
};

const campaignReports = (floor: Floor, seen: readonly number[]): MadeReport[] => {
  const { dice, days, options } = floor;
  const campaigns = Array.from({ length: 4 }, () => ({
    from: dice.real() * days,
    of: dice.whole(6),
    length: 5 + dice.real() * 20,
  }));
  const spike = 50 + dice.real() * 80;
  const made: MadeReport[] = [];
  for (const customer of seen) {
    const chance = options.background * (0.4 + 0.6 * dice.gamma(1)) * (options.pressSpike ? 2 : 1);
    if (dice.real() >= chance) continue;
    const campaign = campaigns.find(({ of }) => of === customer % 6);
    const day =
      options.pressSpike && dice.real() < 0.5
        ? spike + dice.real() * 6
        : campaign && dice.real() < 0.6
          ? campaign.from + dice.real() * campaign.length
          : dice.real() * days;
    made.push({ customer, day, byThief: -1 });
  }
  return made;
};

export const floorWorld = (options: FloorWorldOptions): World => {
  const dice = diceOf(options.seed * 7919 + 3);
  const [agents, days] = [options.agents ?? 300, options.days ?? 180];
  const queues = Math.max(2, Math.round(agents / 45));
  const specialists =
    options.leak === 'sub-segment'
      ? Array.from({ length: options.specialists ?? 4 }, (_, place) => 3 + place * 3 * queues).filter(
          (agent) => agent < agents,
        )
      : [];
  const floor: Floor = { options, dice, days, agents, queues, poolSize: 45 * 1000, specialists };
  const staff = Array.from({ length: agents }, (_, agent) => workDays(floor, agent));
  const at = { rows: viewRows(), recent: Array.from({ length: queues }, () => [] as number[]), staff };
  for (let day = 0; day < days; day += 1) fillDay(floor, day, at);
  const { rows } = at;
  const seen = new Uint8Array(queues * floor.poolSize + 1);
  for (let row = 0; row < rows.count; row += 1) seen[rows.customer[row] ?? 0] = 1;
  const customers = [...seen.keys()].filter((customer) => seen[customer] === 1);
  const innocents = Array.from({ length: agents }, (_, agent) => agent).filter(
    (agent) => !specialists.includes(agent),
  );
  const thieves: Thief[] = dice.several(innocents, options.thieves ?? 0).map((agent) => {
    const length = Math.round(10 + dice.gamma(2) * 35);
    const startDay = dice.whole(Math.max(1, days - length - 25));
    return { agent, startDay, endDay: Math.min(days - 1, startDay + length - 1), reports: 0 };
  });
  const placeOf = new Map(thieves.map(({ agent }, place) => [agent, place]));
  const made = campaignReports(floor, customers);
  for (let row = 0; row < rows.count; row += 1) {
    const place = placeOf.get(rows.agent[row] ?? 0);
    const thief = thieves[place ?? -1];
    const viewed = rows.at[row] ?? 0;
    if (!thief || place === undefined || viewed < thief.startDay || viewed >= thief.endDay + 1) continue;
    // Some days nobody photographs anything, but never the first or the last.
    const day = Math.floor(viewed);
    const isIdle = (day * 31 + thief.agent) % 5 === 0 && day > thief.startDay + 2 && day < thief.endDay - 2;
    if (isIdle || dice.real() >= (options.copied ?? 0.3) * (options.reported ?? 0.1) * 1.25) continue;
    const delay = Math.min(180, 1 + 22 * Math.exp(0.8 * dice.normal()));
    made.push({ customer: rows.customer[row] ?? 0, day: viewed + delay, byThief: place });
  }
  if (options.leak) {
    const at0 = 40 + dice.real() * 90;
    const leaked = customers.filter((customer) => {
      const queue = Math.floor(customer / floor.poolSize);
      return options.leak === 'queue' ? queue === 0 : isSegment(floor, customer, queue);
    });
    for (const customer of dice.several(
      leaked,
      options.leakReports ?? (options.leak === 'queue' ? 1500 : 250),
    ))
      made.push({ customer, day: at0 + 60 * dice.real() ** 1.5, byThief: -1 });
  }
  const endangered = [...specialists];
  if (options.forged) {
    const framed = dice.pick(innocents);
    endangered.push(framed);
    const theirs = new Set<number>();
    for (let row = 0; row < rows.count; row += 1)
      if (rows.agent[row] === framed && (rows.at[row] ?? 0) < 150) theirs.add(rows.customer[row] ?? 0);
    for (const customer of dice.several([...theirs], options.forged))
      made.push({ customer, day: 152 + dice.real() * 4, byThief: -1 });
  }
  const { reports, places } = fileReports(made, thieves, days);
  const named = { agents, queues: Array.from({ length: queues }, (_, queue) => `pool ${queue}`), days };
  return { booked: bookRows(rows, named, places), reports, thieves, days, endangered };
};
