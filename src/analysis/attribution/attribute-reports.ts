import type { AttributionResult, CustomerReport } from './attribution-result.ts';
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

/** Whose account, since when: see docs/attribution.md. `book` was created with the customers of `reports`. */
export const attributeReports = (
  book: ViewBook,
  reports: readonly CustomerReport[],
  options: AttributionOptions = {},
): Attribution => {
  const booked = book.booked();
  options.onProgress?.(1);
  const result: AttributionResult = {
    suspects: [],
    nobody_posterior: 1,
    warnings: [],
    limits: [],
    counted: {
      reports: reports.length,
      reports_used: 0,
      agents: booked.agents.length,
      views: booked.views,
      strata: 0,
      first_day: '',
      last_day: '',
    },
  };
  return { result, withReport: () => attributeReports(book, reports, options) };
};
