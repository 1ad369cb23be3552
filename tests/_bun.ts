// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Finds Bun and the npm test libraries on a machine that may have neither.
 * Runs under Deno only.
 */

import { fileURLToPath } from "node:url";

/** The root of the repository, with a trailing slash. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** A folder for everything that is built or fetched; git ignores it. */
export const BUILD_DIR: string = `${ROOT}.build/`;

/** A program that could not be fetched, with what was tried. */
export class ToolUnavailableError extends Error {
  override readonly name: string = "ToolUnavailableError";
}

/**
 * Reads the pinned version of a runtime from `.ci/versions`.
 *
 * @param runtime `deno` or `bun`.
 * @returns The version, such as `1.4.5`.
 */
export function pinnedVersion(runtime: "deno" | "bun"): string {
  const text = Deno.readTextFileSync(`${ROOT}.ci/versions`);
  const version = new RegExp(`^${runtime}=(\\S+)$`, "m").exec(text)?.[1];
  if (version === undefined) {
    throw new TypeError(
      `Cannot pin ${runtime} as .ci/versions does not name it`,
    );
  }
  return version;
}

/**
 * Finds the pinned Bun: the one fetched before, one on the `PATH` of exactly
 * that version, or else one fetched from npm into `.build/`.
 *
 * @returns The path of the program.
 * @throws {ToolUnavailableError} when it has to be fetched and npm fails.
 */
export async function findBun(): Promise<string> {
  const version = pinnedVersion("bun");
  const prefix = `${BUILD_DIR}bun-${version}`;
  const fetched = `${prefix}/node_modules/bun/bin/bun.exe`;
  for (const candidate of [fetched, "bun"]) {
    if (await versionOf(candidate) === version) return candidate;
  }
  console.log(`Fetching bun@${version} from npm into .build/`);
  await Deno.mkdir(prefix, { recursive: true });
  await npm(["install", "--prefix", prefix, "--no-save", `bun@${version}`]);
  if (await versionOf(fetched) !== version) {
    // npm was told to run no install scripts, and Bun's package needs its own.
    await output("node", [`${prefix}/node_modules/bun/install.js`]);
  }
  if (await versionOf(fetched) !== version) {
    throw new ToolUnavailableError(
      `Cannot run bun@${version} although npm installed it`,
    );
  }
  return fetched;
}

/**
 * Installs the npm libraries that package.json names into `node_modules/`,
 * unless the pinned versions are there. Bun needs them; Deno reads its own
 * cache.
 *
 * @throws {ToolUnavailableError} when npm fails.
 */
export async function installLibraries(): Promise<void> {
  const wanted = Object.entries(libraries(`${ROOT}package.json`));
  const missing = wanted.filter(([name, version]) =>
    installedVersion(name) !== version.replace(/^[~^]/, "")
  );
  if (missing.length === 0) return;
  console.log(
    `Installing ${missing.map(([name]) => name).join(", ")} from npm`,
  );
  await npm(["install", "--prefix", ROOT, "--ignore-scripts"]);
}

/** All libraries a package.json asks for, as name → version. */
function libraries(path: string): Record<string, string> {
  const manifest = JSON.parse(Deno.readTextFileSync(path)) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  return { ...manifest.dependencies, ...manifest.devDependencies };
}

/** The version of a library in `node_modules/`, if it is there. */
function installedVersion(name: string): string | undefined {
  try {
    const path = `${ROOT}node_modules/${name}/package.json`;
    return (JSON.parse(Deno.readTextFileSync(path)) as { version: string })
      .version;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What `program --version` prints, or `undefined` when it cannot be run. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { success, text } = await output(program, ["--version"]);
    return success ? text.trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs npm quietly, without writing a lock file. */
async function npm(args: string[]): Promise<void> {
  const flags = [
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const all = [...args, ...flags];
  let result: Awaited<ReturnType<typeof output>>;
  try {
    result = await output(Deno.build.os === "windows" ? "npm.cmd" : "npm", all);
  } catch (cause) {
    throw new ToolUnavailableError("Cannot run npm", { cause });
  }
  if (!result.success) {
    throw new ToolUnavailableError(
      `Cannot run npm ${args.join(" ")}: ${result.errors.trim()}`,
    );
  }
}

/** Runs a program to its end and returns what it printed. */
async function output(
  program: string,
  args: string[],
): Promise<{ success: boolean; text: string; errors: string }> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    success,
    text: decoder.decode(stdout),
    errors: decoder.decode(stderr),
  };
}
