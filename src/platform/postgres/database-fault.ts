import { Fault, isFault } from '../../model/fault.ts';

interface DriverError {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const readDriverError = (thrown: unknown): DriverError | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  const fields = thrown as unknown as Readonly<Record<string, unknown>>;
  const code = typeof fields['code'] === 'string' ? fields['code'] : '';
  return { code, message: thrown.message, fields };
};

// PostgreSQL, Appendix A "Error Codes". 25006: the server has become a read-only copy in a failover.
const downStates = new Set([
  '25006',
  '25P03',
  '25P04',
  '53200',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '57P05',
  '58030',
]);
// Wrong password, no such account, no such database, no right to what we need: nothing passes by itself.
const unusableStates = new Set(['28000', '28P01', '3D000', '42501']);

// Our own state, raised by the tables of wrapped keys: the writer has not heard of the newest key-encryption key.
const staleKeyState = 'CB001';

// Two transactions stood in each other's way; the database asks to try again.
const retryStates = new Set(['40001', '40P01']);

const downSystemCodes = new Set([
  'EAGAIN',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

// The driver gives these no code.
const downMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'is not queryable',
  'after calling end on the pool',
  'Client was closed',
];

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code);

const describe = (error: DriverError): string => {
  const named = (['severity', 'schema', 'table', 'column', 'constraint', 'routine'] as const).flatMap(
    (name) => {
      const value = error.fields[name];
      return typeof value === 'string' && /^[\w.-]{1,63}$/.test(value) ? [`${name} ${value}`] : [];
    },
  );
  return [`SQLSTATE ${error.code}`, ...named].join(', ');
};

/**
 * Turns what the driver threw into one of our faults. A database error's own texts quote row values (`detail`,
 * often `message` too), so none of them is copied and the error is not kept as the cause: state, table and
 * constraint say enough.
 *
 * `storage-full`: SQLSTATE 53100. `storage-down`: no connection, a lost one, a shutdown, a timeout, no room for
 * another connection. `storage-unusable`: wrong account or missing rights. `busy`: deadlock or serialisation failure. Faults pass through. All else is a `bug`.
 */
export const asDatabaseFault = (thrown: unknown): Fault => {
  if (isFault(thrown)) return thrown;
  const error = readDriverError(thrown);
  if (!error) return new Fault('bug', 'something that is no error was thrown beside the database');
  if (error.code === '53100' || error.code === 'ENOSPC' || error.message.includes('No space left on device'))
    return new Fault('storage-full', `the database has no space left (${error.code || 'no state'})`);
  if (isSqlState(error.code) && error.fields['severity'] !== undefined) {
    if (downStates.has(error.code) || error.code.startsWith('08') || error.fields['severity'] === 'PANIC')
      return new Fault('storage-down', `the database cannot serve (${describe(error)})`);
    if (unusableStates.has(error.code))
      return new Fault(
        'storage-unusable',
        `the database does not let us in or lacks rights (${describe(error)}): check DATABASE_URL and the rights of its account`,
      );
    if (error.code === staleKeyState)
      return new Fault('busy', 'the key-encryption key was changed meanwhile: try again');
    if (retryStates.has(error.code))
      return new Fault('busy', `the database asks to try again (${describe(error)})`);
    return new Fault('bug', `the database refused a statement (${describe(error)})`);
  }
  if (downSystemCodes.has(error.code) || downMessages.some((text) => error.message.includes(text)))
    return new Fault('storage-down', `the database cannot be reached (${error.code || error.message})`);
  return new Fault('bug', 'a fault beside the database', { cause: thrown });
};
