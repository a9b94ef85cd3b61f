import { buildDesk } from './build-desk.ts';
import type { DeskPlan } from './desk-plan.ts';
import type { Ground } from './ground.ts';
import type { WrittenLog } from './log-writer.ts';
import type { Post } from './member.ts';
import { plantThefts } from './plant-thefts.ts';
import type { Theft, TheftPlan } from './theft.ts';
import { type ReportPlan, type VictimReport, writeReports } from './victim-reports.ts';

/** All that a made-up world is to contain. The same plan makes the same world, to the millisecond. */
export interface WorldPlan {
  readonly desk: DeskPlan;
  readonly thefts: readonly TheftPlan[];
  readonly reports: ReportPlan;
}

/** A world: its log, what its customers report, and what is true of it. */
export interface World {
  readonly log: WrittenLog;
  readonly reports: readonly VictimReport[];
  readonly thefts: readonly Theft[];
  /** What each account is there for, by its place in the names of agents. */
  readonly posts: ReadonlyMap<number, Post>;
  /** What each case is about needs these fields, by the topic's name. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly startMs: number;
  readonly days: number;
}

export const buildWorld = (plan: WorldPlan): World => {
  const ground = buildDesk(plan.desk);
  const planted = plantThefts(ground, plan.thefts);
  const reports = writeReports(ground, planted, plan.reports);
  return finishWorld(ground, planted, reports);
};

/** Puts everything in the order of time. */
export const finishWorld = (
  ground: Ground,
  planted: readonly Theft[],
  reports: readonly VictimReport[],
): World => {
  const { plan, workforce, writer } = ground;
  const log = writer.finish(skews(ground));
  const thefts = planted.map((theft) => ({
    ...theft,
    takes: theft.takes.map((taken) => {
      const row = log.placeOf[taken.row] ?? 0;
      return { ...taken, row, atMs: log.accesses.atMs[row] ?? taken.atMs };
    }),
  }));
  const topics = plan.trade.queues.flatMap((queue) => queue.topics);
  return {
    log,
    reports,
    thefts,
    posts: new Map(workforce.members.map(({ place, post }) => [place, post])),
    needs: new Map(topics.map(({ name, needs }) => [name, needs])),
    startMs: plan.startMs,
    days: plan.days,
  };
};

const skews = ({ plan, writer }: Ground): Map<number, number> =>
  new Map(
    plan.sites.flatMap(({ site, skewMs }) =>
      skewMs ? [[writer.names.sites.place(site), skewMs] as const] : [],
    ),
  );
