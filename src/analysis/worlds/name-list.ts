/** Names in the order in which they first appeared; place 0 is "not known". */
export class NameList {
  readonly list: string[] = [''];
  readonly #places = new Map<string, number>([['', 0]]);

  place(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.list.length;
    this.list.push(name);
    this.#places.set(name, place);
    return place;
  }

  /** A new name that is known to be none of those before; cheaper than `place` for long lists. */
  add(name: string): number {
    this.list.push(name);
    return this.list.length - 1;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }
}
