/**
 * This library, in both runtimes and with each backend that is at hand.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { findBun, ROOT, ToolUnavailableError } from "../../tests/_bun.ts";
import {
  lastLine,
  type Peer,
  type PreparedPeers,
  runProgram,
  type SkippedPeer,
} from "./peer.ts";

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** Whom the others are compared with. */
export const REFERENCE_ID: string = "deno-scanner";

/**
 * Finds the runtimes and the native library, or says why not.
 *
 * @param probe A small recording, to see whether a backend can be had.
 */
export async function prepareLibraryPeers(
  probe: string,
): Promise<PreparedPeers> {
  const peers: Peer[] = [];
  const skipped: SkippedPeer[] = [];
  for (const runtime of ["Deno", "Bun"] as const) {
    for (const backend of ["scanner", "native"] as const) {
      const title = `this library, ${runtime}, ${backend}`;
      let command: readonly string[];
      try {
        command = [...await commandOf(runtime), CHILD, backend];
      } catch (error) {
        if (!(error instanceof ToolUnavailableError)) throw error;
        skipped.push({ title, reason: error.message });
        continue;
      }
      const tried = await runProgram([...command, "once", "0", probe]);
      if (tried?.code !== 0) {
        const text = tried?.stderr ?? "";
        const reason = lastLine(text) || "it cannot be started";
        // A library that was not built may be missing; all else is a fault of ours.
        if (!text.includes("NativeUnavailableError")) {
          throw new Error(`Cannot measure ${title}: ${reason}`);
        }
        skipped.push({ title, reason });
        continue;
      }
      peers.push({
        id: `${runtime.toLowerCase()}-${backend}`,
        title,
        version: await versionOf(command[0]!),
        work: "books",
        isOurs: true,
        command,
      });
    }
  }
  return { peers, skipped };
}

async function commandOf(runtime: "Deno" | "Bun"): Promise<readonly string[]> {
  return runtime === "Bun" ? [await findBun()] : [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "-A",
    "--config",
    `${ROOT}deno.json`,
  ];
}

async function versionOf(program: string): Promise<string> {
  const result = await runProgram([program, "--version"]);
  return /\d+\.\d+\.\d+/.exec(result?.stdout ?? "")?.[0] ?? "unknown";
}
