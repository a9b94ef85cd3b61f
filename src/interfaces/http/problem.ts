import Type, { type Static } from 'typebox';
import { type FaultCode, faults } from '../../model/fault.ts';
import { type Refusal, refusals } from '../../model/refusal.ts';
import { type StandingRefusal, standingRefusals } from '../../workflows/change-standing/standing-ask.ts';
import { exactly, list, oneOf, optional } from './shape.ts';

/**
 * Every no has one shape, whether it is a refusal or a fault: RFC 9457 problem details. `title` is the sentence
 * for the person, `code` the word for the program. `type` is left out, which RFC 9457 section 4.2.1 reads as
 * about:blank: the code says it all.
 */
export const problemShape = Type.Object(
  {
    code: oneOf([
      ...new Set([...Object.keys(refusals), ...Object.keys(standingRefusals), ...Object.keys(faults)]),
    ]),
    title: Type.String({ description: 'What to tell the person, in one or two sentences.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    reference: optional(
      Type.String({ description: 'Random. Quote it to the operator, whose journal has the same.' }),
    ),
    errors: optional(
      list(exactly({ field: Type.String(), rule: Type.String() }, 'Which field breaks which rule.'), 10),
    ),
  },
  { $id: 'Problem', additionalProperties: false },
);
export type Problem = Static<typeof problemShape>;

export const problemType = 'application/problem+json';

const sentences: Record<number, string> = {
  400: 'The request is malformed.',
  401: 'No session, or one that has ended.',
  403: 'Refused, and why.',
  404: 'Nothing here.',
  409: 'It was done differently before, or the Idempotency-Key was used for something else.',
  413: 'The request is too large.',
  415: 'Not application/json.',
  422: 'Well formed, but the content cannot be used.',
  429: 'Too many; Retry-After says when to come back.',
  502: 'The call or mail could not be started.',
  503: 'Casebound cannot record or read right now, so it shows nothing; Retry-After says when to come back.',
};

const problemAnswer = (description: string) => ({
  description,
  content: { [problemType]: { schema: Type.Ref('Problem') } },
});

/** The response schemas of a route for its noes. `default` stands for the rest, among them 500. */
export const problemAnswers = (...statuses: readonly number[]) => ({
  ...Object.fromEntries(statuses.map((status) => [status, problemAnswer(sentences[status] ?? 'No.')])),
  default: problemAnswer('Any other no has the same shape.'),
});

/** Statuses that every ask about a customer may meet. */
export const askProblems = problemAnswers(400, 401, 403, 409, 413, 415, 429, 503);

const statusOf = (code: string): number => (code === 'session-ended' ? 401 : 403);

/**
 * A refusal as the asker reads it: the same bytes for the same code, whatever exists behind it, so it carries
 * no reference and no position in the ledger.
 */
export const presentRefusal = (refusal: Refusal | StandingRefusal): Problem => ({
  code: refusal.refused,
  title: refusal.sentence,
  status: statusOf(refusal.refused),
});

export interface OutwardFault {
  readonly code: FaultCode;
  readonly title: string;
  readonly reference: string;
  readonly errors?: Problem['errors'] | undefined;
}

export const presentFault = (fault: OutwardFault): Problem => ({
  code: fault.code,
  title: fault.title,
  status: faults[fault.code].status,
  reference: fault.reference,
  ...(fault.errors ? { errors: fault.errors } : {}),
});
