import { bankFloor, ordinaryHappenings, shopDesk, usualReports } from './desk-kit.ts';
import type { DeskPlan } from './desk-plan.ts';
import type { Scenario } from './scenario.ts';

/** A world in which nobody steals, though something in it looks as if. */
const control = (
  name: string,
  told: { readonly title: string; readonly story: string },
  desk: (seed: string) => DeskPlan,
): Scenario => ({
  name,
  kind: 'control',
  ...told,
  outOfSight: '',
  figures: { customersExposed: { count: 0, words: 'none: nobody steals' }, source: 'negative control' },
  plan: (seed) => ({ desk: desk(`${name}-${seed}`), thefts: [], reports: usualReports() }),
});

export const controlScenarios: readonly Scenario[] = [
  control(
    'outage-day',
    {
      title: 'An outage: everyone looks up customers by the dozen, the best of them most of all',
      story:
        'On three days something is broken, and whole queues look up whoever might be affected, without a case each.',
    },
    (seed) =>
      bankFloor(seed, {
        happenings: [
          ...ordinaryHappenings(70),
          { kind: 'outage', day: 30, queue: 'payments' },
          { kind: 'outage', day: 44, queue: 'cards' },
          { kind: 'outage', day: 58, queue: 'payments' },
        ],
      }),
  ),
  control(
    'fraud-desk',
    {
      title: 'People who hunt fraud look at many customers, half of them without a case',
      story: 'Eight of them, each about fifty customers a day, with many fields of each.',
    },
    (seed) => bankFloor(seed, { bystanders: { quality: 1, fraud: 8, service: 1 } }),
  ),
  control(
    'quality-review',
    {
      title: 'Reviewers read closed cases of everybody',
      story: 'Eight of them, each about thirty closed cases a day, never one of their own.',
    },
    (seed) => shopDesk(seed, { bystanders: { quality: 8, fraud: 1, service: 2 } }),
  ),
  control(
    'follow-the-sun',
    {
      title: 'Cases travel around the world with the working day',
      story: 'Nearly half of all written cases go on at another site when the shift ends.',
    },
    (seed) => shopDesk(seed, { followTheSun: 0.45 }),
  ),
  control(
    'shared-case',
    {
      title: 'One matter that a dozen people look into',
      story: 'Every few days fourteen agents open the same customer, whose case one of them holds.',
    },
    (seed) =>
      shopDesk(seed, {
        happenings: Array.from({ length: 18 }, (_, at) => ({
          kind: 'shared-case' as const,
          day: 8 + at * 3,
        })),
      }),
  ),
  control(
    'recall-campaign',
    {
      title: 'A team calls a long list of customers',
      story:
        'Two teams each spend a week on a list that a system made: 50 to 100 short cases a day and person.',
    },
    (seed) =>
      bankFloor(seed, {
        happenings: [
          ...ordinaryHappenings(70),
          { kind: 'recall', day: 35, days: 5, team: 1 },
          { kind: 'recall', day: 49, days: 5, team: 6 },
        ],
      }),
  ),
  control(
    'bad-press',
    {
      title: 'The papers write about swindlers: worried calls, and a wave of reports',
      story: 'Two weeks of one and a half times the work; a third of all reports fall into them.',
    },
    (seed) =>
      bankFloor(seed, {
        happenings: [
          ...ordinaryHappenings(70),
          { kind: 'press', day: 30, days: 6 },
          { kind: 'press', day: 50, days: 6 },
        ],
      }),
  ),
];

/** What a thief turns to who is refused everything else. */
const carefulCamera: Scenario = {
  name: 'careful-camera',
  kind: 'variant',
  title: 'Thieves who open nothing but their own cases, and photograph them',
  story:
    'Four agents of one site photograph two in five of their own cases, for ten weeks. Every look has its case, and every field its need.',
  outOfSight:
    'The camera: nothing in these looks differs from honest work. Victims’ reports, the watermark and canaries are for that.',
  figures: { source: 'no incident of its own: what the thieves of others are left with' },
  plan: (seed) => ({
    desk: bankFloor(`careful-camera-${seed}`, { days: 112, happenings: ordinaryHappenings(112) }),
    thefts: [{ kind: 'own-cases-only', accounts: 4, startDay: 35, days: 70, perDay: 40, recruitDays: 7 }],
    reports: usualReports({ share: 0.06 }),
  }),
};

export const variantScenarios: readonly Scenario[] = [carefulCamera];
