import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFieldProblem, readToldChange, type ToldChange } from './told-change.ts';

const told: ToldChange = { at: '2026-11-22T12:45:06Z', case: 'C-1', change: 'opened' };
const hash = (ref: string): string => `hash of ${ref.length}`;
const problemOf = (over: object): string => {
  const read = readToldChange({ ...told, ...over }, hash);
  return isFieldProblem(read) ? `${read.field} ${read.problem}` : 'understood';
};

describe('a told change', () => {
  it('says nothing about what is absent, empty or null', () => {
    const read = readToldChange({ ...told, agent: '', customer: null, queue: '  ' }, hash);
    expect(read).toMatchObject({ agentRef: undefined, customerRefHash: undefined, queueRef: undefined });
  });

  it('gives the customer reference away only as the hash of its trimmed form', () => {
    const read = readToldChange({ ...told, customer: ' K-77 ' }, hash);
    expect(read).toMatchObject({ customerRefHash: 'hash of 4' });
    expect(JSON.stringify(read)).not.toContain('K-77');
  });

  it.each([
    [{ at: '' }, 'at is missing'],
    [{ at: '22/11/2026 12:45' }, /at is not an RFC 3339 time/],
    [{ at: '2026-02-30T00:00:00Z' }, /at is not an RFC 3339 time/],
    [{ at: '0000-01-01T00:00:00Z' }, 'at is not between the years 1970 and 2100'],
    [{ at: '9999-12-31T23:59:59-14:00' }, 'at is not between the years 1970 and 2100'],
    [{ case: ' ' }, 'case is missing'],
    [{ case: 'a\u0000b' }, /case holds characters that cannot be printed/],
    [{ agent: '\ud800' }, /agent holds characters that cannot be printed/],
    [{ change: 'Opened' }, /change is none of opened, assigned/],
    [{ change: 'helper-joined' }, 'agent is missing'],
    [{ change: 'helper-left' }, 'agent is missing'],
    [{ change: 'assigned' }, 'understood'],
    [{ channel: 'pigeon' }, /channel is none of phone/],
    [{ initiated_by: 'nobody' }, /initiated_by is none of customer/],
    [{ agent: 'x'.repeat(201) }, 'agent is longer than 200 characters'],
    [{ topic: 5 }, /topic is not text/],
  ])('names the wrong field and the fix: %#', (over, problem) => {
    expect(problemOf(over)).toMatch(problem);
  });

  it('keeps references with SQL or HTML in them as they are', () => {
    const hostile = `'; drop table support_case; --<script>alert(1)</script>`;
    expect(readToldChange({ ...told, case: hostile, agent: hostile }, hash)).toMatchObject({
      caseRef: hostile,
      agentRef: hostile,
    });
  });

  it('repeats no value in any problem', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4 }),
        fc.constantFrom('at', 'change', 'channel', 'initiated_by'),
        (text, field) => {
          const secret = `zq${text}qz`;
          expect(problemOf({ [field]: secret })).not.toContain(secret);
        },
      ),
    );
  });
});
