/** What the library does where Deno has not given a permission. Deno alone has them. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).href;

/** Runs a program with these permissions; it may ask for others, and nobody answers. */
async function run(program: string, permissions: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "permissions-"));
  try {
    const path = join(folder, "program.ts");
    writeFileSync(path, program.replaceAll("ROOT", ROOT));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", ...permissions, path],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

Deno.test("replay() says which permission a path lacks, before it touches it", async () => {
  const output = await run(
    `import { replay } from "ROOTsrc/replay/mod.ts";
    try { for await (const _ of replay("/nowhere/a.bz2")); }
    catch (error) { console.log(error.name, error.code, error.message); }`,
    [],
  );
  assert.equal(
    output.trim(),
    'ReplaySourceError not-readable Cannot read "/nowhere/a.bz2": --allow-read must be given for it: it is not',
  );
});

Deno.test("record() needs its own folder and no other, and says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "permissions-"));
  const target = join(folder, "recordings");
  const program = `import { record } from "ROOTsrc/record/mod.ts";
    const line = new TextEncoder().encode('{"op":"mcm","pt":1}\\n');
    const recording = record(ReadableStream.from([line]), ${
    JSON.stringify(target)
  }, { gzip: false });
    try { for await (const _ of recording); console.log(recording.summary.lines, "line"); }
    catch (error) { console.log(error.name, error.message); }`;
  try {
    assert.match(
      await run(program, [`--allow-read=${target}`]),
      /^RecordError Cannot record to ".*" as .*: --allow-write must be given for it/,
    );
    assert.equal(
      (await run(program, [
        `--allow-read=${target}`,
        `--allow-write=${target}`,
      ])).trim(),
      "1 line",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
