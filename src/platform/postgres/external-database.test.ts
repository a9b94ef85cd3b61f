import { describe, expect, it, onTestFinished } from 'vitest';
import { databaseContract } from '../../../test/support/database-contract.ts';
import { externalServer } from '../../../test/support/external-server.ts';
import { Writers } from '../../../test/support/writers.ts';
import { plain } from '../../model/plain.ts';
import { openDatabase } from './open-database.ts';

describe('an external database, over TCP and with a password', () => {
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
