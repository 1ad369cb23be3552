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
  create: async (path) => new DiskFile(await open(path, "wx")),
  reopen: async (path) => new DiskFile(await open(path, "r+")),
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

class DiskFile implements RecordFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array, position: number): Promise<number> {
    const { bytesWritten } = await this.#handle.write(
      bytes,
      0,
      bytes.length,
      position,
    );
    return bytesWritten;
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
