import { bankFloor, ordinaryHappenings, shopDesk, site, usualReports } from './desk-kit.ts';
import type { Scenario } from './scenario.ts';

/** 45 days of ordinary work first; 26 December 2024 is day 45, 11 May 2025 day 181. */
const coinbase: Scenario = {
  name: 'coinbase',
  kind: 'incident',
  title: 'Coinbase / TaskUs 2024-25: bribed agents photograph customer records',
  story:
    'A site of 216 agents and two smaller ones. From 26 December one agent, then seven recruits, open customers who are no business of theirs, about 175 a working day each, and photograph the screen. Full size: about 70,000 customers in 136 days.',
  outOfSight:
    'Whoever photographs only what their own cases need leaves no trace in looks: the watermark, canaries and victims’ reports are for that.',
  figures: {
    daysToDetection: { count: 136, words: '136 days (26 Dec 2024 to 11 May 2025, as filed)' },
    customersExposed: { count: 69_461, words: '69,461 customers' },
    wronglyNamed: { count: 224, words: '226 agents let go, 2 of them named' },
    daysToNotices: { count: 10, words: '10 to 19 days (sources differ)' },
    source: 'Maine AG filing via securityweek.com; hi-network.com (Reuters) for the 226 and the 2',
  },
  plan: (seed) => ({
    desk: bankFloor(`coinbase-${seed}`, {
      startMs: Date.UTC(2024, 10, 11),
      days: 182,
      sites: [
        site('northwind', 'Indore', { zoneHours: 5.5, teams: 18, agentsPerTeam: 12, rotates: true }),
        site('harbourline', 'Bogotá', { zoneHours: -5, teams: 4, agentsPerTeam: 10 }),
        site('in-house', 'Leeds', { zoneHours: 0, teams: 2, agentsPerTeam: 9 }),
      ],
      customers: 300_000,
      casesPerAgentDay: 14,
      happenings: [...ordinaryHappenings(182), { kind: 'outage', day: 66, queue: 'payments' }],
    }),
    thefts: [
      {
        kind: 'extra-looks',
        accounts: 8,
        startDay: 45,
        days: 136,
        perDay: 175,
        site: 'Indore',
        recruitDays: 12,
      },
    ],
    reports: usualReports({ share: 0.03 }),
  }),
};

const telegram: Scenario = {
  name: 'telegram-screenshots',
  kind: 'incident',
  title: 'Coinbase contractor: screenshots of the support tool on Telegram (confirmed early 2026)',
  story:
    'One agent opens two customers a day that are no business of theirs, for three weeks: about 30 in all.',
  outOfSight:
    'Thirty customers are few. Canaries and the mark on the posted screenshots say more than any count.',
  figures: {
    customersExposed: { count: 30, words: 'about 30 customers' },
    source: 'securefrominside.com/?p=1170',
  },
  plan: (seed) => ({
    desk: bankFloor(`telegram-${seed}`),
    thefts: [{ kind: 'few-looks', accounts: 1, startDay: 35, days: 21, perDay: 2 }],
    reports: usualReports({ share: 0.3 }),
  }),
};

const kraken: Scenario = {
  name: 'kraken',
  kind: 'incident',
  title: 'Kraken: two support agents film the console, extortion follows (2025-26)',
  story:
    'One agent takes about 20 customers a day for ten weeks, a second joins later: some 2,000. Found by tips from outside, not by records.',
  outOfSight: 'Filming is not recorded; opening the customers is.',
  figures: {
    customersExposed: { count: 2_000, words: 'about 2,000 accounts' },
    source: 'imtr.net (crypto exchange Kraken extorted)',
  },
  plan: (seed) => ({
    desk: bankFloor(`kraken-${seed}`, { days: 112, happenings: ordinaryHappenings(112) }),
    thefts: [{ kind: 'extra-looks', accounts: 2, startDay: 35, days: 70, perDay: 22, recruitDays: 25 }],
    reports: usualReports(),
  }),
};

const bribe: Scenario = {
  name: 'bribe-refused',
  kind: 'incident',
  title: 'Binance and Kraken, May 2025: bribes offered, nothing taken',
  story: 'Agents are offered money and refuse. Nothing is stolen, so nobody should be named.',
  outOfSight:
    'An offer leaves no look. The line for tips takes it, also from the agent who was offered money.',
  figures: {
    customersExposed: { count: 0, words: 'none' },
    source: 'Bloomberg via tagmed.net',
  },
  plan: (seed) => ({
    desk: bankFloor(`bribe-${seed}`),
    thefts: [],
    reports: usualReports(),
  }),
};

const att: Scenario = {
  name: 'att',
  kind: 'incident',
  title: 'AT&T call centres 2013-14: agents paid for identity numbers to unlock phones',
  story:
    'Three agents at one site look up customers without any call, about 90 a day each; ten more at two other sites about 30. A fourth of the real size.',
  outOfSight: '',
  figures: {
    customersExposed: {
      count: 280_000,
      words: 'about 280,000 (over 68,000 by 3 agents in Mexico, about 211,000 by 40 in two countries)',
    },
    source: 'consumerist.com 2015-04-08; FCC DOC-332911A1',
  },
  plan: (seed) => ({
    desk: bankFloor(`att-${seed}`, {
      days: 112,
      customers: 200_000,
      sites: [
        site('mex', 'Ciudad de México', { zoneHours: -6, teams: 4, agentsPerTeam: 11, rotates: true }),
        site('col', 'Bogotá', { zoneHours: -5, teams: 4, agentsPerTeam: 10 }),
        site('phl', 'Manila', { zoneHours: 8, teams: 4, agentsPerTeam: 10 }),
      ],
      happenings: ordinaryHappenings(112),
    }),
    thefts: [
      {
        kind: 'extra-looks',
        accounts: 3,
        startDay: 21,
        days: 90,
        perDay: 90,
        site: 'Ciudad de México',
      },
      {
        kind: 'extra-looks',
        accounts: 5,
        startDay: 21,
        days: 90,
        perDay: 30,
        site: 'Bogotá',
        recruitDays: 7,
      },
      {
        kind: 'extra-looks',
        accounts: 5,
        startDay: 21,
        days: 90,
        perDay: 30,
        site: 'Manila',
        recruitDays: 7,
      },
    ],
    reports: usualReports({ share: 0.01 }),
  }),
};

const shopify: Scenario = {
  name: 'shopify',
  kind: 'incident',
  title: 'Shopify 2020: two support agents take orders out through an interface',
  story: 'Two agents export some 400 customers at a time, once a week, for six weeks.',
  outOfSight: '',
  figures: {
    customersExposed: {
      count: undefined,
      words: 'fewer than 200 merchants; 4,900 and more customers at one of them',
    },
    source: 'siliconrepublic.com (Shopify data breach)',
  },
  plan: (seed) => ({
    desk: shopDesk(`shopify-${seed}`),
    thefts: [{ kind: 'export', accounts: 2, startDay: 28, days: 40, perDay: 400, recruitDays: 10 }],
    reports: usualReports(),
  }),
};

const instacart: Scenario = {
  name: 'instacart',
  kind: 'incident',
  title: 'Instacart 2020: two vendor agents view more profiles than their work needs',
  story: 'Two agents open about 25 profiles a day beyond their cases, for two months.',
  outOfSight: '',
  figures: {
    customersExposed: { count: undefined, words: 'a figure of 2,180 is unconfirmed' },
    source: 'instacart.com/company/shopper-community (update on protecting the platform)',
  },
  plan: (seed) => ({
    desk: shopDesk(`instacart-${seed}`, { days: 91, happenings: ordinaryHappenings(91) }),
    thefts: [{ kind: 'extra-looks', accounts: 2, startDay: 30, days: 60, perDay: 25 }],
    reports: usualReports(),
  }),
};

const robinhood: Scenario = {
  name: 'robinhood',
  kind: 'incident',
  title: 'Robinhood, 3 November 2021: an agent is talked out of a session',
  story:
    'On one day a stranger works in an agent’s session for a good hour: about 400 customers. Real size: millions, from a list.',
  outOfSight: 'The telephone call itself. The firm learned of it because the agent told a relative.',
  figures: {
    customersExposed: { count: 7_000_000, words: 'about 5 million e-mail addresses and 2 million names' },
    source: 'finextra.com newsarticle 39177; securelogix.com',
  },
  plan: (seed) => ({
    desk: bankFloor(`robinhood-${seed}`),
    thefts: [{ kind: 'taken-session', accounts: 1, startDay: 45, days: 8, perDay: 400 }],
    reports: usualReports(),
  }),
};

const twitter: Scenario = {
  name: 'twitter',
  kind: 'incident',
  title: 'Twitter, 15 July 2020: four members of staff are phished by telephone',
  story: 'Strangers in four sessions look into some 130 accounts within a day.',
  outOfSight:
    'What an administrative tool does to an account is no look at a customer. Two people for each take-over are for that.',
  figures: {
    customersExposed: { count: undefined, words: 'a figure of 130 accounts is unconfirmed' },
    source: 'jdsupra.com (NYDFS investigation)',
  },
  plan: (seed) => ({
    desk: bankFloor(`twitter-${seed}`),
    thefts: [{ kind: 'taken-session', accounts: 4, startDay: 45, days: 8, perDay: 33 }],
    reports: usualReports({ share: 0.5, resaleDays: 1 }),
  }),
};

export const insiderIncidents: readonly Scenario[] = [
  coinbase,
  telegram,
  kraken,
  bribe,
  att,
  shopify,
  instacart,
  robinhood,
  twitter,
];
