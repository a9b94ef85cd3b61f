import { type Attribution, attributeReports } from '../../analysis/attribution/attribute-reports.ts';
import type {
  CustomerReport,
  ReportAuthentication,
  Suspect,
} from '../../analysis/attribution/attribution-result.ts';
import { createViewBook } from '../../analysis/attribution/view-book.ts';
import type { AccessColumnName, LogNames } from '../../model/access-columns.ts';
import { reportAuthentications, reportKinds } from '../../platform/log-tables/log-schema.ts';
import type { LogTables } from '../../platform/log-tables/log-tables.ts';
import type { SuspectPicture, TracedLeak, TracedSuspect } from './traced-leak.ts';

export const reportColumns = [
  'action',
  'queue',
  'team',
  'topic',
  'initiated_by',
] as const satisfies readonly AccessColumnName[];

const known = (ms: number | undefined): number | undefined =>
  ms === undefined || Number.isNaN(ms) ? undefined : ms;

const readReports = async (tables: LogTables): Promise<readonly CustomerReport[]> => {
  const { rows, atMs, customer, kind, contactedAtMs, authenticated } = await tables.reports();
  const { customers } = tables.names;
  return Array.from({ length: rows }, (_, row) => ({
    customer: customers[customer[row] ?? 0] ?? '',
    atMs: known(atMs[row]),
    contactedAtMs: known(contactedAtMs[row]),
    kind: reportKinds[kind[row] ?? 0] || undefined,
    authenticated: (reportAuthentications[authenticated[row] ?? 0] || 'unknown') as ReportAuthentication,
  }));
};

/**
 * The lists that attribution reads, as plain arrays that have grown to their present length. Of the customers only
 * those that were reported: of a hundred million accesses nobody needs the other names.
 */
const namesNow = (tables: LogTables, customers: readonly string[]): LogNames => {
  const { agents, queues, teams, topics } = tables.names;
  const nobody: readonly string[] = [];
  return {
    agents,
    customers,
    queues,
    teams,
    topics,
    cases: nobody,
    fieldSets: nobody,
    vendors: nobody,
    sites: nobody,
    channels: nobody,
    sessions: nobody,
    devices: nobody,
  };
};

const tracedOf = (suspect: Suspect): TracedSuspect => {
  const { agent, posterior, window, reports_explained, placebo, look_alikes, review, innocent_explanations } =
    suspect;
  return { agent, posterior, window, reports_explained, placebo, look_alikes, review, innocent_explanations };
};

const pictureOf = ({ agent, timeline, pointing_reports }: Suspect): SuspectPicture => ({
  agent,
  days: timeline.map(({ day, views, reports, expected }) => ({ day, views, marks: reports, expected })),
  mark: 'report',
  pointing: pointing_reports.map(({ customer, viewed_at, reported_at, probability }) => ({
    customer,
    seen: viewed_at,
    told: reported_at,
    probability,
  })),
});

export interface Trace {
  readonly leak: TracedLeak;
  readonly pictures: readonly SuspectPicture[];
}

/** Whose account, from reports: one pass over the log in order of time. */
export const traceReports = async (tables: LogTables, onScored: (share: number) => void): Promise<Trace> => {
  const reports = await readReports(tables);
  const customers = [...tables.names.customers];
  const book = createViewBook({ reportedCustomers: reports.map(({ customer }) => customer) });
  for await (const chunk of tables.accesses()) book.take(chunk, namesNow(tables, customers));
  const { result }: Attribution = attributeReports(book, reports, { onProgress: onScored });
  const { suspects, nobody_posterior, warnings, limits, counted } = result;
  return {
    leak: {
      method: 'reports',
      suspects: suspects.map(tracedOf),
      nobody_posterior,
      warnings,
      limits,
      counted,
    },
    pictures: suspects.map(pictureOf),
  };
};
