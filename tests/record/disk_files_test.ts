import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiskFile, type DiskHandle } from "../../src/record/_disk_files.ts";
import { systemError } from "./_support.ts";

/** A file on a disk with room for so many bytes, which tells of it as Deno does. */
class FullDisk {
  length = 0;
  readonly #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  get handle(): DiskHandle {
    return {
      write: (_bytes: unknown, _offset: unknown, size: number, at: number) => {
        const end = Math.min(at + size, this.#room);
        this.length = Math.max(this.length, end);
        return end === at + size
          ? Promise.resolve({ bytesWritten: size })
          : Promise.reject(systemError("ENOSPC"));
      },
      truncate: (length: number) => {
        this.length = length;
        return Promise.resolve();
      },
      stat: () => Promise.resolve({ size: this.length }),
      sync: () => Promise.resolve(),
      close: () => Promise.resolve(),
    } as unknown as DiskHandle;
  }
}

describe("DiskFile", () => {
  it("says how much was written though the system only says that it failed", async () => {
    const disk = new FullDisk(25);
    const file = new DiskFile(disk.handle, 0);
    assert.equal(await file.write(new Uint8Array(10), 0), 10);
    assert.equal(await file.write(new Uint8Array(20), 10), 15);
    await assert.rejects(file.write(new Uint8Array(5), 25), { code: "ENOSPC" });
    await file.truncate(20);
    assert.equal(await file.write(new Uint8Array(10), 20), 5);
    await assert.rejects(file.write(new Uint8Array(1), 25), { code: "ENOSPC" });
  });

  it("does not take what was there before for what was to be written", async () => {
    const disk = new FullDisk(0);
    disk.length = 30;
    const file = new DiskFile(disk.handle, 30);
    await assert.rejects(file.write(new Uint8Array(1), 0), { code: "ENOSPC" });
    await assert.rejects(file.write(new Uint8Array(9), 30), { code: "ENOSPC" });
  });
});
