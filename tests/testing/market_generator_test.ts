import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { generateSession, MarketGenerator } from "../../src/testing/mod.ts";
import type { MarketGeneratorOptions } from "../../src/testing/mod.ts";
import { ReferenceCache } from "../support/reference_cache.ts";
import { SESSIONS } from "./sessions.ts";

const SEEDS = [1, 2, 3];

describe("MarketGenerator", () => {
  for (const [remark, options] of SESSIONS) {
    for (const seed of SEEDS) {
      it(`state equals what a cache makes of its lines: ${remark}, seed ${seed}`, () => {
        const generator = new MarketGenerator({ ...options, seed });
        const cache = new ReferenceCache();
        let compared = 0;
        for (const line of generator) {
          assert.ok(
            line.endsWith(options.flavor === undefined ? "}\r\n" : "}\n"),
          );
          cache.applyLine(line);
          if (!generator.isMessageComplete || generator.lineCount % 13 !== 0) {
            continue;
          }
          assert.deepEqual(
            generator.state,
            cache.state(),
            `line ${generator.lineCount}`,
          );
          compared++;
        }
        assert.deepEqual(generator.state, cache.state());
        assert.ok(compared > 3, `compared ${compared} times`);
      });
    }
  }

  it("gives the same bytes for the same options in every runtime", () => {
    const eventful =
      SESSIONS.find(([remark]) => remark.includes("eventful"))![1];
    const pinned: readonly (readonly [MarketGeneratorOptions, string])[] = [
      [
        { ...eventful, seed: 11 },
        "a74db3e70bac4f6496a31e9868f57b26adafa0ddd322a7ed28c007640f41f6d9",
      ],
      [
        { flavor: "pro", seed: 11, messages: 200 },
        "951e2a15fbfdf1ff8af8287b7b8579b90ae8d290263c41a919431c17569dc000",
      ],
      [
        { flavor: "basic", seed: -5, messages: 50 },
        "ea19cad24590f4efd99cdcbe58046b75f5717fd7415ae62734ddcb1fdd563666",
      ],
    ];
    for (const [options, digest] of pinned) {
      const bytes = generateSession(options);
      assert.equal(createHash("sha256").update(bytes).digest("hex"), digest);
    }
  });

  it("gives other bytes for another seed", () => {
    const [first, second] = [1, 2].map((seed) =>
      generateSession({ seed, messages: 5 })
    );
    assert.notDeepEqual(first, second);
  });

  it("chunks() and bytes() hold the lines that are still to come", () => {
    const options = { seed: 4, messages: 300 };
    const generator = new MarketGenerator(options);
    const head = [generator.next().value, generator.next().value].join("");
    const rest = [...generator.chunks()].map((chunk) =>
      new TextDecoder().decode(chunk)
    ).join("");
    assert.equal(
      head + rest,
      new TextDecoder().decode(generateSession(options)),
    );
    assert.equal(generator.next().done, true);
  });

  it("isMessageComplete is false exactly before the last segment of a message", () => {
    const generator = new MarketGenerator({
      seed: 5,
      messages: 100,
      segmentShare: 0.5,
    });
    let segmented = 0;
    for (const line of generator) {
      const { segmentType } = JSON.parse(line);
      assert.equal(
        generator.isMessageComplete,
        !["SEG_START", "SEG"].includes(segmentType),
      );
      if (segmentType === "SEG_START") segmented++;
    }
    assert.ok(segmented > 10);
  });

  it("tells every kind of event that was asked for", () => {
    const eventful =
      SESSIONS.find(([remark]) => remark.includes("eventful"))![1];
    const text = SEEDS.map((seed) =>
      new TextDecoder().decode(generateSession({ ...eventful, seed }))
    ).join("");
    for (const token of EVENT_TOKENS) assert.ok(text.includes(token), token);
  });

  it("speaks the conventions of purchased files", () => {
    const pro = new TextDecoder().decode(
      generateSession({ flavor: "pro", messages: 300 }),
    );
    for (
      const absent of [
        '"ct"',
        '"initialClk"',
        '"batb"',
        '"raceType"',
        '"op":"status"',
        "\r",
      ]
    ) {
      assert.ok(!pro.includes(absent), absent);
    }
    assert.match(pro, /^\{"op":"mcm","clk":"\d+","pt":\d+,"mc":\[/);
    assert.match(pro, /"marketBaseRate":5\.0,/);
    assert.match(pro, /"rc":\[\],"con":true,"img":false/);
    assert.match(pro, /"bsp":\d+\.\d{1,2}[,}]/);
    const basic = new TextDecoder().decode(
      generateSession({ flavor: "basic", messages: 50 }),
    );
    assert.match(basic, /"rc":\[\{"ltp":\d+(\.\d+)?,"id":\d+\}/);
    assert.doesNotMatch(basic, /"(con|img|tv|atb)":/);
  });

  it("rejects numbers out of range", () => {
    assert.throws(() => new MarketGenerator({ markets: 0 }), RangeError);
    assert.throws(
      () => new MarketGenerator({ ladderLevels: 11 }),
      /"ladderLevels" must be/,
    );
    assert.throws(() => new MarketGenerator({ seed: 0.5 }), RangeError);
    assert.throws(() => new MarketGenerator({ marketTypes: [] }), RangeError);
    assert.throws(
      () => new MarketGenerator({ flavor: "pro", orders: true }),
      TypeError,
    );
  });
});

const EVENT_TOKENS = [
  '"op":"connection"',
  '"op":"status"',
  '"op":"ocm"',
  '"ct":"SUB_IMAGE"',
  '"ct":"RESUB_DELTA"',
  '"ct":"HEARTBEAT"',
  '"segmentType":"SEG_START"',
  '"segmentType":"SEG"',
  '"segmentType":"SEG_END"',
  '"status":503',
  '"img":true',
  '"con":true',
  '"batb":[]',
  '"hc":-0.25',
  '"status":"REMOVED"',
  '"removalDate"',
  '"bspReconciled":true',
  '"inPlay":true',
  '"status":"SUSPENDED"',
  '"status":"CLOSED"',
  '"settledTime"',
  '"status":"WINNER"',
  '"spf":"NaN"',
  '"spf":"Infinity"',
  '"fullImage":true',
  '"closed":true',
  '"status":"EC"',
  '"cd":',
  '"ld":',
  '"smc":',
  "è",
];
