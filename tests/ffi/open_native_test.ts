import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  NativeUnavailableError,
  type NativeUnavailableReason,
  openNative,
  openParser,
} from "../../ffi/mod.ts";
import {
  LibraryFolder,
  libraryPath,
  missingLibrary,
  olderAbiPath,
  patchedLibrary,
} from "./_native.ts";

const isDeno = "Deno" in globalThis;
const BLOCK = new TextEncoder().encode(`{"op":"mcm","pt":5}\n`);

/** Asserts that a library is refused for a reason, and that the scanner carries on. */
function assertRefused(path: string, reason: NativeUnavailableReason): void {
  assert.throws(() => openNative({ path }), (error) => {
    assert.ok(error instanceof NativeUnavailableError);
    assert.equal(error.reason, reason, error.message);
    assert.equal(error.path, path);
    assert.match(error.message, /^Cannot open native parser: .*[^.]$/);
    if (!/ABI|cut off/.test(error.message)) {
      assert.ok(error.cause instanceof Error);
    }
    return true;
  });
  const opened = openParser({ path });
  assert.equal(opened.parser.backend, "scanner");
  assert.match(opened.reason, new RegExp(`\\(${reason}\\)$`));
  opened.parser.parse(BLOCK, 0, BLOCK.length);
  assert.equal(opened.parser.counts.changes, 1);
}

/** What `openNative()` finds in a process with this value of the variable. */
function openDefault(variable: string | undefined): unknown {
  const environment = { ...process.env };
  delete environment.BETFAIR_STREAM_NATIVE;
  if (variable !== undefined) environment.BETFAIR_STREAM_NATIVE = variable;
  const { stdout, stderr } = spawnSync(process.execPath, [
    ...(isDeno ? ["run", "--no-check", "--allow-all"] : []),
    fileURLToPath(new URL("./_open_default.ts", import.meta.url)),
  ], { encoding: "utf8", env: environment });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}

describe("openNative()", { skip: missingLibrary }, () => {
  it("opens a path or a file URL", () => {
    for (
      const path of [
        libraryPath,
        pathToFileURL(libraryPath),
        pathToFileURL(libraryPath).href,
      ]
    ) {
      using parser = openNative({ path });
      assert.equal(parser.backend, "native");
      assert.equal(parser.path, libraryPath);
      assert.equal(parser.origin, "path option");
    }
  });

  it("looks at the environment variable, then into the build folder", () => {
    using folder = new LibraryFolder();
    folder.copy();
    assert.deepEqual(openDefault(folder.library), {
      path: folder.library,
      origin: "BETFAIR_STREAM_NATIVE",
    });
    assert.deepEqual(openDefault(undefined), {
      path: libraryPath,
      origin: "build folder",
    });
  });

  it("does not look elsewhere when the named library is missing", () => {
    using folder = new LibraryFolder();
    assert.deepEqual(openDefault(folder.library), {
      path: folder.library,
      reason: "not-found",
    });
  });

  it("says not-found when the library has moved away", () => {
    using folder = new LibraryFolder();
    assertRefused(folder.library, "not-found");
    assertRefused(`${folder.path}/none/here.so`, "not-found");
  });

  it("says not-a-library of a text file, an empty one and a folder", () => {
    using folder = new LibraryFolder();
    folder.write("#!/bin/sh\n# not what it seems to be\n".repeat(10));
    assertRefused(folder.library, "not-a-library");
    folder.write("");
    assertRefused(folder.library, "not-a-library");
    assertRefused(folder.path, "not-a-library");
  });

  it("says not-a-library of one that is cut off", () => {
    using folder = new LibraryFolder();
    folder.write(patchedLibrary("", "").subarray(0, 2000));
    assertRefused(folder.library, "not-a-library");
  });

  it("says wrong-architecture of a library for another processor", () => {
    using folder = new LibraryFolder();
    const bytes = patchedLibrary("", "");
    const at = process.platform === "darwin" ? 4 : 18;
    bytes[at] = bytes[at]! ^ 0x55;
    folder.write(bytes);
    assertRefused(folder.library, "wrong-architecture");
  });

  it("says missing-symbol of some other library", () => {
    using folder = new LibraryFolder();
    folder.write(patchedLibrary("betfair_tape_parse", "betfair_tape_other"));
    assertRefused(folder.library, "missing-symbol");
  });

  it("says wrong-abi of a library from another version", () => {
    using folder = new LibraryFolder();
    folder.copy(olderAbiPath);
    assertRefused(folder.library, "wrong-abi");
  });

  it("says unsupported-runtime of a kernel that is not there", () => {
    assert.throws(() => openNative({ path: libraryPath, kernel: "abacus" }), {
      reason: "unsupported-runtime",
    });
  });
});

describe("openParser() with native", { skip: missingLibrary }, () => {
  it("takes the native backend when it may, and says which and why", () => {
    const { parser, reason } = openParser({ path: libraryPath });
    assert.equal(parser.backend, "native");
    assert.equal(
      reason,
      `the fastest one at hand: ${libraryPath} (path option)`,
    );
  });

  it("throws only when native was asked for", () => {
    const path = `${libraryPath}.none`;
    assert.equal(openParser({ path }).parser.backend, "scanner");
    assert.throws(
      () => openParser({ path, backend: "native" }),
      NativeUnavailableError,
    );
  });

  it("opens the portable backends too", () => {
    assert.equal(openParser({ backend: "json" }).parser.backend, "json");
    assert.equal(openParser({ backend: "scanner" }).parser.backend, "scanner");
    assert.throws(
      () => openParser({ backend: "fast" as "json" }),
      { name: "TypeError", message: /"fast"/ },
    );
  });
});

describe("openParser() in Deno", {
  skip: missingLibrary || !isDeno && "only Deno has permissions",
}, () => {
  const program = `
    import { openParser } from ${
    JSON.stringify(new URL("../../ffi/mod.ts", import.meta.url).href)
  };
    const { parser, reason } = openParser({ path: Deno.args[0] });
    const block = new TextEncoder().encode('{"op":"mcm","pt":5}\\n');
    parser.parse(block, 0, block.length);
    console.log(JSON.stringify([parser.backend, parser.counts.changes, reason]));
  `;
  const run = (flags: string[], path = libraryPath): unknown[] => {
    // Not node:child_process, which hands on permissions of its own accord.
    const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...flags,
        `data:application/typescript,${encodeURIComponent(program)}`,
        path,
      ],
      stdin: "null",
    }).outputSync();
    const decoder = new TextDecoder();
    assert.ok(success, decoder.decode(stderr));
    return JSON.parse(decoder.decode(stdout)) as unknown[];
  };
  const reason = (why: RegExp, [backend, changes, text]: unknown[]): void => {
    assert.deepEqual([backend, changes], ["scanner", 1]);
    assert.match(String(text), why);
  };

  it("needs --allow-ffi for the library only", () => {
    assert.deepEqual(run(["--no-prompt", `--allow-ffi=${libraryPath}`]), [
      "native",
      1,
      `the fastest one at hand: ${libraryPath} (path option)`,
    ]);
  });

  it("takes the scanner without the permission, and does not ask", () => {
    reason(/\(no-permission\)$/, run([]));
    reason(/\(no-permission\)$/, run(["--deny-ffi"]));
    const elsewhere = fileURLToPath(new URL("./", import.meta.url));
    reason(/\(no-permission\)$/, run([`--allow-ffi=${elsewhere}`]));
  });

  it("tells a missing and a false library without --allow-read", () => {
    using folder = new LibraryFolder();
    const flags = ["--no-prompt", `--allow-ffi=${folder.path}`];
    reason(/\(not-found\)$/, run(flags, folder.library));
    folder.write("text ".repeat(100));
    reason(/\(not-a-library\)$/, run(flags, folder.library));
  });
});
