import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { readCaseWebhookBody } from './case-webhook-body.ts';

const one = { type: 'case.changed', at: '2026-11-22T12:45:06Z', case: 'C-1', change: 'opened' };
const many = (...changes: object[]) => ({ type: 'case.changes', changes });
const { type: _, ...bare } = one;

const detailOf = (body: unknown): string => {
  try {
    readCaseWebhookBody(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'bad-request') return thrown.outward;
    throw thrown;
  }
  return 'taken';
};

describe('the body of a case webhook', () => {
  it('is one change or many', () => {
    expect(readCaseWebhookBody(JSON.stringify(one))).toEqual({ single: true, changes: [one] });
    expect(readCaseWebhookBody(JSON.stringify(many(bare, bare)))).toEqual({
      single: false,
      changes: [bare, bare],
    });
  });

  it.each([
    ['{"type":', 'Case webhook: the body is not JSON.'],
    ['[]', 'Case webhook: type is missing.'],
    ['null', 'Case webhook: type is missing.'],
    [{ type: 'case.deleted' }, 'Case webhook: type is none of case.changed, case.changes.'],
    [{ ...one, at: undefined }, 'Case webhook: at is missing.'],
    [{ ...one, at: 1_700_000_000 }, 'Case webhook: at is of the wrong type.'],
    [{ ...one, case: '' }, 'Case webhook: case is empty; leave it out instead.'],
    [{ ...one, case: 'x'.repeat(201) }, 'Case webhook: case is too long.'],
    [{ ...one, change: 'exploded' }, 'Case webhook: change is none of the known words.'],
    [{ ...one, agnet: 'ann' }, 'Case webhook: agnet is not a known field; remove it.'],
    [{ ...one, channel: 'pigeon' }, 'Case webhook: channel is of the wrong type or none of the known words.'],
    [many(), 'Case webhook: changes holds no change.'],
    [many(bare, { ...bare, case: undefined }), 'Case webhook: changes[1].case is missing.'],
    [
      many(bare, { ...bare, agent: 7 }),
      'Case webhook: changes[1].agent is of the wrong type or none of the known words.',
    ],
    [
      many(...Array.from({ length: 1_001 }, () => bare)),
      'Case webhook: changes holds more than 1000 changes; send several messages.',
    ],
  ])('names the wrong field and the fix: %#', (body, detail) => {
    expect(detailOf(body)).toBe(detail);
  });

  it('never repeats what was sent, neither values nor names that are no names of fields', () => {
    const secret = 'Ann Example ann@example.org';
    for (const body of [
      { ...one, change: secret },
      { ...one, [secret]: 1 },
      { ...one, customer: { name: secret } },
      many({ ...bare, at: [secret] }),
      `{"type": "${secret}`,
      { type: secret },
    ])
      expect(detailOf(body)).not.toMatch(/Ann|Example|example/);
  });

  it('answers any JSON at all with a change or a bad request', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        expect(detailOf(body)).toMatch(/^Case webhook: /);
      }),
    );
  });

  it('lets null stand for a field that says nothing', () => {
    expect(detailOf({ ...one, agent: null, channel: null, initiated_by: null })).toBe('taken');
  });
});
