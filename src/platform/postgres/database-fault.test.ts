import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../model/fault.ts';
import { asDatabaseFault } from './database-fault.ts';

/** An error as the driver makes it from the server's answer. */
const serverError = (code: string, fields: Record<string, string> = {}): Error =>
  Object.assign(new Error(fields['message'] ?? 'told by the server'), { severity: 'ERROR', code, ...fields });

/** An error as the system or the driver itself makes it. */
const systemError = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('an error beside the database', () => {
  it.each([
    ['53100', 'storage-full'],
    ['53300', 'storage-down'],
    ['53200', 'storage-down'],
    ['57P01', 'storage-down'],
    ['57P02', 'storage-down'],
    ['57P03', 'storage-down'],
    ['57014', 'storage-down'],
    ['55P03', 'storage-down'],
    ['25006', 'storage-down'],
    ['08006', 'storage-down'],
    ['58030', 'storage-down'],
    ['25P03', 'storage-down'],
    ['40001', 'busy'],
    ['40P01', 'busy'],
    ['23505', 'bug'],
    ['22P02', 'bug'],
    ['42P01', 'bug'],
    ['28P01', 'storage-unusable'],
    ['28000', 'storage-unusable'],
    ['3D000', 'storage-unusable'],
    ['42501', 'storage-unusable'],
  ])('with SQLSTATE %s is %s', (code, fault) => {
    expect(asDatabaseFault(serverError(code)).code).toBe(fault);
  });

  it('that made the server give up is storage-full when it names the space, else storage-down', () => {
    const panic = { severity: 'PANIC' };
    expect(asDatabaseFault(serverError('53100', panic)).code).toBe('storage-full');
    expect(asDatabaseFault(serverError('XX000', { ...panic, message: 'No space left on device' })).code).toBe(
      'storage-full',
    );
    expect(asDatabaseFault(serverError('XX000', panic)).code).toBe('storage-down');
  });

  it.each([
    ['connect ECONNREFUSED /run/.s.PGSQL.5432', 'ECONNREFUSED', 'storage-down'],
    ['connect ENOENT /run/.s.PGSQL.5432', 'ENOENT', 'storage-down'],
    ['read ECONNRESET', 'ECONNRESET', 'storage-down'],
    ['write EPIPE', 'EPIPE', 'storage-down'],
    ['write ENOSPC', 'ENOSPC', 'storage-full'],
    ['Connection terminated unexpectedly', undefined, 'storage-down'],
    ['Connection terminated due to connection timeout', undefined, 'storage-down'],
    ['timeout exceeded when trying to connect', undefined, 'storage-down'],
    ['Query read timeout', undefined, 'storage-down'],
    ['Client has encountered a connection error and is not queryable', undefined, 'storage-down'],
    ['Cannot use a pool after calling end on the pool', undefined, 'storage-down'],
    ['Cannot read properties of undefined', undefined, 'bug'],
  ])('of the way there is told apart from one of ours: %s', (message, code, fault) => {
    expect(asDatabaseFault(systemError(message, code)).code).toBe(fault);
  });

  it('shows no value of a row, whatever the server said', () => {
    const text = fc.string({ minLength: 8 }).map((body) => `${body} zoe@example.org ${body}`);
    fc.assert(
      fc.property(
        fc.constantFrom('23505', '22P02', '40001', '53100', '57014', '08006', '42P01'),
        fc.record({
          message: text,
          detail: text,
          hint: text,
          where: text,
          internalQuery: text,
          constraint: text,
          column: text,
          table: text,
        }),
        (code, fields) => {
          const fault = asDatabaseFault(serverError(code, fields));
          expect(inspect(fault, { depth: 9 }) + JSON.stringify(fault) + fault.stack).not.toContain(
            'zoe@example.org',
          );
        },
      ),
    );
  });

  it('that is a fault already stays that fault', () => {
    const fault = new Fault('vault-closed', 'closed');
    expect(asDatabaseFault(fault)).toBe(fault);
  });

  it.each([undefined, null, 'text', 7])('that is no error at all is a bug: %s', (thrown) => {
    expect(asDatabaseFault(thrown).code).toBe('bug');
  });
});
