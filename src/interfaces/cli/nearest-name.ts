/** Edits (one character put in, taken out or replaced) that turn `from` into `to`: Levenshtein's distance. */
const editsBetween = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [at, character] of [...from].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** The known name that was most likely meant: about a third of it misspelt at most, or begun and not finished. */
export const nearestName = (written: string, known: readonly string[]): string | undefined => {
  const begun = known.find((name) => written.length > 1 && name.startsWith(written));
  if (begun) return begun;
  const [best] = known
    .map((name) => ({ name, edits: editsBetween(written, name) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.ceil(best.name.length / 3) ? best.name : undefined;
};
