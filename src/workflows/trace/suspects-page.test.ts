import { describe, expect, it } from 'vitest';
import { suspectsPage } from './suspects-page.ts';
import type { SuspectPicture, TracedLeak, TracedSuspect } from './traced-leak.ts';

const hostile = '<script>alert(1)</script>"\'&\u202e';

const suspect = (change: Partial<TracedSuspect>): TracedSuspect => ({
  agent: 'ann',
  posterior: 0.97,
  window: {
    start: '2026-02-01T00:00:00.000Z',
    start_low: '2026-01-28T00:00:00.000Z',
    start_high: '2026-02-03T00:00:00.000Z',
    end: '2026-03-01T00:00:00.000Z',
  },
  reports_explained: 12.4,
  placebo: { observed: 3, expected: 2.5, passed: true },
  look_alikes: [],
  review: true,
  innocent_explanations: [{ cause: 'chance', probability: 0.01, finding: 'Chance was weighed.' }],
  ...change,
});
const picture = (change: Partial<SuspectPicture> = {}): SuspectPicture => ({
  agent: 'ann',
  days: Array.from({ length: 90 }, (_, at) => ({
    day: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
    views: 20 + (at % 7),
    marks: at > 40 ? 2 : 0,
    expected: 0.4,
  })),
  mark: 'report',
  pointing: [],
  ...change,
});
const page = (
  suspects: readonly TracedSuspect[],
  pictures: readonly SuspectPicture[],
  change: Partial<TracedLeak> = {},
) =>
  suspectsPage(
    {
      method: 'reports',
      suspects,
      nobody_posterior: 0.02,
      warnings: [],
      limits: ['A login is no person.'],
      counted: {},
      ...change,
    },
    pictures,
  );

describe('the page of suspects', () => {
  it('asks for a review of dates, shows one picture, the explanations tried and the limits, and accuses nobody', () => {
    const html = page([suspect({})], [picture()]);
    expect(html).toContain('Review this account for 2026-02-01 to 2026-03-01.');
    expect(html.match(/<svg /g)).toHaveLength(1);
    for (const words of [
      'Chance was weighed.',
      'A login is no person.',
      'not an accusation',
      '3 observed, 2.5 expected: passed',
    ])
      expect(html).toContain(words);
    expect(html).not.toMatch(/guilty|culprit|thief|stole/i);
  });

  it('runs and loads nothing, whatever names the log holds', () => {
    const html = page(
      [
        suspect({
          agent: hostile,
          look_alikes: [{ agent: hostile, posterior: 0.2, reports_shared: 3 }],
          innocent_explanations: [{ cause: hostile, probability: 1, finding: hostile }],
        }),
      ],
      [
        picture({
          agent: hostile,
          pointing: [{ customer: hostile, seen: '2026-02-01', told: '2026-02-09', probability: 0.9 }],
        }),
      ],
      { warnings: [hostile], limits: [hostile] },
    );
    expect(html).not.toMatch(/<script|\u202e|alert\(1\)<\/script>|"'&/);
    expect(html.match(/&lt;script&gt;/g)?.length).toBe(7);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(src|href|url)\s*[=(]/);
  });

  it('says so when nobody can be named, and why an account is not to be reviewed', () => {
    expect(page([], [])).toContain('No account can be named.');
    const failed = suspect({ review: false, placebo: { observed: 40, expected: 5, passed: false } });
    expect(page([failed], [])).toContain('the placebo test failed');
  });

  it('draws years of days with a bounded number of bars', () => {
    const days = Array.from({ length: 4000 }, (_, at) => ({
      day: new Date(Date.UTC(2016, 0, 1 + at)).toISOString().slice(0, 10),
      views: 1,
      marks: 1,
      expected: 0,
    }));
    const html = page([suspect({})], [picture({ days })]);
    expect(html.match(/<rect/g)?.length).toBeLessThan(900);
    expect(html).not.toMatch(/NaN|Infinity/);
  });
});
