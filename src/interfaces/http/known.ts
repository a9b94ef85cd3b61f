type Known<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out what is not known, so that a reader can tell unknown from empty. */
export const known = <T extends object>(fields: T): Known<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
