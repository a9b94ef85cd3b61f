/**
 * Why an access is legitimate, or what it looks like when nothing makes it so. The rules are written by hand and read
 * from top to bottom; the first that fits is the reason.
 */
export const reasonRules = [
  {
    name: 'assigned',
    sentence: 'The agent held an open case of this customer.',
    legitimate: true,
  },
  {
    name: 'hand-over',
    sentence: 'The agent held this open case earlier, or was given it the same day.',
    legitimate: true,
  },
  {
    name: 'helper',
    sentence: 'The agent had joined or answered this open case of a colleague.',
    legitimate: true,
  },
  {
    name: 'team-queue',
    sentence: 'An open case of this customer waited, without a holder, in a queue that the agent works.',
    legitimate: true,
  },
  {
    name: 'side-by-side',
    sentence:
      'The customer had an open case, and a team-mate had opened the customer within the half hour before.',
    legitimate: true,
  },
  {
    name: 'cover',
    sentence: 'The case’s holder, of the same team, was away: no access for a day or more.',
    legitimate: true,
  },
  {
    name: 'callback',
    sentence: 'The agent had worked a case of this customer that closed at most three days before.',
    legitimate: true,
  },
  {
    name: 'supervision',
    sentence:
      'The agent leads the team whose member held the case: from the start most looks were of this kind.',
    legitimate: true,
  },
  {
    name: 'quality-review',
    sentence: 'The agent reviews closed cases of others: from the start most looks were of this kind.',
    legitimate: true,
  },
  {
    name: 'incident-work',
    sentence: 'The topic had several times its usual traffic that day, over many customers.',
    legitimate: true,
  },
  {
    name: 'named-case',
    sentence: 'The access names a case; without a case file nobody can check whose it was.',
    legitimate: true,
  },
  {
    name: 'unknown-case',
    sentence: 'The access names a case of which the case file says nothing.',
    legitimate: false,
  },
  {
    name: 'after-closing',
    sentence: 'The agent’s own case of this customer had been closed for more than three days.',
    legitimate: false,
  },
  {
    name: 'colleagues-case',
    sentence: 'The customer had an open case, but in somebody else’s hands.',
    legitimate: false,
  },
  {
    name: 'others-closed-case',
    sentence: 'The customer had no open case, only closed ones that others had worked.',
    legitimate: false,
  },
  {
    name: 'wrong-case',
    sentence: 'The access names a case of another customer.',
    legitimate: false,
  },
  {
    name: 'no-case',
    sentence: 'The customer had no case at all.',
    legitimate: false,
  },
] as const satisfies readonly {
  readonly name: string;
  readonly sentence: string;
  readonly legitimate: boolean;
}[];

export type ReasonName = (typeof reasonRules)[number]['name'];

/** Places of the rules, so that a reason is one number in the columns. */
export const reasonAt = Object.fromEntries(reasonRules.map(({ name }, at) => [name, at])) as Readonly<
  Record<ReasonName, number>
>;
