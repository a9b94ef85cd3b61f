import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesForTopic, parseReasonList } from './reason-list.ts';

const shipped = readFileSync(new URL('../../../policy/reasons.yaml', import.meta.url), 'utf8');
const topics = [
  'account-access',
  'payment',
  'card',
  'fees',
  'identity-check',
  'complaint',
  'technical',
  'other',
];

describe('the list of reasons', () => {
  it('as shipped offers each topic its own and the common ones', () => {
    const list = parseReasonList(shipped, topics);
    expect(codesForTopic(list, 'card')).toEqual([
      'verify-caller',
      'answer-customer',
      'correct-record',
      'explain-charge',
      'replace-card',
    ]);
  });

  it('offers a case without a topic, or with an unknown one, only the common reasons', () => {
    const list = parseReasonList(shipped, topics);
    expect(codesForTopic(list, undefined)).toEqual(['verify-caller', 'answer-customer', 'correct-record']);
    expect(codesForTopic(list, 'gardening')).toEqual(codesForTopic(list, undefined));
  });

  const refused: [string, string, string][] = [
    ['is no list', 'a: 1', 'r.yaml line 1: must be a list of reasons'],
    ['is empty', '', 'r.yaml line 1: must be a list of reasons'],
    ['is not YAML', '- a: [', 'r.yaml line 1: '],
    [
      'has a code in capitals',
      "\n- { code: Verify, sentence: Check, topics: ['*'] }",
      'r.yaml line 2: reason 1: code must be',
    ],
    ['lacks a sentence', "- { code: verify, topics: ['*'] }", 'r.yaml line 1: reason 1: sentence must be'],
    ['lacks topics', '- { code: verify, sentence: Check }', 'r.yaml line 1: reason 1: topics must be a list'],
    [
      'names a topic that the catalogue lacks',
      '- { code: verify, sentence: Check, topics: [crad] }',
      'r.yaml line 1: reason 1: “crad” is no topic of the field catalogue',
    ],
    [
      'says a code twice',
      "- { code: aa, sentence: A, topics: ['*'] }\n- { code: aa, sentence: B, topics: ['*'] }",
      'r.yaml line 2: reason 2: its code stands twice',
    ],
    [
      'holds something else',
      "- { code: aa, sentence: A, topics: ['*'], colour: red }",
      'r.yaml line 1: reason 1: “colour” is unknown',
    ],
  ];
  it.each(refused)('is refused in one line when it %s', (_, text, line) => {
    let said = '';
    try {
      parseReasonList(text, topics, 'r.yaml');
    } catch (fault) {
      said = fault instanceof Error ? fault.message : '';
    }
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain(line);
  });
});
