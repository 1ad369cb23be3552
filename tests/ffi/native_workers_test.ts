import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sampleLines } from "../support/sample_lines.ts";
import { libraryPath, missingLibrary } from "./_native.ts";
import type { WorkerResult, WorkerTask } from "./_worker.ts";

describe("NativeParser in workers", { skip: missingLibrary }, () => {
  it("makes the tapes of JsonParser in four at once", async () => {
    const lines = sampleLines();
    const results = await Promise.all(
      [0, 1, 2, 3].map((part) => {
        const own = lines.filter((_, i) => i % 4 === part);
        const text = own.map((line) => new TextDecoder().decode(line));
        const block = new TextEncoder().encode(`${text.join("\n")}\n`);
        return runWorker({ path: libraryPath, block, rounds: 50 })
          .then((result) => [result, own.length * 50] as const);
      }),
    );
    for (const [result, records] of results) {
      assert.deepEqual(result, { records });
    }
  });
});

async function runWorker(task: WorkerTask): Promise<WorkerResult> {
  const worker = new Worker(new URL("./_worker.ts", import.meta.url).href, {
    type: "module",
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data as WorkerResult);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}
