/** The disk. See {@linkcode DISK_FILES}. */

import {
  access,
  type FileHandle,
  mkdir,
  open,
  rename,
  rm,
} from "node:fs/promises";
import { checkPathPermission } from "../_path_permission.ts";
import { systemCodeOf } from "./record_error.ts";
import type { RecordFile, RecordFiles } from "./record_files.ts";

const READ_BYTES = 1 << 16;

/** The file system of the machine. */
export const DISK_FILES: RecordFiles = {
  makeFolder,
  create: async (path) => new DiskFile(await open(path, "wx"), 0),
  reopen: async (path) => {
    const handle = await open(path, "r+");
    return new DiskFile(handle, (await handle.stat()).size);
  },
  read,
  exists,
  rename,
  remove: (path) => rm(path),
  syncFolder,
};

async function makeFolder(path: string): Promise<void> {
  checkPathPermission("write", path);
  checkPathPermission("read", path);
  try {
    // Making the folders above it as well needs the permission to read them.
    await mkdir(path);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT") await mkdir(path, { recursive: true });
    else if (code !== "EEXIST") throw error;
  }
}

async function* read(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Not every system lets a folder be opened; those that do not need no sync.
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch { /* as good as it gets */ }
}

/** What a {@linkcode DiskFile} needs of the system's file. */
export type DiskHandle =
  & Pick<FileHandle, "write" | "truncate" | "sync" | "close">
  & { stat(): Promise<{ readonly size: number }> };

/** A file of the system. */
export class DiskFile implements RecordFile {
  readonly #handle: DiskHandle;
  /** Bytes of the file. */
  #length: number;

  constructor(handle: DiskHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  async write(bytes: Uint8Array, position: number): Promise<number> {
    try {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        0,
        bytes.length,
        position,
      );
      this.#length = Math.max(this.#length, position + bytesWritten);
      return bytesWritten;
    } catch (error) {
      const written = await this.#appended(position);
      // The next write will say again what went wrong.
      if (written > 0) return Math.min(written, bytes.length);
      throw error;
    }
  }

  async truncate(length: number): Promise<void> {
    await this.#handle.truncate(length);
    this.#length = length;
  }

  /**
   * Bytes that a failed write has added to the file: Deno throws on a full disk
   * also when it has written a part, and does not say how much.
   */
  async #appended(position: number): Promise<number> {
    if (position !== this.#length) return 0;
    try {
      this.#length = Math.max(position, (await this.#handle.stat()).size);
    } catch { /* the error that led here is the one to tell */ }
    return this.#length - position;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
