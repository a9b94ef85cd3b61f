import { LineCounter, type Node, parseDocument } from 'yaml';
import { Fault } from '../../model/fault.ts';

/** A reason to choose from. */
export interface ReasonChoice {
  /** What is recorded, `verify-caller`. */
  readonly code: string;
  /** What the agent reads. */
  readonly sentence: string;
  /** Topics of cases that offer it; `*` stands for every topic, also for none. */
  readonly topics: readonly string[];
}

/** Every reason of policy/reasons.yaml, in the order in which screens show them. */
export type ReasonList = readonly ReasonChoice[];

const choicesMax = 200;
const codeShape = /^[a-z][a-z0-9-]{1,39}$/;
const sentenceCharsMax = 120;

/** The choices that a case of this topic offers. */
export const choicesForTopic = (list: ReasonList, topic: string | undefined): ReasonList =>
  list.filter(({ topics }) => topics.includes('*') || (topic !== undefined && topics.includes(topic)));

export const codesForTopic = (list: ReasonList, topic: string | undefined): string[] =>
  choicesForTopic(list, topic).map(({ code }) => code);

/**
 * Reads policy/reasons.yaml: a list of `{ code, sentence, topics }`.
 * @param knownTopics the topics of the field catalogue: a misspelt topic would offer its reason to nobody
 * @throws Fault `unprocessable` with one line that names the file, the line and the fix.
 */
export const parseReasonList = (
  text: string,
  knownTopics: readonly string[],
  fileName = 'policy/reasons.yaml',
): ReasonList => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, problem: string): never => {
    const sentence = `${fileName} line ${lines.linePos(offset).line}: ${problem}`;
    throw new Fault('unprocessable', sentence, { detail: sentence });
  };
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong) return fail(wrong.pos[0], wrong.message.replaceAll(/\s+/g, ' '));
  const told: unknown = document.toJS({ maxAliasCount: 0 });
  if (!Array.isArray(told) || told.length === 0)
    return fail(0, 'must be a list of reasons with code, sentence and topics');
  if (told.length > choicesMax)
    return fail(0, `holds ${told.length} reasons; at most ${choicesMax} are read`);
  const codes = new Set<string>();
  return told.map((item: unknown, index) => {
    const node = document.getIn([index], true) as Node | undefined;
    const offset = node?.range?.[0] ?? 0;
    const problem =
      problemOf(item, knownTopics) ??
      (codes.has((item as ReasonChoice).code) ? 'its code stands twice' : undefined);
    if (problem) return fail(offset, `reason ${index + 1}: ${problem}`);
    const { code, sentence, topics } = item as ReasonChoice;
    codes.add(code);
    return { code, sentence, topics };
  });
};

const problemOf = (item: unknown, knownTopics: readonly string[]): string | undefined => {
  if (typeof item !== 'object' || item === null) return 'write it as code, sentence and topics';
  const { code, sentence, topics, ...rest } = item as Record<string, unknown>;
  const surplus = Object.keys(rest)[0];
  if (surplus !== undefined) return `“${surplus}” is unknown; a reason has code, sentence and topics`;
  if (typeof code !== 'string' || !codeShape.test(code))
    return 'code must be 2 to 40 lower-case letters, digits and hyphens, a letter first';
  if (typeof sentence !== 'string' || sentence.trim() === '' || sentence.length > sentenceCharsMax)
    return `sentence must be a text of 1 to ${sentenceCharsMax} characters`;
  if (!Array.isArray(topics) || topics.length === 0)
    return 'topics must be a list; ["*"] stands for every topic';
  const strange: unknown = topics.find((topic) => topic !== '*' && !knownTopics.includes(topic));
  return strange === undefined ? undefined : `“${String(strange)}” is no topic of the field catalogue`;
};
