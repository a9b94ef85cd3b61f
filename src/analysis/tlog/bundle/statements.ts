import { writeCanonicalJson } from '../entry/canonical-json.ts';

/** Whose values: see formats/disclosure.md. */
export type DisclosureClass = 'customer' | 'actor';
export const disclosureClasses: readonly DisclosureClass[] = ['actor', 'customer'];

/**
 * Values of one entry that a bundle does not show. `withheld`: they are kept, and not for this reader; their digests are
 * named, so that they can be asked for later. `not-kept`: there is nothing: the entry had no values of this class, or
 * they were erased.
 */
export interface WithheldValues {
  readonly index: number;
  readonly class: DisclosureClass;
  readonly why: 'withheld' | 'not-kept';
  readonly digests: readonly string[];
}

/** One line each, so that tools without JSON can read them too. */
const asLines = (lines: readonly string[]): string =>
  `[\n${lines.join(',\n')}${lines.length > 0 ? '\n' : ''}]\n`;

export const formatWithheld = (all: readonly WithheldValues[]): string =>
  asLines(
    [...all]
      .sort((left, right) => left.index - right.index || (left.class < right.class ? -1 : 1))
      .map((one) => writeCanonicalJson({ ...one, digests: [...one.digests].sort() })),
  );

/**
 * What a bundle claims to be whole in. `customer`: all entries about one customer from number `first` to number
 * `last` of their chain; with `from` or `to` (RFC 3339) all in that time, and one entry more on either side to show
 * it. `entries`: every entry from one index to another. `none`: a selection, of which nothing of the kind is claimed.
 */
export type Completeness =
  | {
      readonly kind: 'customer';
      readonly customer: string;
      readonly first: number;
      readonly last: number;
      /** What the log's entry 0 is in the whole ledger: chains count there, also over the turn of a year. */
      readonly offset: number;
      readonly from?: string;
      readonly to?: string;
    }
  | { readonly kind: 'entries'; readonly first: number; readonly last: number }
  | { readonly kind: 'none' };

export const formatCompleteness = (claim: Completeness): string => `${writeCanonicalJson({ ...claim })}\n`;
