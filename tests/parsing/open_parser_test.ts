import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import {
  type BackendChoice,
  openParser,
} from "../../src/parsing/open_parser.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";

describe("openParser()", () => {
  it("opens the backend that is asked for", () => {
    for (const backend of ["scanner", "json"] as const) {
      const { parser, reason } = openParser({ backend });
      assert.equal(parser.backend, backend);
      assert.equal(reason, "asked for");
    }
    assert.ok(openParser({ backend: "json" }).parser instanceof JsonParser);
    assert.ok(openParser({ backend: "scanner" }).parser instanceof TapeScanner);
  });

  it("takes the fastest one unless asked, and says why", () => {
    for (
      const options of [undefined, {}, { backend: undefined }, {
        backend: "auto",
      }] as const
    ) {
      const { parser, reason } = openParser(options);
      assert.notEqual(parser.backend, "json");
      assert.ok(reason.length > 0);
    }
  });

  it("opens a parser of its own each time", () => {
    assert.notEqual(openParser().parser, openParser().parser);
  });

  it("throws TypeError on another backend", () => {
    const backend = "fast" as BackendChoice;
    assert.throws(() => openParser({ backend }), {
      name: "TypeError",
      message: /must be "auto", "scanner" or "json": "fast"/,
    });
  });
});
