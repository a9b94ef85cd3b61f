import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { isFault } from '../../src/model/fault.ts';
import { instantOf } from '../../src/model/instant.ts';
import {
  type EmbeddedServer,
  embeddedDatabaseName,
  startEmbedded,
} from '../../src/platform/postgres/embedded-server.ts';
import { openCaseboundDatabase, schemaFolder } from '../../src/records/schema/open-casebound-database.ts';
import type { TestServer } from './provided-context.ts';
import { connectionTo, withAdmin } from './test-connection.ts';

const supervisorName = 'supervisor';
const runPrefix = 'casebound_test_';
const templatePrefix = 'casebound_template_';

/** Changes with anything that decides what a migrated database looks like, and with the month. */
const schemaMark = (month: string): string => {
  const hash = createHash('sha256').update(month);
  for (const name of readdirSync(schemaFolder).sort())
    if (/\.sql$|^partitions\.ts$/.test(name))
      hash.update(name).update(readFileSync(join(schemaFolder, name)));
  return hash.digest('hex').slice(0, 12);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const start = (dataDir: string): Promise<EmbeddedServer> =>
  startEmbedded({
    dataDir,
    share: true,
    size: { connectionsMax: 200, memoryMb: 1_024 },
    withoutDurabilityForTests: true,
  });

/**
 * One cluster for this checkout, kept between runs and shared by runs at the same time: making one anew costs a
 * second or two. Where the server's account cannot reach the checkout, one for this run alone.
 */
const startTestCluster = async (): Promise<{ server: EmbeddedServer; remove: () => void }> => {
  const kept = join(import.meta.dirname, '../../node_modules/.cache/casebound/test-cluster');
  try {
    mkdirSync(kept, { recursive: true });
    return { server: await start(kept), remove: () => undefined };
  } catch (thrown) {
    if (!isFault(thrown) && !(thrown instanceof Error && 'code' in thrown)) throw thrown;
    const own = mkdtempSync(join(tmpdir(), 'casebound-test-'));
    const remove = (): void => rmSync(own, { recursive: true, force: true, maxRetries: 10 });
    try {
      return { server: await start(own), remove };
    } catch (again) {
      remove();
      throw again;
    }
  }
};

const listDatabases = async (admin: TestServer['admin'], prefix: string): Promise<readonly string[]> =>
  withAdmin(admin, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1) order by oid',
      [prefix],
    );
    return rows.map((row) => row.datname);
  });

const dropAll = async (admin: TestServer['admin'], names: readonly string[]): Promise<void> =>
  withAdmin(admin, async (client) => {
    for (const name of names)
      await client.query(`drop database if exists ${name} with (force)`).catch(() => undefined);
  });

/** Made under another name and then renamed, so that a template is whole; of two runs one wins. */
const ensureTemplate = async (server: TestServer): Promise<void> => {
  const { admin, owner, template } = server;
  const templates = await listDatabases(admin, templatePrefix);
  if (templates.includes(template)) return;
  const draft = `${server.prefix}draft`;
  await withAdmin(admin, (client) =>
    client.query(`create database ${draft}${owner ? ` owner ${owner}` : ''}`),
  );
  const db = await openCaseboundDatabase(connectionTo(server, draft), instantOf(Date.now()));
  await db.close();
  await withAdmin(admin, async (client) => {
    await client.query(`alter database ${draft} rename to ${template}`).catch(async (thrown: unknown) => {
      if (!(await listDatabases(admin, templatePrefix)).includes(template)) throw thrown;
    });
  });
  // Another run, begun before the schema changed, may still need the ones before.
  await dropAll(admin, templates.slice(0, -2));
};

/** Removes what killed runs left behind: their databases name the process. */
const dropLeftOvers = async (admin: TestServer['admin']): Promise<void> => {
  const names = await listDatabases(admin, runPrefix);
  const orphans = names.filter((name) => !isAlive(Number(name.slice(runPrefix.length).split('_')[0])));
  await dropAll(admin, orphans);
};

/**
 * Prepares the one database server of a test run: the embedded one, or the one that CASEBOUND_TEST_DATABASE_URL
 * names (its account must be allowed to make databases). Answers how to end it.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const external = process.env['CASEBOUND_TEST_DATABASE_URL'];
  const embedded = external === undefined ? await startTestCluster() : undefined;
  const connection = embedded?.server.connection;
  const server: TestServer = {
    admin: connection
      ? { ...connection, database: 'postgres', user: supervisorName }
      : { kind: 'url', url: external ?? '' },
    owner: connection ? embeddedDatabaseName : undefined,
    template: `${templatePrefix}${schemaMark(new Date().toISOString().slice(0, 7))}`,
    prefix: `${runPrefix}${process.pid}_`,
  };
  const stop = async (): Promise<void> => {
    await embedded?.server.stop();
    embedded?.remove();
  };
  try {
    if (embedded) await dropLeftOvers(server.admin);
    await ensureTemplate(server);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  project.provide('testServer', server);
  return async () => {
    try {
      await dropAll(server.admin, await listDatabases(server.admin, server.prefix));
    } finally {
      await stop();
    }
  };
};
