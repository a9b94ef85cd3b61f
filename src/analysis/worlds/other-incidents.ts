import { bankFloor, ordinaryHappenings, shopDesk, usualReports } from './desk-kit.ts';
import type { Scenario } from './scenario.ts';

const nothingKnown = (source: string) => ({ source });

const cashApp: Scenario = {
  name: 'cash-app',
  kind: 'incident',
  title: 'Cash App Investing, December 2021: a former employee takes reports out',
  story: 'The account of someone who has left exports 5,000 customers on one day. Real size: 8.2 million.',
  outOfSight: '',
  figures: {
    daysToNotices: {
      count: 115,
      words: '115 days from the theft (10 Dec 2021) to the disclosure (4 Apr 2022)',
    },
    customersExposed: { count: 8_200_000, words: '8.2 million' },
    source: 'hbsslaw.com/cases/sq',
  },
  plan: (seed) => ({
    desk: shopDesk(`cash-app-${seed}`),
    thefts: [{ kind: 'after-leaving', accounts: 1, startDay: 55, days: 1, perDay: 5_000 }],
    reports: usualReports({ share: 0.01 }),
  }),
};

const okta: Scenario = {
  name: 'okta',
  kind: 'incident',
  title: 'Okta / Sitel, January 2022: a vendor’s engineer is taken over',
  story: 'A stranger works in one vendor session for an afternoon: about 60 customers.',
  outOfSight: 'How long a vendor keeps its report to itself. Only records of one’s own answer that.',
  figures: {
    daysToDetection: { count: 4, words: '4 days (16 to 20 Jan 2022)' },
    customersExposed: { count: 366, words: 'at most 366 companies' },
    daysToNotices: { count: 61, words: '61 days (20 Jan to 22 Mar 2022)' },
    source: 'therecord.media (Okta apologizes)',
  },
  plan: (seed) => ({
    desk: bankFloor(`okta-${seed}`),
    thefts: [{ kind: 'taken-session', accounts: 1, startDay: 45, days: 8, perDay: 60 }],
    reports: usualReports(),
  }),
};

const discord: Scenario = {
  name: 'discord',
  kind: 'incident',
  title: 'Discord, September 2025: an outsourced agent’s account is used for 58 hours',
  story:
    'Strangers take some 1,200 customers through one account within a day. Real size: about 70,000 pictures of papers.',
  outOfSight: '',
  figures: {
    customersExposed: { count: 70_000, words: 'about 70,000 pictures of identity papers' },
    source: 'cyber.netsecops.io (Discord vendor breach)',
  },
  plan: (seed) => ({
    desk: shopDesk(`discord-${seed}`),
    thefts: [{ kind: 'taken-session', accounts: 1, startDay: 45, days: 8, perDay: 1_200 }],
    reports: usualReports(),
  }),
};

const qantas: Scenario = {
  name: 'qantas',
  kind: 'incident',
  title: 'Qantas, 30 June 2025: records leave through a contact centre’s platform',
  story: 'One account exports about 4,000 customers within minutes. Real size: 5.7 million.',
  outOfSight: 'A connected application that never asks Casebound for anything.',
  figures: {
    customersExposed: { count: 5_700_000, words: '5.7 million' },
    source: 'itnews.com.au 618367; ebirobert.com 2025-07',
  },
  plan: (seed) => ({
    desk: bankFloor(`qantas-${seed}`),
    thefts: [{ kind: 'export', accounts: 1, startDay: 50, days: 4, perDay: 4_000 }],
    reports: usualReports({ share: 0.01 }),
  }),
};

const resetsOnly =
  'Somebody who is not the customer asks, and the agent believes them: every look has its case. A reset that needs more than a voice is for that.';

const marksAndSpencer: Scenario = {
  name: 'marks-and-spencer',
  kind: 'incident',
  title: 'M&S, April 2025: impersonators call an outsourced help desk',
  story:
    'A handful of calls are not from whom they say. Every look belongs to an open case in the right hands.',
  outOfSight: resetsOnly,
  figures: nothingKnown('cybrpro.com (M&S)'),
  plan: (seed) => ({
    desk: bankFloor(`marks-and-spencer-${seed}`),
    thefts: [{ kind: 'own-cases-only', accounts: 2, startDay: 50, days: 4, perDay: 8 }],
    reports: usualReports({ share: 0.5, resaleDays: 2 }),
  }),
};

const clorox: Scenario = {
  name: 'clorox',
  kind: 'incident',
  title: 'Clorox / Cognizant, 11 August 2023: the desk reads out a password',
  story: 'One agent, one day, a few calls from an impersonator.',
  outOfSight: resetsOnly,
  figures: nothingKnown('cybernoz.com (Clorox files lawsuit; disputed)'),
  plan: (seed) => ({
    desk: bankFloor(`clorox-${seed}`),
    thefts: [{ kind: 'own-cases-only', accounts: 1, startDay: 50, days: 3, perDay: 12 }],
    reports: usualReports({ share: 0.5, resaleDays: 2 }),
  }),
};

const uber: Scenario = {
  name: 'uber',
  kind: 'incident',
  title: 'Uber, September 2022: a contractor confirms a sign-in that is not theirs',
  story: 'A stranger in one session looks at some 20 customers before turning to other systems.',
  outOfSight: 'What the stranger did in other systems.',
  figures: nothingKnown('halock.com (Uber)'),
  plan: (seed) => ({
    desk: bankFloor(`uber-${seed}`),
    thefts: [{ kind: 'taken-session', accounts: 1, startDay: 45, days: 8, perDay: 20 }],
    reports: usualReports(),
  }),
};

const desjardins: Scenario = {
  name: 'desjardins',
  kind: 'incident',
  title: 'Desjardins 2017-19: an employee copies records for more than two years',
  story:
    'One account exports about 150 customers once a week for four months. Real size: 9.7 million in at least 26 months.',
  outOfSight: 'Copies on a shared drive that never pass a desk.',
  figures: {
    daysToDetection: { count: 790, words: 'at least 26 months' },
    customersExposed: { count: 9_700_000, words: '9.7 million' },
    source: 'priv.gc.ca PIPEDA-2020-005',
  },
  plan: (seed) => ({
    desk: shopDesk(`desjardins-${seed}`, { days: 154, happenings: ordinaryHappenings(154) }),
    thefts: [{ kind: 'export', accounts: 1, startDay: 30, days: 120, perDay: 150 }],
    reports: usualReports({ resaleDays: 60 }),
  }),
};

const spektor: Scenario = {
  name: 'spektor',
  kind: 'incident',
  title: 'The Spektor ring: callers who posed as support, from a list of their own',
  story:
    'About 100 customers are swindled by callers whose list came from somewhere else. No agent did anything.',
  outOfSight: 'Where the callers had their list from. Nobody here should be named.',
  figures: {
    customersExposed: { count: 100, words: 'about 100 victims' },
    source: 'ainvest.com (Coinbase partners with DA)',
  },
  plan: (seed) => ({
    desk: bankFloor(`spektor-${seed}`, {
      happenings: [...ordinaryHappenings(70), { kind: 'press', day: 52, days: 5 }],
    }),
    thefts: [],
    reports: usualReports({ foreignWave: { customers: 100, fromDay: 40, days: 20 } }),
  }),
};

export const otherIncidents: readonly Scenario[] = [
  cashApp,
  okta,
  discord,
  qantas,
  marksAndSpencer,
  clorox,
  uber,
  desjardins,
  spektor,
];
