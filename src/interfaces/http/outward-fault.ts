import type { FastifySchemaValidationError } from 'fastify';
import { Fault, type FaultCode, faults, isFault } from '../../model/fault.ts';
import type { OutwardFault } from './problem.ts';

const errorsMax = 10;

/** What the framework says about a request, in the few words of it that matter here. */
interface FrameworkError {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly validation?: readonly FastifySchemaValidationError[] | undefined;
  readonly validationContext?: unknown;
}

const places: Record<string, string> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
};

const param = (error: FastifySchemaValidationError, name: string): string => {
  const told: unknown = error.params[name];
  return typeof told === 'number' || typeof told === 'string' ? String(told) : '';
};

/** The rules in our words. None repeats what was sent, not even the name of a field that we do not know. */
const rules: Record<string, (error: FastifySchemaValidationError) => string> = {
  type: (error) => `must be ${param(error, 'type')}`,
  required: () => 'is missing',
  additionalProperties: () => 'holds a field that is not known here',
  maxLength: (error) => `has at most ${param(error, 'limit')} characters`,
  minLength: () => 'must not be empty',
  maxItems: (error) => `has at most ${param(error, 'limit')} items`,
  minItems: (error) => `has at least ${param(error, 'limit')} items`,
  uniqueItems: () => 'has no item twice',
  pattern: () => 'has not the form described for it',
  format: (error) => `must be a valid ${param(error, 'format')}`,
  enum: () => 'must be one of the values listed for it',
  const: () => 'must be the value listed for it',
};

const brokenRule = (error: FastifySchemaValidationError, place: string) => {
  // Only names of our schemas and places in lists stand in the path, since unknown fields are not descended into.
  const path = error.instancePath.split('/').slice(1);
  const missing = error.keyword === 'required' ? [param(error, 'missingProperty')] : [];
  return {
    field: [...path, ...missing].join('.') || place,
    rule: (rules[error.keyword] ?? (() => 'does not fit'))(error),
  };
};

/** The fault that a refusal of the framework amounts to; undefined when it is none of the asker's doing. */
const byFrameworkCode: Record<string, FaultCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported-type',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported-type',
  FST_FIELDS_LIMIT: 'too-large',
  FST_FILES_LIMIT: 'too-large',
  FST_PARTS_LIMIT: 'too-large',
  FST_REQ_FILE_TOO_LARGE: 'too-large',
  FST_ERR_HANDLER_TIMEOUT: 'busy',
  FST_ERR_NOT_FOUND: 'not-found',
};

const codeOf = (thrown: FrameworkError): FaultCode => {
  const named = typeof thrown.code === 'string' ? byFrameworkCode[thrown.code] : undefined;
  if (named) return named;
  const { statusCode } = thrown;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? 'bad-request' : 'bug';
};

/**
 * Turns anything thrown while a request was served into the fault that the asker reads. What we did not foresee
 * is a `bug`, whose own words stay inside.
 */
export const outwardFault = (thrown: unknown): Omit<OutwardFault, 'reference'> => {
  if (isFault(thrown)) return { code: thrown.code, title: thrown.outward };
  if (typeof thrown !== 'object' || thrown === null) return { code: 'bug', title: faults.bug.outward };
  const told: FrameworkError = thrown;
  const code = told.validation ? 'bad-request' : codeOf(told);
  const place = places[String(told.validationContext)] ?? 'the request';
  const errors = told.validation?.slice(0, errorsMax).map((error) => brokenRule(error, place));
  return { code, title: faults[code].outward, errors };
};

/** Faults that the operator should know of: everything that is not the asker's doing. */
export const isOurs = (code: FaultCode): boolean => faults[code].status >= 500;

export const notFound = (): Fault => new Fault('not-found', 'no route of this method and path');
