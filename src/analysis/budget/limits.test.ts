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
      shipped.replace('lookupsPerHourMax', 'lookupPerHourMax'),
      'policy/limits.yaml line 13: “lookupPerHourMax” is no limit; the limits here are revealsPerHourMax, ' +
        'revealsPerShiftMax, customersPerShiftMax, lookupsPerHourMax',
    ],
    [
      'lacks a limit',
      shipped.replace(/^quietAfterHours.*$/m, ''),
      'policy/limits.yaml line 9: the limit quietAfterHours is missing; add it',
    ],
    [
      'sets a limit to nothing',
      shipped.replace('revealsPerHourMax: 40', 'revealsPerHourMax: 0'),
      'policy/limits.yaml line 10: agent.revealsPerHourMax must be a whole number from 1 to 1000000',
    ],
    [
      'sets a limit in words',
      shipped.replace('viewMaxMinutes: 30', 'viewMaxMinutes: half an hour'),
      'policy/limits.yaml line 26: viewMaxMinutes must be a whole number from 1 to 1440',
    ],
    [
      'says a limit twice',
      shipped.replace('viewMaxMinutes: 30', 'viewMaxMinutes: 30\nviewMaxMinutes: 31'),
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
