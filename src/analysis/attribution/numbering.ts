/** Numbers for texts, in the order in which they come. */
export const createNumbering = (): { readonly names: string[]; numberOf(name: string): number } => {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  return {
    names,
    numberOf: (name) => {
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.length;
        names.push(name);
        numbers.set(name, number);
      }
      return number;
    },
  };
};

/** Remembers, by place, what a name of one of the log's lists means to the book. */
export const createPlaceMap = (
  meaning: (name: string) => number,
): ((place: number, names: readonly string[]) => number) => {
  let known = new Int32Array(1024).fill(-2);
  return (place, names) => {
    if (place >= known.length) {
      const wider = new Int32Array(Math.max(place + 1, known.length * 2)).fill(-2);
      wider.set(known);
      known = wider;
    }
    let number = known[place] ?? -2;
    if (number === -2) {
      const name = names[place];
      number = name === undefined ? -1 : meaning(name);
      known[place] = number;
    }
    return number;
  };
};
