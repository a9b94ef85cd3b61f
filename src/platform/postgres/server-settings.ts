import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/** What the server may use of the machine. */
export interface ServerSize {
  readonly connectionsMax: number;
  readonly memoryMb: number;
  readonly diskMb: number;
}

const mebibyte = 1_048_576;

/** What this machine (or its container's limit) and the directory's disk have room for. */
export const measureServerSize = (directory: string): ServerSize => {
  const limit = constrainedMemory();
  const memoryBytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  const disk = statfsSync(directory);
  return {
    connectionsMax: 60,
    memoryMb: Math.floor(memoryBytes / mebibyte),
    diskMb: Math.floor((disk.blocks * disk.bsize) / mebibyte),
  };
};

const between = (low: number, high: number, value: number): number =>
  Math.max(low, Math.min(high, Math.floor(value)));

/**
 * The settings of the embedded server, given on its command line so that no file can weaken them: a private
 * socket and no network, every commit on disk before it is answered, no row values in the log.
 */
export const serverSettings = (
  socketDirectory: string,
  size: ServerSize,
  durable: boolean,
): Readonly<Record<string, string>> => ({
  listen_addresses: '',
  unix_socket_directories: socketDirectory,
  unix_socket_permissions: '0700',
  port: '5432',
  max_connections: String(size.connectionsMax),
  fsync: durable ? 'on' : 'off',
  full_page_writes: durable ? 'on' : 'off',
  synchronous_commit: durable ? 'on' : 'off',
  shared_buffers: `${between(32, 1_024, size.memoryMb / 8)}MB`,
  effective_cache_size: `${between(64, 65_536, size.memoryMb / 2)}MB`,
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  wal_compression: 'on',
  // The log between two checkpoints must not fill a small disk.
  max_wal_size: `${between(64, 1_024, size.diskMb / 8)}MB`,
  min_wal_size: '32MB',
  checkpoint_timeout: '5min',
  random_page_cost: '1.1',
  jit: 'off',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  io_workers: '2',
  autovacuum_max_workers: '2',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // `log` leaves out ERROR and WARNING, whose texts may quote a value; terse leaves out DETAIL and CONTEXT.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  logging_collector: 'off',
  restart_after_crash: 'on',
  // One call for the whole file system in place of one for each of a thousand files: back in 0.3 s, not in 3 s.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
});

export const settingArguments = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
