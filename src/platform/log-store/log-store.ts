/** One file of a log: its path below the log's prefix (`tile/0/000`, `checkpoint`) and its bytes. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Where a log's tiles and its checkpoint are kept and served from: a folder now, an object store later. */
export interface LogStore {
  /** Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /**
   * Adds files that never change again. Durable when it resolves. A file that is there already with the same
   * bytes is passed over.
   * @throws Fault `ledger-stopped` when one is there with other bytes, `storage-full`, `storage-down`
   */
  add(files: readonly LogFile[]): Promise<void>;
  /** Puts a file in the place of an older one: readers see the one or the other. Durable when it resolves. */
  replace(file: LogFile): Promise<void>;
  /** Removes a folder of partial tiles, or nothing when there is none. */
  removeFolder(path: string): Promise<void>;
}
