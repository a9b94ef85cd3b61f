import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { databaseContract } from '../../../test/support/database-contract.ts';
import { externalServer } from '../../../test/support/external-server.ts';
import { Writers } from '../../../test/support/writers.ts';
import { plain } from '../../model/plain.ts';
import { schemaFolder } from '../../records/schema/open-casebound-database.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';

describe('an external database, over TCP and with a password', { timeout: 120_000 }, () => {
  it('does all that the embedded one does', async () => {
    const { url } = await externalServer();
    const admin = openDatabase({ kind: 'url', url: plain(url) });
    onTestFinished(() => admin.close());
    for (const [no, [title, prove]] of Object.entries(databaseContract).entries()) {
      await admin.pool.query(`create database contract_${no}`);
      const own = new URL(url);
      own.pathname = `/contract_${no}`;
      await prove({ kind: 'url', url: plain(own.toString()) }).catch((cause: unknown) => {
        throw new Error(title, { cause });
      });
    }
  });

  it('that does not let us in is storage-unusable, and the password is not repeated', async () => {
    const { url } = await externalServer();
    const wrong = new URL(url);
    wrong.password = 's3cret';
    for (const address of [wrong.toString(), url.replace(/desk$/, 'nowhere')]) {
      const fault = await migrate({ kind: 'url', url: plain(address) }, schemaFolder).catch(
        (thrown) => thrown,
      );
      expect(fault).toMatchObject({ code: 'storage-unusable' });
      expect(inspect(fault, { depth: 9 })).not.toMatch(new RegExp(`s3cret|${new URL(url).password}`));
    }
  });

  it('may go away and come back: storage-down meanwhile, and no acknowledged row is lost', async () => {
    const external = await externalServer();
    const db = openDatabase({ kind: 'url', url: plain(external.url) });
    onTestFinished(() => db.close());
    const writers = await Writers.start(db, 4);
    await writers.untilMoreAcknowledged(100);
    await external.kill();
    await external.start();
    await writers.untilMoreAcknowledged(100);
    await writers.stop();
    expect(new Set(writers.faultCodes)).toEqual(new Set(['storage-down']));
    expect(await writers.countLost()).toBe(0);
  });
});
