import type { Kysely } from 'kysely';

export type Known = Kysely<object>;
