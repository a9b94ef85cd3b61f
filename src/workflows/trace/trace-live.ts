import { attributeReports } from '../../analysis/attribution/attribute-reports.ts';
import type { AttributionResult, CustomerReport } from '../../analysis/attribution/attribution-result.ts';
import { createViewBook } from '../../analysis/attribution/view-book.ts';
import type { Exposure } from '../../analysis/exposure/exposed-customer.ts';
import { ExposureCollector, exposureColumns } from '../../analysis/exposure/exposure-collector.ts';
import type { ExposureScope } from '../../analysis/exposure/exposure-scope.ts';
import type { Access } from '../../model/access.ts';
import { accessChunk } from '../../records/access-columns/access-chunk.ts';
import { LiveNames } from '../../records/access-columns/live-names.ts';

/** Accesses of the live sequence in ledger order, in pages. */
export type LivePages = AsyncIterable<readonly Access[]>;

/** Whose account, from reports and the live sequence: the very method that reads logs. */
export const traceLive = async (
  pages: LivePages,
  reports: readonly CustomerReport[],
): Promise<AttributionResult> => {
  const names = new LiveNames();
  const book = createViewBook({ reportedCustomers: reports.map(({ customer }) => customer) });
  let latestMs = 0;
  for await (const page of pages) {
    const chunk = accessChunk(names, page, latestMs);
    latestMs = chunk.atMs.at(-1) ?? latestMs;
    book.take(chunk, names.lists);
  }
  return attributeReports(book, reports, {}).result;
};

/** Who is exposed, from the live sequence. */
export const exposeLive = async (
  pages: LivePages,
  scopes: readonly ExposureScope[],
  taken?: ReadonlySet<string>,
): Promise<Exposure> => {
  const names = new LiveNames();
  const columns = new Set<string>(exposureColumns);
  const collector = new ExposureCollector({ scopes, columns, ...(taken ? { taken } : {}) }, names.lists);
  for await (const page of pages) collector.take(accessChunk(names, page, 0));
  return collector.result();
};
