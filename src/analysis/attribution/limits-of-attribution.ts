/** What no figure of an attribution can tell; printed with every result. */
export const limitsOfAttribution: readonly string[] = [
  'This says which accounts to review for which dates. It is not an accusation, and no sanction may rest on it alone: ask for an independent sign (a canary, a device or camera, the bank, a leaked sample) and for a person who weighs both sides.',
  'Below about 8, 14 or 20 reports caused by one theft (at 0.1, 0.5 and 2 % background per customer in 180 days) naming is rare. An account that is not named is not thereby cleared.',
  'Agents who saw the same customers on the same days cannot be told apart, nor can a group of agents that a theft covers wholly; a theft outside the logged systems leaves no trace here.',
  'An account is a login: who sat before it is not known.',
  'It cannot be told from reports which of the customers seen were copied; how many reports one copied record brings is not known either.',
  'Everything rests on near-random routing inside a queue (and shift or topic, where routed). A specialism that no column records, hit by a leak elsewhere, can look like a theft; the placebo and the other explanations catch most such cases, not all.',
  'Some twenty forged reports about one agent’s customers can frame that agent where reports are not authenticated.',
  'Notify customers by exposure, not by guilt; tell the account’s owner what was found and what would clear them (GDPR art. 22, works council).',
];
