/** Someone to be in the demo. Whoever opens the picker may be any of them: there are no passwords. */
export interface Persona {
  /** What the provider asserts as `sub`; the directory knows the agent by it. */
  readonly subject: string;
  readonly name: string;
  /** What they are, in a few words: `Agent, Team Kestrel, Northwind`. */
  readonly says: string;
  /** Personas of one group stand together; groups come in the order of their first persona. */
  readonly group: string;
}
