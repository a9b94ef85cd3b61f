import type { Fault } from '../../model/fault.ts';
import { prepareDataDirectory, prepareSocketDirectory } from './data-directory.ts';
import type { SocketConnection } from './database-connection.ts';
import { endWithProcess } from './end-with-process.ts';
import { initCluster } from './init-cluster.ts';
import { chooseServerAccount } from './server-account.ts';
import { findServerPrograms } from './server-programs.ts';
import { measureServerSize, type ServerSize, serverSettings, settingArguments } from './server-settings.ts';
import { type ServerNotice, Supervisor } from './supervisor.ts';

export type { ServerNotice } from './supervisor.ts';

export interface EmbeddedOptions {
  /** The directory that is the database's alone; made when it is not there. */
  readonly dataDir: string;
  /**
   * True for a process that works for a while, beside the one that serves or without it: it uses a server that
   * runs, starts one when none does, and at its end stops the server only when no other process uses it. It does
   * not restart a server that dies.
   */
  readonly share?: boolean;
  readonly size?: Partial<ServerSize>;
  /** The longest to wait for a server that does not answer. */
  readonly answerWaitMs?: number;
  readonly onNotice?: (notice: ServerNotice) => void;
  /** For throw-away clusters only: a power cut may destroy everything in it. */
  readonly withoutDurabilityForTests?: boolean;
}

export interface EmbeddedServer {
  readonly connection: SocketConnection;
  /** The process id of the server that runs now. */
  findPid(): number | undefined;
  /** Set while the server is down for a known reason: give it to openDatabase, and queries fail with it. */
  whyDown(): Fault | undefined;
  /** Resolves, if ever, with the reason why the server is given up: the process should then end. */
  readonly failed: Promise<Fault>;
  /** Ends sessions, writes everything out and waits for the server's end. Safe to call twice. */
  stop(): Promise<void>;
}

/** The database that Casebound uses on its embedded server, and the role that owns it. */
export const embeddedDatabaseName = 'casebound';

/**
 * Starts (or joins) the embedded PostgreSQL of a directory and keeps it running.
 *
 * It listens on a private Unix socket only. As root the server runs as another account, see chooseServerAccount.
 * A server that a killed process left behind is adopted. When the server dies it is started again; when the disk
 * is full that goes on until there is space; when it keeps dying, `failed` resolves. It ends with this process:
 * see endWithProcess.
 *
 * @throws Fault `storage-unusable` (directory not usable, in use by another process, server does not start) or
 * `storage-full`, each with one line for the operator.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  const { directory, account } = await prepareDataDirectory(options.dataDir, chooseServerAccount);
  const programs = await findServerPrograms(account, directory.path);
  const durable = options.withoutDurabilityForTests !== true;
  await initCluster(directory, { programs, account, durable });
  const socketDirectory = prepareSocketDirectory(directory, account);
  const size = { ...measureServerSize(directory.path), ...options.size };
  const args = settingArguments(serverSettings(socketDirectory, size, durable));
  const guest = options.share === true;
  const supervisor = new Supervisor({
    launch: { postgres: programs.postgres, directory, account, args },
    socketDirectory,
    databaseName: embeddedDatabaseName,
    guest,
    answerWaitMs: options.answerWaitMs ?? 60_000,
    onNotice: (notice) => options.onNotice?.(notice),
  });
  await supervisor.arrive();
  const outlive = endWithProcess(supervisor);
  if (!guest) void supervisor.keepUp();
  return {
    connection: {
      kind: 'socket',
      directory: socketDirectory,
      database: embeddedDatabaseName,
      user: embeddedDatabaseName,
    },
    findPid: () => supervisor.findPid(),
    whyDown: () => supervisor.whyDown(),
    failed: supervisor.failed,
    stop: () => supervisor.stop().finally(outlive),
  };
};
