import { formatInstant, instantOf } from '../../model/instant.ts';
import type { AttributionResult, CustomerReport, Suspect } from './attribution-result.ts';
import { findingWarnings, inputWarnings } from './attribution-warnings.ts';
import { type BookedViews, dayMs } from './booked-views.ts';
import { explainAway, explainOneMore, type Findings } from './explain-away.ts';
import { limitsOfAttribution } from './limits-of-attribution.ts';
import { gatherReportViews, type ReportViews, withOneMore } from './report-views.ts';
import { formStrata, type Strata } from './strata.ts';
import { tellSuspect } from './tell-suspect.ts';
import type { ViewBook } from './view-book.ts';

export interface AttributionOptions {
  /** Told as the work goes on, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A full pass, and what a later report is added to. */
export interface Attribution {
  readonly result: AttributionResult;
  /**
   * One more report. When the customer had not been reported before, give their accesses to the book first
   * (`takeNewlyReported`). Only the accounts that met the customer are scored again; backgrounds stay as they were
   * until the next full pass.
   */
  withReport(report: CustomerReport): Attribution;
}

/** Accounts less likely than this are not suspects. */
const suspectAbove = 0.02;
const suspectsMax = 40;

interface Standing {
  readonly book: Pick<ViewBook, 'booked'>;
  readonly reports: readonly CustomerReport[];
  readonly strata: Strata;
  readonly views: ReportViews;
  readonly findings: Findings;
}

const tellDay = (booked: BookedViews, day: number): string =>
  booked.days === 0 ? '' : formatInstant(instantOf((booked.firstDay + day) * dayMs)).slice(0, 10);

const countedOf = (
  { reports, strata, views }: Standing,
  booked: BookedViews,
): AttributionResult['counted'] => ({
  reports: reports.length,
  reports_used: views.reports.length,
  agents: booked.agents.length,
  views: booked.views,
  strata: strata.strata.length,
  first_day: tellDay(booked, 0),
  last_day: tellDay(booked, booked.days - 1),
});

const likely = (findings: Findings): number[] =>
  [...findings.scores]
    .filter(([, { probability }]) => probability.theft > suspectAbove)
    .toSorted(([, one], [, other]) => other.probability.theft - one.probability.theft)
    .slice(0, suspectsMax)
    .map(([agent]) => agent);

const sameViews = (suspects: readonly Suspect[]): string[] =>
  suspects.flatMap(({ agent, reports_explained, look_alikes }) => {
    const twin = look_alikes.find(({ reports_shared }) => reports_shared > 0.9 * reports_explained);
    return twin && reports_explained >= 3
      ? [
          `${agent} and ${twin.agent} saw nearly the same reported customers: reports cannot tell these two apart.`,
        ]
      : [];
  });

const tell = (
  standing: Standing,
  told: ReadonlyMap<number, Suspect>,
): { result: AttributionResult; told: Map<number, Suspect> } => {
  const { book, reports, views, findings } = standing;
  const booked = book.booked();
  const suspects = new Map<number, Suspect>();
  let nobody = 1;
  for (const [, { probability }] of findings.scores)
    if (probability.theft <= suspectAbove) nobody *= 1 - probability.theft;
  for (const agent of likely(findings)) {
    const suspect = told.get(agent) ?? tellSuspect(findings, booked, agent)?.suspect;
    if (!suspect) continue;
    suspects.set(agent, suspect);
    nobody *= 1 - suspect.posterior;
  }
  const listed = [...suspects.values()].toSorted((one, other) => other.posterior - one.posterior);
  const result: AttributionResult = {
    suspects: listed,
    nobody_posterior: Math.round(nobody * 1e4) / 1e4,
    warnings: [
      ...inputWarnings(booked, views, reports.length),
      ...findingWarnings(findings, booked.agents),
      ...sameViews(listed.filter(({ posterior }) => posterior > 0.1)),
    ],
    limits: limitsOfAttribution,
    counted: countedOf(standing, booked),
  };
  return { result, told: suspects };
};

const attributionOf = (standing: Standing, known: ReadonlyMap<number, Suspect>): Attribution => {
  const { result, told } = tell(standing, known);
  return {
    result,
    withReport: (report) => {
      const { strata, book } = standing;
      const reports = [...standing.reports, report];
      const views = withOneMore(standing.views, { booked: book.booked(), strata }, report);
      if (!views) return attributionOf({ ...standing, reports }, told);
      const findings = explainOneMore(standing.findings, views);
      const touched = new Set(views.ofReport.at(-1)?.map((place) => views.meetings[place]?.agent ?? -1));
      const kept = new Map([...told].filter(([agent]) => !touched.has(agent)));
      return attributionOf({ ...standing, reports, views, findings }, kept);
    },
  };
};

/** Whose account, since when: see docs/attribution.md. `book` was created with the customers of `reports`. */
export const attributeReports = (
  book: Pick<ViewBook, 'booked'>,
  reports: readonly CustomerReport[],
  options: AttributionOptions = {},
): Attribution => {
  const booked = book.booked();
  const strata = formStrata(booked);
  options.onProgress?.(0.1);
  const views = gatherReportViews(booked, strata, reports);
  options.onProgress?.(0.2);
  const findings = explainAway(strata, views, booked.agents.length);
  options.onProgress?.(0.9);
  const attribution = attributionOf({ book, reports, strata, views, findings }, new Map());
  options.onProgress?.(1);
  return attribution;
};
