/** The kinds of entries a directory file may hold. */
export const entryKinds = ['organisation', 'vendor', 'site', 'shift', 'queue', 'team', 'agent'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** One entry of a directory file as it stands there, with its place for messages. */
export interface ToldEntry {
  readonly kind: EntryKind;
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is wrong at one place of the file, and the fix. */
export interface Problem {
  readonly where: string;
  readonly problem: string;
}

/** Most problems that one import names; the rest is only counted. */
export const problemsNamedMax = 10_000;

/** Collects problems up to the limit. */
export class Problems {
  readonly #named: Problem[] = [];
  #count = 0;

  add(where: string, problem: string): void {
    this.#count += 1;
    if (this.#named.length < problemsNamedMax) this.#named.push({ where, problem });
  }
  get named(): readonly Problem[] {
    return this.#named;
  }
  get count(): number {
    return this.#count;
  }
}
