import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exportsOf, type ModuleExports, readSource } from "./_module_graph.ts";

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly license?: string;
  readonly exports: Record<string, string>;
  readonly imports?: Record<string, string>;
  readonly tasks?: Record<string, string | { command: string }>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const DENO = JSON.parse(readSource("deno.json")) as Manifest;
const NPM = JSON.parse(readSource("package.json")) as Manifest;
const SURFACE = JSON.parse(readSource("tests/public_surface.json")) as Record<
  string,
  ModuleExports
>;

const ADVICE =
  "if the change is meant, run `deno task test:surface` and add a line to CHANGELOG.md";

describe("public surface", () => {
  it("has the entry points that are pinned", () => {
    assert.deepEqual(Object.keys(SURFACE), Object.keys(DENO.exports), ADVICE);
  });

  for (const [entry, path] of Object.entries(DENO.exports)) {
    it(`of ${entry} exports the names that are pinned`, () => {
      assert.deepEqual(exportsOf(path.slice(2)), SURFACE[entry], ADVICE);
    });

    it(`of ${entry} exists at run time as it is written`, async () => {
      const specifier = new URL(`../${path}`, import.meta.url).href;
      const module = await import(specifier) as Record<string, unknown>;
      assert.deepEqual(
        Object.keys(module).sort(),
        exportsOf(path.slice(2)).values,
      );
    });
  }
});

describe("package.json", () => {
  it("has the name and the entry points of deno.json", () => {
    assert.equal(NPM.name, DENO.name);
    assert.deepEqual(NPM.exports, DENO.exports);
  });

  it("leaves the version to deno.json", () => {
    assert.match(DENO.version ?? "", /^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
    assert.equal(NPM.version, undefined);
  });

  it("names one exact version of each library", () => {
    const loose = Object.entries({
      ...NPM.dependencies,
      ...NPM.devDependencies,
    })
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, []);
  });

  it("names no runtime, as npm cannot lock Deno's package for every platform", () => {
    const names = Object.keys({ ...NPM.dependencies, ...NPM.devDependencies });
    assert.deepEqual(
      names.filter((name) => name === "deno" || name === "bun"),
      [],
    );
  });

  it("agrees with deno.json on every npm library that both name", () => {
    const versions = { ...NPM.dependencies, ...NPM.devDependencies };
    for (const [name, specifier] of Object.entries(DENO.imports ?? {})) {
      if (!specifier.startsWith("npm:")) continue;
      assert.equal(specifier, `npm:${name}@${versions[name]}`);
    }
  });
});

describe("deno.json", () => {
  it("checks the documentation of every entry point", () => {
    const task = DENO.tasks?.["doc"] ?? "";
    const words = (typeof task === "string" ? task : task.command).split(" ");
    for (const path of Object.values(DENO.exports)) {
      assert.ok(
        words.includes(path.slice(2)),
        `task doc does not name ${path}`,
      );
    }
  });

  it("has the licence of LICENSE and a version that CHANGELOG.md knows", () => {
    assert.equal(DENO.license, "MIT");
    assert.match(readSource("LICENSE"), /^MIT License\n/);
    const version = (DENO.version ?? "").replaceAll(".", "\\.");
    assert.match(
      readSource("CHANGELOG.md"),
      new RegExp(`^## ${version}\\b`, "m"),
    );
  });
});
