// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Runs the whole test suite: in Deno, in Bun, and the examples in the
 * documentation. Prints, last of all, the line `N passed, N failed, N skipped`
 * with the sums, and exits with 1 when anything failed or nothing ran.
 *
 * ```sh
 * deno task test                         # everything
 * deno task test:deno tests/framing      # one runtime, one folder
 * ```
 *
 * Options: `--only=deno|bun|docs`; `--summary=FILE` writes the last line to a
 * file instead, and what failed below it. Everything else is a path to test.
 */

import { parseArgs } from "node:util";
import {
  BUILD_DIR,
  findBun,
  installLibraries,
  pinnedVersion,
  ROOT,
  ToolUnavailableError,
} from "./_bun.ts";
import { readJunitReport, type TestCounts, type TestReport } from "./_junit.ts";

/** One part of the suite, with where its JUnit report goes. */
interface Part {
  readonly name: string;
  readonly run: (report: string, paths: string[]) => Promise<boolean>;
}

/** Reports of the last run, for a reader who wants the details. */
const REPORT_DIR = `${BUILD_DIR}reports/`;

/** A test that takes longer than this hangs: Bun's own limit is 5 s. */
const BUN_TEST_TIMEOUT_MS = 120_000;

/**
 * A part that takes longer than this hangs, ms. Deno has no limit for a test,
 * and what waits for ever would say less than what fails.
 */
const PART_TIMEOUT_MS = 25 * 60_000;

/** Runs a program with its output shown, and says whether it succeeded. */
async function show(program: string, args: string[]): Promise<boolean> {
  const child = new Deno.Command(program, { args, cwd: ROOT, stdin: "null" })
    .spawn();
  const timer = setTimeout(() => {
    console.error(`\nstopped after ${PART_TIMEOUT_MS / 60_000} min: it hangs`);
    child.kill("SIGKILL");
  }, PART_TIMEOUT_MS);
  try {
    return (await child.status).success;
  } finally {
    clearTimeout(timer);
  }
}

const PARTS: readonly Part[] = [
  {
    name: "deno",
    run: (report, paths) =>
      show(Deno.execPath(), [
        "test",
        "--parallel",
        // Some tests make links and look into /proc, which Deno grants only whole.
        // What the library may do is the subject of tests that start Deno anew.
        "--allow-all",
        `--junit-path=${report}`,
        ...(paths.length > 0 ? paths : ["tests/"]),
      ]),
  },
  {
    name: "bun",
    run: async (report, paths) => {
      const bun = await findBun();
      await installLibraries();
      return show(bun, [
        "test",
        `--timeout=${BUN_TEST_TIMEOUT_MS}`,
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        // Without "./" Bun takes a path as a filter on names.
        ...(paths.length > 0 ? paths : ["tests"]).map((path) =>
          `./${path.replace(/^\.\//, "")}`
        ),
      ]);
    },
  },
  {
    name: "docs",
    run: (report, paths) =>
      show(Deno.execPath(), [
        "test",
        "--doc",
        // Some tests make links and look into /proc, which Deno grants only whole.
        // What the library may do is the subject of tests that start Deno anew.
        "--allow-all",
        `--junit-path=${report}`,
        ...(paths.length > 0
          ? paths
          : ["mod.ts", "src/", "ffi/mod.ts", "README.md"].filter(exists)),
      ]),
  },
];

/** Whether a file or folder of the repository exists. */
function exists(path: string): boolean {
  try {
    Deno.statSync(ROOT + path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds the native parser, whose tests skip without it. No compiler is no
 * failure, except on CI, where they must not skip.
 */
async function buildNative(): Promise<void> {
  const built = await show(Deno.execPath(), [
    "run",
    "-A",
    "ffi/build.ts",
    "--tests",
  ]);
  if (!built && Deno.env.get("CI")) {
    throw new Error("Cannot test the native parser as it was not built");
  }
}

/** Runs one part and reads what it reported. */
async function runPart(part: Part, paths: string[]): Promise<TestReport> {
  const report = `${REPORT_DIR}${part.name}.xml`;
  await Deno.remove(report).catch(() => {});
  const succeeded = await part.run(report, paths);
  const result = readJunitReport(
    await Deno.readTextFile(report).catch(() => ""),
  );
  const ran = result.passed + result.failed + result.skipped;
  // A file that does not load, or a hook that throws, fails no single test.
  if ((!succeeded || ran === 0) && result.failed === 0) {
    result.failed = 1;
    result.failures.push("outside of any test, or none ran");
  }
  return result;
}

/** Runs the parts asked for, one after the other, and returns the exit code. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { only: { type: "string" }, summary: { type: "string" } },
    allowPositionals: true,
  });
  const parts = PARTS.filter((part) =>
    values.only === undefined || part.name === values.only
  );
  if (parts.length === 0) {
    throw new RangeError(`Cannot run only ${values.only}: no such part`);
  }
  await Deno.mkdir(REPORT_DIR, { recursive: true });
  await buildNative();

  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  const failures: string[] = [];
  for (const [index, part] of parts.entries()) {
    console.log(`\n[${index + 1}/${parts.length}] ${part.name}`);
    const startMs = performance.now();
    let note = "";
    let counts: TestCounts;
    try {
      const report = await runPart(part, positionals);
      counts = report;
      failures.push(...report.failures.map((text) => `${part.name}: ${text}`));
    } catch (error) {
      if (!(error instanceof ToolUnavailableError)) throw error;
      const strict = Boolean(Deno.env.get("CI"));
      counts = { passed: 0, failed: strict ? 1 : 0, skipped: strict ? 0 : 1 };
      if (strict) failures.push(`${part.name}: ${error.message}`);
      note = ` (${error.message})`;
    }
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    lines.push(
      `${part.name.padEnd(5)} ${format(counts)} in ${seconds} s${note}`,
    );
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }

  // Thousands of lines above tell it too, but nobody finds it there.
  const failed = failures.map((text) => `test failed: ${text}\n`);
  if (failed.length > 0) console.log(`\n${failed.join("").trimEnd()}`);
  // These lines begin with a name, so that a reader of logs finds one total.
  console.log(`\nDeno ${Deno.version.deno}, Bun ${pinnedVersion("bun")}`);
  for (const line of lines) console.log(`  ${line.replaceAll(", ", " / ")}`);
  if (values.summary === undefined) console.log(format(total));
  else {
    await Deno.writeTextFile(
      values.summary,
      `${format(total)}\n${failed.join("")}`,
    );
  }
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** The line that a reader, or a machine, looks for. */
function format({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (import.meta.main) main(Deno.args).then(Deno.exit);
