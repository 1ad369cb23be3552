// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Builds the native library, in Deno or in Bun:
 *
 * ```sh
 * deno task build:ffi              # the library, if anything has changed
 * deno task build:ffi --sanitize   # the fuzz target with ASan and UBSan
 * deno task build:ffi --fuzz       # the same for libFuzzer; needs clang
 * deno task build:ffi --fuzz --seconds=600 [FILE...]   # … and runs it
 * deno task build:ffi --tests      # the library and one that tests refuse
 * ```
 *
 * Needs `g++` or `clang++` on Linux or macOS. simdjson's sources come from the
 * npm package `@nozbe/simdjson`, or from `--simdjson=FOLDER` with `simdjson.h` and
 * `simdjson.cpp`, or from the system with `--system-simdjson`. `CXX` names another
 * compiler.
 */

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { libraryName, platformName } from "./_library.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const NATIVE = `${ROOT}ffi/native/`;
/** Lines of every shape, for fuzzing to begin with. */
const SEEDS = `${ROOT}tests/ffi/seeds.ndjson`;
const OUTPUT = `${ROOT}.build/native/${platformName()}/`;
/** The version that the tests ran with. */
const SIMDJSON = "@nozbe/simdjson@3.9.4";
const SIMDJSON_FOLDER = "node_modules/@nozbe/simdjson/src";

/** Flags of every build. The kernel is chosen at run time, so there is no -march. */
const FLAGS = [
  "-std=c++17",
  "-fPIC",
  "-fvisibility=hidden",
  "-fno-exceptions",
  "-fno-rtti",
  "-DSIMDJSON_EXCEPTIONS=0",
  "-Wall",
  "-Wextra",
];
const LIBRARY_SOURCES = ["betfair_tape.cpp", "line_walker.cpp"];
const FUZZ_SOURCES = [...LIBRARY_SOURCES, "fuzz_target.cpp"];

/** Where simdjson is. */
interface Simdjson {
  /** Flags that find its header. */
  readonly include: readonly string[];
  /** Its source; none where a library is linked. */
  readonly source?: string;
  /** Flags that link it. */
  readonly link: readonly string[];
}

/** What a build makes. */
interface Target {
  readonly output: string;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  readonly link: readonly string[];
}

/** A reason for which nothing can be built, for the user. */
class BuildError extends Error {
  override readonly name: string = "BuildError";
}

const USAGE = `Builds the optional native parser; needs g++ or clang++.

  deno task build:ffi                   the library, into .build/native/
  deno task build:ffi --tests           and what its tests need
  deno task build:ffi --sanitize        the fuzz target under sanitizers
  deno task build:ffi --fuzz            the fuzz target under libFuzzer (clang++)

Options:
  --seconds=N         runs the fuzz target for so long, on the files named behind
  --simdjson=FOLDER   sources of simdjson to use, instead of those from npm
  --system-simdjson   the system's simdjson
  --help              this text`;

function optionsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        sanitize: { type: "boolean", default: false },
        fuzz: { type: "boolean", default: false },
        tests: { type: "boolean", default: false },
        seconds: { type: "string" },
        simdjson: { type: "string" },
        "system-simdjson": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BuildError(`${error.message}\n\n${USAGE}`);
  }
}

function main(): void {
  const { values, positionals } = optionsOf();
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (!["linux", "darwin"].includes(process.platform)) {
    throw new BuildError(
      `Cannot build for ${platformName()} as only Linux and macOS are supported; everything works without the library`,
    );
  }
  const target = values.fuzz
    ? fuzzer()
    : values.sanitize
    ? sanitized()
    : library();
  const compiler = findCompiler(values.fuzz);
  if (values.tests) build(compiler, olderAbi(), { include: [], link: [] });
  const simdjson = values["system-simdjson"]
    ? { include: [], link: ["-lsimdjson"] }
    : fromSources(values.simdjson);
  build(compiler, target, simdjson);
  if (values.seconds === undefined) return;
  const files = positionals.length > 0 ? positionals : [SEEDS];
  if (values.fuzz) {
    run(target.output, [
      `-max_total_time=${values.seconds}`,
      "-max_len=4096",
      "-print_final_stats=1",
      `-artifact_prefix=${OUTPUT}`,
      seedCorpus(files),
    ]);
  } else if (values.sanitize) {
    const seed = String(Date.now() % 1_000_000);
    console.log(`Fuzzing for ${values.seconds} s with seed ${seed}`);
    run(target.output, [values.seconds, seed, ...files]);
  }
}

/** Fills libFuzzer's corpus, one file a line and one for each whole file. */
function seedCorpus(files: readonly string[]): string {
  const folder = `${ROOT}.build/fuzz_corpus/`;
  mkdirSync(folder, { recursive: true });
  for (const [index, file] of files.entries()) {
    const bytes = readFileSync(file);
    writeFileSync(`${folder}seed_${index}`, bytes.subarray(0, 4096));
    const lines = bytes.toString("latin1").split("\n").slice(0, 500);
    for (const [number, line] of lines.entries()) {
      writeFileSync(`${folder}seed_${index}_${number}`, line, "latin1");
    }
  }
  return folder;
}

function library(): Target {
  return {
    output: `${OUTPUT}${libraryName()}`,
    sources: LIBRARY_SOURCES,
    flags: [...FLAGS, "-O3", "-DNDEBUG"],
    link: ["-shared"],
  };
}

/** A library that tests expect to be refused. */
function olderAbi(): Target {
  return {
    output: `${OUTPUT}older_abi.${libraryName().split(".").at(-1)}`,
    sources: ["../../tests/ffi/older_abi.c"],
    flags: ["-x", "c", "-fPIC", "-Wall", "-Wextra"],
    link: ["-shared"],
  };
}

function sanitized(): Target {
  const sanitizers =
    "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
      .split(" ");
  return {
    output: `${OUTPUT}fuzz_target_sanitized`,
    sources: FUZZ_SOURCES,
    flags: [...FLAGS, "-O1", "-g", "-DFUZZ_MAIN", ...sanitizers],
    link: sanitizers,
  };
}

function fuzzer(): Target {
  const sanitizers =
    "-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all".split(" ");
  return {
    output: `${OUTPUT}fuzz_target_libfuzzer`,
    sources: FUZZ_SOURCES,
    flags: [...FLAGS, "-O1", "-g", ...sanitizers],
    link: sanitizers,
  };
}

/** Compiles what has changed, several files at once, and links. */
function build(compiler: string, target: Target, simdjson: Simdjson): void {
  mkdirSync(OUTPUT, { recursive: true });
  const objects: string[] = [];
  const headers = readdirSync(NATIVE).filter((name) => name.endsWith(".h"))
    .map((name) => NATIVE + name);
  const units = target.sources.map((name) => ({
    source: NATIVE + name,
    inputs: [NATIVE + name, ...headers],
  }));
  if (simdjson.source !== undefined) {
    units.push({ source: simdjson.source, inputs: [simdjson.source] });
  }
  const started = performance.now();
  let compiled = 0;
  for (const { source, inputs } of units) {
    const name = source.slice(source.lastIndexOf("/") + 1);
    const object = `${target.output}.${name}.o`;
    objects.push(object);
    const args = [...target.flags, ...simdjson.include, "-c", source];
    if (isCurrent(object, inputs, [compiler, ...args])) continue;
    run(compiler, [...args, "-o", object]);
    stamp(object, [compiler, ...args]);
    compiled++;
  }
  const args = [...objects, ...target.link, ...simdjson.link];
  if (!isCurrent(target.output, objects, [compiler, ...args])) {
    // A rename, for a program may have the present one open.
    const fresh = `${target.output}.${process.pid}`;
    run(compiler, [...args, "-o", fresh]);
    renameSync(fresh, target.output);
    stamp(target.output, [compiler, ...args]);
    compiled++;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const path = target.output.slice(ROOT.length);
  console.log(
    compiled === 0
      ? `${path} is up to date`
      : `Built ${path} with ${compiler} in ${seconds} s`,
  );
}

/** Whether a file is newer than its inputs and was made in the same way. */
function isCurrent(
  file: string,
  inputs: readonly string[],
  command: readonly string[],
): boolean {
  if (!existsSync(file) || !existsSync(`${file}.command`)) return false;
  if (readFileSync(`${file}.command`, "utf8") !== command.join("\n")) {
    return false;
  }
  const made = statSync(file).mtimeMs;
  return inputs.every((input) => statSync(input).mtimeMs <= made);
}

function stamp(file: string, command: readonly string[]): void {
  writeFileSync(`${file}.command`, command.join("\n"));
}

/** The compiler to use: `CXX`, or the first one that is there. */
function findCompiler(needsClang: boolean): string {
  const candidates = process.env.CXX
    ? [process.env.CXX]
    : needsClang || process.platform === "darwin"
    ? ["clang++", ...(needsClang ? [] : ["g++"])]
    : ["g++", "clang++"];
  for (const candidate of candidates) {
    if (spawnSync(candidate, ["--version"]).status === 0) return candidate;
  }
  const hint = process.platform === "darwin"
    ? "run xcode-select --install"
    : needsClang
    ? "install clang"
    : "install g++ or clang++";
  throw new BuildError(
    `Cannot build without ${candidates.join(" or ")}: ${hint}`,
  );
}

/** Finds simdjson's sources, or has npm fetch them into the build folder. */
function fromSources(folder: string | undefined): Simdjson {
  const fetched = `${ROOT}.build/simdjson/`;
  const candidates = folder === undefined
    ? [`${ROOT}${SIMDJSON_FOLDER}`, `${fetched}${SIMDJSON_FOLDER}`]
    : [folder];
  for (let last = folder !== undefined;; last = true) {
    for (const candidate of candidates) {
      if (!existsSync(`${candidate}/simdjson.cpp`)) continue;
      // As a system folder: its warnings are not ours.
      return {
        include: ["-isystem", candidate],
        source: `${candidate}/simdjson.cpp`,
        link: [],
      };
    }
    if (last) break;
    console.log(`Fetching ${SIMDJSON} from npm into .build/`);
    mkdirSync(fetched, { recursive: true });
    run("npm", [
      "install",
      "--prefix",
      fetched,
      "--no-save",
      "--no-package-lock",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--loglevel=error",
      SIMDJSON,
    ]);
  }
  throw new BuildError(
    `Cannot find simdjson.cpp in ${candidates.join(" or ")}`,
  );
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) {
    throw new BuildError(`Cannot run ${program}: ${error.message}`);
  }
  if (status !== 0) {
    throw new BuildError(`${program} failed with status ${status}`);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
