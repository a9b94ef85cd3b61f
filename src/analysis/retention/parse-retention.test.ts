import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { parseRetention, retentionClasses } from './parse-retention.ts';

const text = readFileSync(join(import.meta.dirname, '../../../policy/retention.yaml'), 'utf8');
const whyNot = (changed: string): string => {
  try {
    parseRetention(changed);
    return 'taken';
  } catch (thrown) {
    return isFault(thrown) && thrown.code === 'unprocessable' ? thrown.message : String(thrown);
  }
};

describe('the retention policy', () => {
  it('says of every kind how long it is kept', () => {
    const policy = parseRetention(text);
    expect(Object.keys(policy)).toEqual([...retentionClasses]);
    expect(policy).toMatchObject({
      disclosure: 1_825 * 86_400_000,
      session: 90 * 86_400_000,
      'shown-view': 172_800_000,
    });
  });

  it.each([
    ['a misspelt limit', text.replace('accessDays:', 'acessDays:'), /line 11: “acessDays” is no limit/],
    ['a missing limit', text.replace(/^alertDays.*$/m, ''), /the limit alertDays is missing/],
    [
      'a limit that would purge what is still needed',
      text.replace('accessDays: 1825', 'accessDays: 1'),
      /line 11: accessDays must be a whole number from 30/,
    ],
    [
      'a limit of a thousand years',
      text.replace('caseDays: 395', 'caseDays: 365000'),
      /caseDays must be a whole number from 30 to 36500/,
    ],
    ['a limit in words', text.replace('caseDays: 395', 'caseDays: a year'), /caseDays must be/],
    ['a limit twice', `${text}\ncaseDays: 40\n`, /line \d+: Map keys must be unique/],
    ['no list', 'nothing', /must be a list/],
    ['broken YAML', 'a: [', /line 1/],
  ])('refuses %s in one line', (_name, changed, why) => {
    expect(whyNot(changed)).toMatch(why);
    expect(whyNot(changed)).toMatch(/^policy\/retention\.yaml line \d+: [^\n]+$/);
  });
});
