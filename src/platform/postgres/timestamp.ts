import { type RawBuilder, sql } from 'kysely';
import { formatInstant, type Instant } from '../../model/instant.ts';

/** An Instant as a value inside a Kysely query: a bare number would not be read as a time by PostgreSQL. */
export const timestamp = (at: Instant): RawBuilder<Instant> =>
  sql<Instant>`cast(${formatInstant(at)} as timestamptz)`;
