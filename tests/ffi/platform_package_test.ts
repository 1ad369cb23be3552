import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { libraryName, platformName } from "../../ffi/_library.ts";
import { libraryPath, missingLibrary } from "./_native.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PACKAGE = `@betfair-stream/native-${platformName()}`;

const PROGRAM = `
  import { openParser } from "./ffi/mod.ts";
  const { parser, reason } = openParser();
  const block = new TextEncoder().encode('{"op":"mcm","pt":5}\\n');
  parser.parse(block, 0, block.length);
  console.log(JSON.stringify([parser.backend, parser.counts.changes, reason]));
`;

/** A project with this library in it, as installed, and no build folder. */
class Project implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "betfair-package-"));

  constructor() {
    for (const folder of ["ffi", "src"]) {
      cpSync(join(ROOT, folder), join(this.path, folder), { recursive: true });
    }
    copyFileSync(join(ROOT, "deno.json"), join(this.path, "deno.json"));
    this.#write("package.json", { name: "project", type: "module" });
    writeFileSync(join(this.path, "main.ts"), PROGRAM);
  }

  /** Installs the package for a platform. */
  install(name: string): void {
    const folder = `node_modules/${name}`;
    mkdirSync(join(this.path, folder), { recursive: true });
    this.#write(`${folder}/package.json`, { name, version: "0.1.0" });
    copyFileSync(libraryPath, join(this.path, folder, libraryName()));
  }

  /** What the program prints in this runtime. */
  run(): unknown {
    const environment = { ...process.env };
    delete environment.BETFAIR_STREAM_NATIVE;
    const flags = "Deno" in globalThis
      ? ["--no-prompt", "--node-modules-dir=manual", "--allow-all"]
      : [];
    const { status, stdout, stderr } = spawnSync(process.execPath, [
      "run",
      ...flags,
      "main.ts",
    ], { cwd: this.path, encoding: "utf8", env: environment });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }

  #write(path: string, content: unknown): void {
    writeFileSync(join(this.path, path), JSON.stringify(content));
  }
}

describe("openNative() and the platform package", {
  skip: missingLibrary,
}, () => {
  it("finds the library in the package for this system", () => {
    using project = new Project();
    project.install(PACKAGE);
    const [backend, changes, reason] = project.run() as unknown[];
    assert.deepEqual([backend, changes], ["native", 1]);
    assert.ok(
      String(reason).endsWith(
        join(project.path, "node_modules", PACKAGE, libraryName()) +
          " (platform package)",
      ),
      String(reason),
    );
  });

  it("does without, and says so, when only another system's is there", () => {
    using project = new Project();
    project.install("@betfair-stream/native-solaris-sparc");
    const [backend, changes, reason] = project.run() as unknown[];
    assert.deepEqual([backend, changes], ["scanner", 1]);
    assert.match(String(reason), /\(not-found\)$/);
  });
});
