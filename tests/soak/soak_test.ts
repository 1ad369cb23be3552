import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { SoakResult } from "./_soak_client.ts";

const SOAK = fileURLToPath(new URL("./soak.ts", import.meta.url));

const SEED = 20261125;

/** Its state is too long to be printed. */
type SoakReport = Omit<SoakResult, "exchange"> & {
  readonly exchange: Omit<SoakResult["exchange"], "state">;
};

/**
 * Soaks in a process of its own: sockets and memory are those of a process, and
 * this one runs other tests beside it.
 */
function soak(records: boolean): Promise<SoakReport> {
  const args = [
    ..."Deno" in globalThis ? ["run", "--allow-all"] : [],
    SOAK,
    "--json",
    "--seconds=5",
    `--seed=${SEED}`,
    "--markets=200",
    "--rate=1000",
    "--fault-every=150",
    ...records ? ["--record"] : [],
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      try {
        // Also with exit code 1: it tells what is wrong.
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`no report: ${stdout}${stderr}`, { cause: error }));
      }
    });
  });
}

describe("StreamClient in a soak", () => {
  for (const records of [false, true]) {
    const remark = records ? ", and so does its recording" : "";
    it(`agrees with the exchange after seconds of faults${remark} (seed ${SEED})`, async () => {
      const { problems, gaps, orders, health, exchange } = await soak(records);
      assert.deepEqual(problems, []);
      assert.ok(orders > 10);
      // How many depends on the machine; without any, nothing was tested.
      assert.ok(health.reconnects >= 2, JSON.stringify(exchange.faults));
      assert.ok(Object.values(gaps).reduce((sum, n) => sum + n, 0) >= 2);
    });
  }
});
