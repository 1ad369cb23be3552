/** What a recorder needs of a file system. See {@linkcode RecordFiles}. */

/** A file that is being written. */
export interface RecordFile {
  /**
   * Writes bytes.
   *
   * @param bytes Borrowed until the promise is settled.
   * @param position Offset in the file of the first byte.
   * @returns How many were written: all of them, or fewer, at least one.
   */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Cuts the file to a length in bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>;
  /** Releases the file. */
  close(): Promise<void>;
}

/**
 * The file system as a recorder sees it: the disk, unless a test or an unusual
 * store gives another one. Errors carry the system's `code`, such as `ENOSPC`.
 */
export interface RecordFiles {
  /** Makes a folder and the ones above it, unless they are there. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file; fails with `EEXIST` if there is one. */
  create(path: string): Promise<RecordFile>;
  /** Opens a file to go on writing it. */
  reopen(path: string): Promise<RecordFile>;
  /** Reads a file from its start. Pieces are borrowed until the next one is asked for. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Whether there is a file. */
  exists(path: string): Promise<boolean>;
  /** Gives a file another name, at once: it has one of them at any time. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** Resolves when the names in a folder are on the disk, as far as the system can tell. */
  syncFolder(path: string): Promise<void>;
}
