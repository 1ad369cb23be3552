import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import {
  graphOf,
  importsOf,
  listSources,
  type ModuleImport,
  readSource,
} from "./_module_graph.ts";

/** Built-in modules that the portable core may use. It needs none. */
const CORE_BUILTINS: readonly string[] = [];

const ENTRY_POINTS = (JSON.parse(readSource("deno.json")) as {
  exports: Record<string, string>;
}).exports;

const DEPENDENCIES = Object.keys(
  (JSON.parse(readSource("package.json")) as {
    dependencies?: Record<string, string>;
  })
    .dependencies ?? {},
);

/**
 * The command line may be told to use the native parser. It imports it when it
 * runs, and nothing that is a library does.
 */
const NATIVE_EDGE = "src/cli/_open_parser.ts imports ../../ffi/mod.ts";

/** An edge as a line of a failure's message. */
function show({ from, specifier }: ModuleImport): string {
  return `${from} imports ${specifier}`;
}

/** Whether a specifier is a built-in module, spelled with `node:`. */
function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") &&
    builtinModules.includes(specifier.slice(5));
}

/** Whether a specifier is a declared dependency, or a file of one. */
function isDependency(specifier: string): boolean {
  return DEPENDENCIES.some((name) =>
    specifier === name || specifier.startsWith(`${name}/`)
  );
}

describe("mod.ts", () => {
  it("reaches files in src/ only, and no package", () => {
    const strangers = graphOf("mod.ts").filter(({ specifier, target }) =>
      target === undefined
        ? !CORE_BUILTINS.includes(specifier)
        : !target.startsWith("src/")
    );
    assert.deepEqual(strangers.map(show), []);
  });

  it("holds no logic, only exports", () => {
    const statements = readSource("mod.ts")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^\/\/.*$/gm, "")
      .replace(
        /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*from\s*"[^"]+";/gm,
        "",
      );
    assert.equal(statements.trim(), "");
  });
});

for (const [name, entry] of Object.entries(ENTRY_POINTS)) {
  // The native binding is the one entry point that lives outside src/.
  if (!entry.startsWith("./src/")) continue;
  describe(`entry point ${name}`, () => {
    it("reaches nothing outside src/, and only declared packages and built-ins", () => {
      const strangers = graphOf(entry.slice(2)).filter((
        { specifier, target },
      ) =>
        target === undefined
          ? !isBuiltin(specifier) && !isDependency(specifier)
          : !target.startsWith("src/") && target !== "deno.json" &&
            !(name === "./cli" && target.startsWith("ffi/"))
      );
      assert.deepEqual(strangers.map(show), []);
    });
  });
}

describe("src/", () => {
  const edges = listSources("src").flatMap(importsOf);

  it("has relative imports that name existing .ts files", () => {
    const broken = edges.filter(({ specifier, target }) =>
      target !== undefined &&
      (!/\.(?:ts|json)$/.test(specifier) ||
        !existsSync(new URL(`../${target}`, import.meta.url)))
    );
    assert.deepEqual(broken.map(show), []);
  });

  it("imports nothing of ffi/ but where the command line is told to", () => {
    const native = edges.filter(({ target }) => target?.startsWith("ffi/"));
    assert.deepEqual(native.map(show), [NATIVE_EDGE]);
    assert.match(
      readSource("src/cli/_open_parser.ts"),
      /= await import\("\.\.\/\.\.\/ffi\/mod\.ts"\);/,
    );
  });

  it("imports internal files from their own folder and below only", () => {
    const leaks = edges.filter(({ from, target }) => {
      if (target === undefined || !/\/_[^/]*$/.test(target)) return false;
      const folder = dirname(target);
      return dirname(from) !== folder && !from.startsWith(`${folder}/`);
    });
    assert.deepEqual(leaks.map(show), []);
  });
});
