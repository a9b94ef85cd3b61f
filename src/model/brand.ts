/** A value of type T that only the named parser or maker may produce. Costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
