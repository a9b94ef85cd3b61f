import type { CustomerReport, ReportAuthentication } from './attribution-result.ts';
import { type BookedViews, dayMs } from './booked-views.ts';
import { delayDaysMax } from './delay-kernels.ts';
import type { Strata } from './strata.ts';

export interface UsedReport {
  /** A place in the book's list of reported customers. */
  readonly customer: number;
  /** Days from the log's first midnight to the report; a real number. */
  readonly day: number;
  readonly authenticated: ReportAuthentication;
}

/** One agent who met one reported customer: all views of the two, in ascending order of time. */
export interface Meeting {
  readonly report: number;
  readonly agent: number;
  readonly memberships: readonly number[];
  /** Days from the log's first midnight; real numbers. */
  readonly viewedAt: readonly number[];
}

export interface ReportViews {
  readonly reports: readonly UsedReport[];
  readonly meetings: readonly Meeting[];
  readonly ofAgent: readonly (readonly number[])[];
  readonly ofReport: readonly (readonly number[])[];
  /** The last day on which a report on file could have come. */
  readonly lastReportDay: number;
  readonly left: {
    readonly withoutTime: number;
    readonly repeated: number;
    readonly unknownCustomer: number;
    readonly outsideLog: number;
    readonly beforeAnyView: number;
    /** Customers met by so many that the id cannot be one person's. */
    readonly sharedId: number;
  };
}

/** A customer met by more agents than this, and by 20 times the usual number, is not one customer. */
const agentsOfOneCustomerMin = 40;

const timeOf = (report: CustomerReport): number | undefined =>
  report.contactedAtMs !== undefined && report.atMs !== undefined
    ? Math.min(report.contactedAtMs, report.atMs)
    : (report.contactedAtMs ?? report.atMs);

const strength: Record<ReportAuthentication, number> = {
  bank: 4,
  'signed-in': 3,
  code: 2,
  unknown: 1,
  none: 0,
};

/** The earliest report of each customer, known as well as the best-known of that customer's reports. */
const firstReports = (
  booked: BookedViews,
  reports: readonly CustomerReport[],
  left: { withoutTime: number; repeated: number },
) => {
  const places = new Map(booked.customers.map((customer, place) => [customer, place]));
  const first = new Map<string, { customer: number; day: number; authenticated: ReportAuthentication }>();
  for (const report of reports) {
    const at = timeOf(report);
    if (at === undefined || !Number.isFinite(at)) {
      left.withoutTime += 1;
      continue;
    }
    const day = at / dayMs - booked.firstDay;
    const authenticated = report.authenticated ?? 'unknown';
    const known = first.get(report.customer);
    if (!known)
      first.set(report.customer, { customer: places.get(report.customer) ?? -1, day, authenticated });
    else {
      left.repeated += 1;
      known.day = Math.min(known.day, day);
      if (strength[authenticated] > strength[known.authenticated]) known.authenticated = authenticated;
    }
  }
  return [...first.values()];
};

const rowsByCustomer = ({ reported, customers }: BookedViews): number[][] => {
  const rows: number[][] = customers.map(() => []);
  for (let row = 0; row < reported.customer.length; row += 1) rows[reported.customer[row] ?? 0]?.push(row);
  return rows;
};

const meetingsOf = (booked: BookedViews, strata: Strata, rows: readonly number[]): Meeting[] => {
  const met = new Map<number, { memberships: number[]; viewedAt: number[] }>();
  const { cell, topic, atMs } = booked.reported;
  for (const row of rows.toSorted((one, other) => (atMs[one] ?? 0) - (atMs[other] ?? 0))) {
    const agent = booked.cells[cell[row] ?? 0]?.agent ?? 0;
    const meeting = met.get(agent) ?? { memberships: [], viewedAt: [] };
    met.set(agent, meeting);
    meeting.memberships.push(strata.membershipOf(cell[row] ?? 0, topic[row] ?? 0));
    meeting.viewedAt.push((atMs[row] ?? 0) / dayMs - booked.firstDay);
  }
  return [...met].map(([agent, meeting]) => ({ report: -1, agent, ...meeting }));
};

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Lays reports and views of the same customers side by side; says what could not be used. */
export const gatherReportViews = (
  booked: BookedViews,
  strata: Strata,
  filed: readonly CustomerReport[],
): ReportViews => {
  const left = {
    withoutTime: 0,
    repeated: 0,
    unknownCustomer: 0,
    outsideLog: 0,
    beforeAnyView: 0,
    sharedId: 0,
  };
  const rows = rowsByCustomer(booked);
  const usual = median(
    rows
      .filter((of) => of.length > 0)
      .map((of) => new Set(of.map((row) => booked.cells[booked.reported.cell[row] ?? 0]?.agent)).size),
  );
  const reports: UsedReport[] = [];
  const meetings: Meeting[] = [];
  const ofAgent: number[][] = booked.agents.map(() => []);
  const ofReport: number[][] = [];
  for (const report of firstReports(booked, filed, left)) {
    const met = meetingsOf(booked, strata, rows[report.customer] ?? []);
    if (met.length === 0) left.unknownCustomer += 1;
    else if (report.day < 0 || report.day > booked.days + delayDaysMax) left.outsideLog += 1;
    else if (met.length > Math.max(agentsOfOneCustomerMin, 20 * usual)) left.sharedId += 1;
    else {
      if (met.every(({ viewedAt }) => (viewedAt[0] ?? 0) > report.day)) left.beforeAnyView += 1;
      const places = met.map((meeting) => {
        ofAgent[meeting.agent]?.push(meetings.length);
        meetings.push({ ...meeting, report: reports.length });
        return meetings.length - 1;
      });
      ofReport.push(places);
      reports.push(report);
    }
  }
  const lastReportDay = reports.reduce((last, { day }) => Math.max(last, day), 0);
  return { reports, meetings, ofAgent, ofReport, lastReportDay: Math.max(lastReportDay, 1), left };
};

/** The same with one more report, whose customer's views are in the book; undefined when it changes nothing. */
export const withOneMore = (
  views: ReportViews,
  { booked, strata }: { readonly booked: BookedViews; readonly strata: Strata },
  filed: CustomerReport,
): ReportViews | undefined => {
  const at = timeOf(filed);
  const customer = booked.customers.indexOf(filed.customer);
  if (at === undefined || customer < 0 || views.reports.some((report) => report.customer === customer))
    return undefined;
  const day = at / dayMs - booked.firstDay;
  const rows: number[] = [];
  for (const [row, of] of booked.reported.customer.entries()) if (of === customer) rows.push(row);
  const met = meetingsOf(booked, strata, rows);
  if (met.length === 0 || day < 0 || day > booked.days + delayDaysMax) return undefined;
  const report = views.reports.length;
  const meetings = [...views.meetings, ...met.map((meeting) => ({ ...meeting, report }))];
  const ofAgent = [...views.ofAgent];
  const places = met.map(({ agent }, place) => {
    ofAgent[agent] = [...(ofAgent[agent] ?? []), views.meetings.length + place];
    return views.meetings.length + place;
  });
  return {
    reports: [...views.reports, { customer, day, authenticated: filed.authenticated ?? 'unknown' }],
    meetings,
    ofAgent,
    ofReport: [...views.ofReport, places],
    lastReportDay: Math.max(views.lastReportDay, day),
    left: views.left,
  };
};
