import { type LogNameList, type LogNames, logNameLists } from '../../model/access-columns.ts';

/** The names behind the places of the live sequence. They grow as it goes on; place 0 is "not known". */
export class LiveNames {
  readonly lists: LogNames;
  readonly #lists: Record<LogNameList, string[]>;
  readonly #places: Record<LogNameList, Map<string, number>>;

  /** @param kept The lists of an earlier process, whose places keep their meaning. */
  constructor(kept?: LogNames) {
    const each = <T>(make: (column: LogNameList) => T): Record<LogNameList, T> =>
      Object.fromEntries(logNameLists.map((column) => [column, make(column)])) as Record<LogNameList, T>;
    this.#lists = each((column) => (kept ? [...kept[column]] : ['']));
    this.#places = each((column) => new Map(this.#lists[column].map((name, place) => [name, place])));
    this.lists = this.#lists;
  }

  place(column: LogNameList, name: string | undefined): number {
    if (!name) return 0;
    const places = this.#places[column];
    const known = places.get(name);
    if (known !== undefined) return known;
    const place = this.#lists[column].push(name) - 1;
    places.set(name, place);
    return place;
  }
}
