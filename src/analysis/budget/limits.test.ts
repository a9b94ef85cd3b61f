import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLimits } from './limits.ts';

const shipped = readFileSync(new URL('../../../policy/limits.yaml', import.meta.url), 'utf8');

describe('the limits file', () => {
  it('as shipped is read, with times in milliseconds', () => {
    const limits = parseLimits(shipped);
    expect(limits.agent).toEqual({
      revealsPerHourMax: 40,
      revealsPerShiftMax: 180,
      customersPerShiftMax: 100,
      lookupsPerHourMax: 60,
    });
    expect(limits.quietAfterMs).toBe(72 * 3_600_000);
    expect(limits.replayMs).toBe(600_000);
  });

  it('keeps a shift well below the 200 customers a day that one account was used to take', () => {
    expect(parseLimits(shipped).agent.customersPerShiftMax).toBeLessThan(200);
  });

  const refusals: [string, string, string][] = [
    [
      'names a limit that is misspelt',
      shipped.replace('lookups_per_hour_max', 'lookup_per_hour_max'),
      'policy/limits.yaml line 13: “lookup_per_hour_max” is no limit; the limits here are reveals_per_hour_max, ' +
        'reveals_per_shift_max, customers_per_shift_max, lookups_per_hour_max',
    ],
    [
      'lacks a limit',
      shipped.replace(/^quiet_after_hours.*$/m, ''),
      'policy/limits.yaml line 9: the limit quiet_after_hours is missing; add it',
    ],
    [
      'sets a limit to nothing',
      shipped.replace('reveals_per_hour_max: 40', 'reveals_per_hour_max: 0'),
      'policy/limits.yaml line 10: agent.reveals_per_hour_max must be a whole number from 1 to 1000000',
    ],
    [
      'sets a limit in words',
      shipped.replace('view_minutes_max: 30', 'view_minutes_max: half an hour'),
      'policy/limits.yaml line 26: view_minutes_max must be a whole number from 1 to 1440',
    ],
    [
      'says a limit twice',
      shipped.replace('view_minutes_max: 30', 'view_minutes_max: 30\nview_minutes_max: 31'),
      'policy/limits.yaml line 27: Map keys must be unique',
    ],
    ['is empty', '', 'policy/limits.yaml line 1: the file must be a list of names with their limits'],
  ];
  it.each(refusals)('is refused in one line when it %s', (_, text, line) => {
    let said = '';
    try {
      parseLimits(text);
    } catch (fault) {
      said = fault instanceof Error ? fault.message : '';
    }
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain(line);
  });
});
