import { type DeskPlan, dayMs, hourMs, weekday } from './desk-plan.ts';
import type { Draw } from './draw.ts';
import type { LogWriter, Seat } from './log-writer.ts';
import type { Member, Post, Team, Workforce } from './member.ts';

const partTimeShare = 0.12;
const joinerShare = 0.08;
const leaverShare = 0.06;
const moverShare = 0.04;
const sickShare = 0.03;

export const teamOn = (member: Member, day: number): Team => {
  let found = member.teams[0]?.team;
  for (const { fromDay, team } of member.teams) if (fromDay <= day) found = team;
  if (!found) throw new RangeError('a member without a team');
  return found;
};

/** When this member's work of that day begins. */
export const shiftStartMs = (plan: DeskPlan, member: Member, day: number): number => {
  const team = teamOn(member, day);
  const { rotates, zoneHours } = team.sitePlan;
  const turn = rotates ? (Math.floor(day / 7) + team.number) % 3 : 0;
  const startHour = rotates ? [6, 14, 22][turn] : team.startHour;
  return plan.startMs + day * dayMs + ((startHour ?? 8) - zoneHours) * hourMs;
};

export const dayOf = (plan: DeskPlan, atMs: number): number => Math.floor((atMs - plan.startMs) / dayMs);

export const isPresent = (member: Member, day: number): boolean => member.present[day] === 1;

/** Where this member sits that day. A session a day; another device now and then where desks are shared. */
export const seatOn = (writer: LogWriter, member: Member, day: number): Seat => {
  const team = teamOn(member, day);
  return {
    agent: member.place,
    vendor: team.vendor,
    site: team.site,
    team: team.place,
    session: writer.names.sessions.place(`s${member.place}-${day}`),
    device: member.device,
  };
};

/** The first working moment of this member at or after that time, or undefined when there is none left. */
export const nextWork = (
  ground: { plan: DeskPlan; draw: Draw },
  member: Member,
  atMs: number,
): number | undefined => {
  const { plan, draw } = ground;
  for (let day = Math.max(0, dayOf(plan, atMs) - 1); day < plan.days; day += 1) {
    if (!isPresent(member, day)) continue;
    const start = shiftStartMs(plan, member, day);
    const end = start + member.shiftHours * hourMs;
    if (atMs >= start && atMs < end) return atMs;
    if (start > atMs) return start + draw.unit() * 0.8 * member.shiftHours * hourMs;
  }
  return undefined;
};

const presence = (plan: DeskPlan, draw: Draw, span: { joins: number; leaves: number; everyDay: boolean }) => {
  const partTime = draw.chance(partTimeShare);
  const offDays = draw.several([0, 1, 2, 3, 4], partTime ? 2 : 0);
  const weekends = draw.chance(plan.way === 'calls' ? 0.4 : 0.05);
  const restDays = weekends ? draw.several([0, 1, 2, 3, 4], 2) : [5, 6];
  const holidays = plan.happenings.filter(({ kind }) => kind === 'holiday').map(({ day }) => day);
  const awayFrom = draw.below(plan.days + 60);
  const awayDays = draw.chance(0.5) ? 5 + draw.below(12) : 0;
  return Uint8Array.from({ length: plan.days }, (_, day) => {
    const sick = draw.chance(sickShare);
    if (day < span.joins || day >= span.leaves) return 0;
    if (span.everyDay) return 1;
    if (restDays.includes(weekday(day)) || offDays.includes(weekday(day)) || sick) return 0;
    if (day >= awayFrom && day < awayFrom + awayDays) return 0;
    return holidays.includes(day) && !(plan.way === 'calls' && draw.chance(0.3)) ? 0 : 1;
  });
};

export const newMember = (
  around: { plan: DeskPlan; draw: Draw; writer: LogWriter },
  post: Post,
  teams: Member['teams'],
): Member => {
  const { plan, draw, writer } = around;
  const joins = post === 'agent' && draw.chance(joinerShare) ? draw.below(plan.days) : 0;
  const leaves =
    post === 'agent' && draw.chance(leaverShare) ? joins + draw.below(plan.days - joins) + 1 : plan.days;
  const device = plan.sharedDevices
    ? `desk-${teams[0]?.team.site}-${draw.below(40)}`
    : `pc-${writer.names.agents.list.length}`;
  const shiftHours = draw.chance(0.1) ? 5 : 8;
  return {
    place: writer.names.agents.add(
      `${post === 'service' ? 'svc' : 'agent'}-${1000 + writer.names.agents.list.length}`,
    ),
    post,
    teams,
    shiftHours,
    pace: plan.casesPerAgentDay * (shiftHours / 8) * draw.lognormal(1, 0.3),
    thorough: draw.between(0.45, 1),
    stray: Math.min(0.3, draw.lognormal(0.012, 0.9)),
    loose: Math.min(0.5, plan.handWork * draw.lognormal(0.85, 0.55)),
    joinsDay: joins,
    leavesDay: leaves,
    present: presence(plan, draw, { joins, leaves, everyDay: post === 'service' }),
    device: writer.names.devices.place(device),
    book: [],
    touchRows: [],
    touchFiles: [],
  };
};

const teamsOf = ({ plan, writer }: { plan: DeskPlan; writer: LogWriter }): Team[] => {
  const teams: Team[] = [];
  for (const sitePlan of plan.sites)
    for (let count = 0; count < sitePlan.teams; count += 1) {
      const number = teams.length;
      teams.push({
        number,
        place: writer.names.teams.place(`team-${number + 1}`),
        queueAt: (number + Math.floor(number / plan.trade.queues.length)) % plan.trade.queues.length,
        sitePlan,
        vendor: writer.names.vendors.place(sitePlan.vendor),
        site: writer.names.sites.place(sitePlan.site),
        startHour: plan.way === 'calls' ? ([7, 13, 8, 15][number % 4] ?? 8) : 8 + (number % 2),
        members: [],
        recent: [],
      });
    }
  return teams;
};

/** Everyone at the desk: teams of agents with a lead, people who watch over them, and programs. */
export const makeWorkforce = (around: { plan: DeskPlan; draw: Draw; writer: LogWriter }): Workforce => {
  const { plan, draw } = around;
  const teams = teamsOf(around);
  const members: Member[] = [];
  const join = (post: Post, teamList: Member['teams']): void => {
    const member = newMember(around, post, teamList);
    members.push(member);
    for (const { team } of teamList) team.members.push(member);
  };
  for (const team of teams) {
    join('lead', [{ fromDay: 0, team }]);
    for (let count = 0; count < team.sitePlan.agentsPerTeam; count += 1) {
      const here = teams.filter((other) => other.site === team.site && other !== team);
      const moves = here.length > 0 && draw.chance(moverShare);
      const later = moves ? [{ fromDay: draw.below(plan.days), team: draw.pick(here) }] : [];
      join('agent', [{ fromDay: 0, team }, ...later]);
    }
  }
  for (const post of ['quality', 'fraud', 'service'] as const)
    for (let count = 0; count < plan.bystanders[post]; count += 1)
      join(post, [{ fromDay: 0, team: draw.pick(teams) }]);
  return { teams, members };
};
