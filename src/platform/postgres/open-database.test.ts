import { describe, expect, it, onTestFinished } from 'vitest';
import { databaseContract } from '../../../test/support/database-contract.ts';
import { emptyDatabase } from '../../../test/support/fresh-database.ts';
import { plain } from '../../model/plain.ts';
import { asDatabaseFault } from './database-fault.ts';
import { openDatabase } from './open-database.ts';

describe("a database of the tests' server", () => {
  it.each(Object.entries(databaseContract))('%s', async (_title, prove) => {
    const { connection, drop } = await emptyDatabase();
    onTestFinished(drop);
    await prove(connection);
  });
});

describe('an address of a database', () => {
  it.each([
    'postgres//ann:s3cret@host/casebound',
    'http://ann:s3cret@host/casebound',
    'postgres://ann:s3cret#1@host/casebound',
    'postgres://ann:s3cret@host',
    's3cret',
    '',
  ])('of the wrong form is refused without being repeated: %s', (url) => {
    try {
      openDatabase({ kind: 'url', url: plain(url) });
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: 'storage-unusable',
        message: expect.stringContaining('postgres://name:password@host:port/database'),
      });
      expect(String(thrown)).not.toContain('s3cret');
    }
  });

  it('where nobody answers is storage-down', async () => {
    for (const connection of [
      { kind: 'url', url: plain('postgres://ann:s3cret@127.0.0.1:1/casebound') } as const,
      { kind: 'socket', directory: '/nowhere', database: 'd', user: 'u' } as const,
    ]) {
      const db = openDatabase(connection);
      const fault = asDatabaseFault(await db.pool.query('select 1').catch((thrown: unknown) => thrown));
      expect(fault).toMatchObject({ code: 'storage-down' });
      expect(fault.message).not.toContain('s3cret');
      await db.close();
    }
  });
});
