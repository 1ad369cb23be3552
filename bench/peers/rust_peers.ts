/**
 * The crates betfair-stream-api and betfair-stream-types, built by cargo.
 *
 * @module
 */

import { lastLine, type Peer, type PreparedPeers, runProgram } from "./peer.ts";

const SOURCE_FILES = ["Cargo.toml", "src/main.rs"];
const BINARY = "betfair-stream-peers";

/**
 * Builds the Rust peers, or says why not.
 *
 * @param folder Where everything that is built goes.
 */
export async function prepareRustPeers(folder: string): Promise<PreparedPeers> {
  const project = `${folder}/rust`;
  // A copy, so that cargo writes its lock file beside what it builds.
  const manifest = await copySources(project);
  const built = await runProgram(
    ["cargo", "build", "--release", "--quiet", "--manifest-path", manifest],
    { env: { CARGO_TARGET_DIR: `${project}/target` } },
  );
  if (built === undefined) return skipped("cargo is not on the PATH");
  if (built.code !== 0) {
    return skipped(`cargo cannot build it: ${firstError(built.stderr)}`);
  }
  const binary = `${project}/target/release/${BINARY}`;
  const version = versionOf(await Deno.readTextFile(manifest));
  const common = { version, isOurs: false } as const;
  const peers: Peer[] = [
    {
      ...common,
      id: "betfair-stream-api",
      title: "betfair-stream-api (Rust)",
      work: "books",
      command: [binary, "betfair-stream-api"],
      note: "its codec and its cache",
    },
    {
      ...common,
      id: "betfair-stream-types-serde_json",
      title: "betfair-stream-types, serde_json (Rust)",
      work: "types",
      command: [binary, "betfair-stream-types-serde_json"],
      note: "parses each line into its types and drops it",
    },
    {
      ...common,
      id: "betfair-stream-types-simd-json",
      title: "betfair-stream-types, simd-json (Rust)",
      work: "types",
      command: [binary, "betfair-stream-types-simd-json"],
      note: "the same through simd-json instead of serde_json",
    },
  ];
  return { peers, skipped: [] };
}

/** Copies what has changed: cargo builds anew what is newer. */
async function copySources(project: string): Promise<string> {
  await Deno.mkdir(`${project}/src`, { recursive: true });
  for (const file of SOURCE_FILES) {
    const text = await Deno.readTextFile(
      new URL(`rust/${file}`, import.meta.url),
    );
    const target = `${project}/${file}`;
    if (await readIfThere(target) !== text) {
      await Deno.writeTextFile(target, text);
    }
  }
  return `${project}/Cargo.toml`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function versionOf(manifest: string): string {
  return /^betfair-stream-api = "=?([^"]+)"/m.exec(manifest)?.[1] ?? "unknown";
}

function firstError(stderr: string): string {
  return /^error.*$/m.exec(stderr)?.[0] ?? lastLine(stderr);
}

function skipped(reason: string): PreparedPeers {
  return {
    peers: [],
    skipped: [{ title: "betfair-stream-api (Rust)", reason }],
  };
}
