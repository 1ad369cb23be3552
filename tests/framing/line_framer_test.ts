import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  LineFramer,
  type LineFramerOptions,
} from "../../src/framing/line_framer.ts";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";
import { SeededRandom } from "../support/random.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a framer makes of chunks: each line with its offset, and each dropped line. */
function frame(
  chunks: readonly Uint8Array[],
  options?: LineFramerOptions,
): string[] {
  const framer = new LineFramer(options);
  const seen: string[] = [];
  const drain = (ready: boolean): void => {
    for (;; ready = framer.next()) {
      for (
        let line = framer.takeOversize();
        line;
        line = framer.takeOversize()
      ) {
        seen.push(
          `${line.byteOffset}: dropped ${line.byteLength} ${
            decoder.decode(line.head)
          }`,
        );
      }
      if (!ready) return;
      assert.ok(framer.end > framer.start);
      assert.equal(framer.bytes[framer.end - 1], 0x0a);
      let at = framer.start;
      while (at < framer.end) {
        const end = framer.bytes.indexOf(0x0a, at) + 1;
        const line = decoder.decode(framer.bytes.subarray(at, end));
        seen.push(
          `${framer.blockOffset + at - framer.start}: ${JSON.stringify(line)}`,
        );
        at = end;
      }
    }
  };
  for (const chunk of chunks) {
    // A copy that is spoiled afterwards: nothing may rely on an old chunk.
    const own = chunk.slice();
    drain(framer.push(own));
    own.fill(0x21);
  }
  drain(framer.finish());
  return seen;
}

function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The input cut at these offsets. */
function cut(bytes: Uint8Array, ...offsets: readonly number[]): Uint8Array[] {
  const ends = [...offsets, bytes.length];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

const SAMPLE = bytesOf(`{"a":1}\r\n\r\n\n{"b":"é🐎"}\r\n{"c":[]}\n \n{"d":2}`);
const SAMPLE_LINES = [
  `0: ${JSON.stringify('{"a":1}\r\n')}`,
  `9: "\\r\\n"`,
  `11: "\\n"`,
  `12: ${JSON.stringify('{"b":"é🐎"}\r\n')}`,
  `28: ${JSON.stringify('{"c":[]}\n')}`,
  `37: " \\n"`,
  `39: ${JSON.stringify('{"d":2}\n')}`,
];

describe("LineFramer", () => {
  it("finds the same lines wherever the input is cut once", () => {
    for (let at = 0; at <= SAMPLE.length; at++) {
      assert.deepEqual(frame(cut(SAMPLE, at)), SAMPLE_LINES, `cut at ${at}`);
    }
  });

  it("finds the same lines wherever the input is cut twice", () => {
    for (let first = 0; first <= SAMPLE.length; first++) {
      for (let second = first; second <= SAMPLE.length; second++) {
        const chunks = cut(SAMPLE, first, second);
        assert.deepEqual(
          frame(chunks),
          SAMPLE_LINES,
          `cuts at ${first} and ${second}`,
        );
      }
    }
  });

  it("finds the same lines byte by byte and in chunks of every size", () => {
    for (let size = 1; size <= SAMPLE.length; size++) {
      const offsets: number[] = [];
      for (let at = size; at < SAMPLE.length; at += size) offsets.push(at);
      assert.deepEqual(
        frame(cut(SAMPLE, ...offsets)),
        SAMPLE_LINES,
        `chunks of ${size}`,
      );
    }
  });

  it("makes nothing of empty input", () => {
    assert.deepEqual(frame([]), []);
    assert.deepEqual(frame([new Uint8Array(0), new Uint8Array(0)]), []);
  });

  it("hands the chunk itself over where it begins and ends with a line", () => {
    const framer = new LineFramer();
    const chunk = bytesOf("one\ntwo\n");
    assert.equal(framer.push(chunk), true);
    assert.equal(framer.bytes, chunk);
    assert.deepEqual([framer.start, framer.end], [0, chunk.length]);
    assert.equal(framer.copiedBytes, 0);
  });

  it("copies only the rest of a chunk that begins with a line", () => {
    const framer = new LineFramer();
    const chunk = bytesOf("one\ntw");
    assert.equal(framer.push(chunk), true);
    assert.equal(framer.bytes, chunk);
    assert.equal(framer.pendingBytes, 2);
    assert.equal(framer.copiedBytes, 2);
  });

  it("copies only the line at the border of two large chunks", () => {
    const framer = new LineFramer();
    const line = `${"x".repeat(99)}\n`;
    const chunk = bytesOf(line.repeat(200) + "begun");
    assert.equal(framer.push(chunk), true);
    assert.equal(framer.next(), false);
    const next = bytesOf("ended\n" + line.repeat(200) + "be");
    assert.equal(framer.push(next), true);
    assert.equal(
      decoder.decode(framer.bytes.subarray(framer.start, framer.end)),
      "begunended\n",
    );
    assert.equal(framer.blockOffset, 20_000);
    assert.equal(framer.pendingBytes, 20_002);
    assert.equal(framer.next(), true);
    assert.equal(framer.bytes.buffer, next.buffer);
    assert.equal(framer.end - framer.start, 20_000);
    assert.equal(framer.blockOffset, 20_011);
    assert.equal(framer.next(), false);
    assert.equal(framer.pendingBytes, 2);
    assert.equal(framer.copiedBytes, "begunended\nbe".length);
  });

  it("finds the same lines however large chunks are cut, whether or not next() is called", () => {
    const random = new SeededRandom(71);
    const lines = Array.from(
      { length: 3000 },
      () => `${"y".repeat(random.below(300))}\n`,
    );
    const bytes = bytesOf(lines.join(""));
    for (let round = 0; round < 40; round++) {
      const framer = new LineFramer();
      const found: string[] = [];
      const take = (ready: boolean): boolean => {
        if (!ready) return false;
        const { bytes, start, end, blockOffset } = framer;
        assert.equal(blockOffset, found.join("").length);
        found.push(decoder.decode(bytes.subarray(start, end)));
        return true;
      };
      for (let at = 0; at < bytes.length;) {
        const size = 1 + random.below(40_000);
        let ready = take(framer.push(bytes.slice(at, at + size)));
        at += size;
        // Every other round leaves some of it to later calls.
        while (ready && (round % 2 === 0 || !random.oneIn(4))) {
          ready = take(framer.next());
        }
      }
      for (let ready = take(framer.finish()); ready;) {
        ready = take(framer.next());
      }
      assert.ok(
        found.join("") === lines.join(""),
        `seed 71, round ${round}`,
      );
    }
  });

  it("push() tells whether a line is complete", () => {
    const framer = new LineFramer();
    assert.equal(framer.push(bytesOf("on")), false);
    assert.equal(framer.push(new Uint8Array(0)), false);
    assert.equal(framer.push(bytesOf("e\r")), false);
    assert.equal(framer.pendingBytes, 4);
    assert.equal(framer.push(bytesOf("\n")), true);
    assert.equal(framer.pendingBytes, 0);
    assert.equal(framer.next(), false);
    assert.equal(framer.finish(), false);
    assert.equal(framer.finish(), false);
  });

  it("push() throws TypeError after finish()", () => {
    const framer = new LineFramer();
    framer.finish();
    assert.throws(() => framer.push(bytesOf("one\n")), TypeError);
  });

  it("discard() drops an unfinished line and counts it", () => {
    const framer = new LineFramer();
    framer.push(bytesOf("one\ntw"));
    assert.equal(framer.discard(), 2);
    assert.equal(framer.discard(), 0);
    assert.equal(framer.discardedBytes, 2);
    assert.equal(framer.push(bytesOf("three\n")), true);
    assert.equal(framer.blockOffset, 6);
    assert.equal(
      decoder.decode(framer.bytes.subarray(framer.start, framer.end)),
      "three\n",
    );
  });

  it("copies and searches a line of 64 MiB in chunks of 1 KiB in linear time", () => {
    const framer = new LineFramer();
    const chunk = new Uint8Array(1024).fill(0x78);
    let length = 0;
    let searched = 0;
    // Each search is of one chunk, unless somebody searches the buffer.
    const lastIndexOf = chunk.lastIndexOf.bind(chunk);
    Object.defineProperty(chunk, "lastIndexOf", {
      value: (byte: number): number => {
        searched += chunk.length;
        return lastIndexOf(byte);
      },
    });
    while (length + chunk.length < 64 * 1024 * 1024) {
      assert.equal(framer.push(chunk), false);
      length += chunk.length;
    }
    assert.equal(framer.push(bytesOf("\n")), true);
    assert.equal(framer.end - framer.start, length + 1);
    assert.equal(searched, length);
    assert.ok(
      framer.copiedBytes < 3 * length,
      `${framer.copiedBytes} of ${length}`,
    );
  });

  it("gives the memory of a giant line back", () => {
    for (const next of ["small\n", "sm"]) {
      const framer = new LineFramer();
      framer.push(new Uint8Array(8 * 1024 * 1024).fill(0x78));
      framer.push(bytesOf("\n"));
      assert.ok(framer.bytes.buffer.byteLength >= 8 * 1024 * 1024);
      framer.push(bytesOf(next));
      framer.push(bytesOf("all\nrest"));
      framer.push(bytesOf("\n"));
      assert.ok(
        framer.bytes.buffer.byteLength <= 64 * 1024,
        `${framer.bytes.buffer.byteLength}`,
      );
    }
  });

  it("refuses limits that are no positive integers", () => {
    for (const maxLineBytes of [0, -1, 1.5, NaN, Infinity]) {
      assert.throws(() => new LineFramer({ maxLineBytes }), RangeError);
    }
  });
});

describe(`LineFramer with oversize "throw"`, () => {
  it("throws at the same line wherever the input is cut, after the lines before it", () => {
    const input = bytesOf("one\nfour\r\nfive56\nsix\n");
    for (let first = 0; first <= input.length; first++) {
      for (let second = first; second <= input.length; second++) {
        const framer = new LineFramer({ maxLineBytes: 5 });
        let before = "";
        let thrown: unknown;
        try {
          for (const chunk of cut(input, first, second)) {
            for (let ready = framer.push(chunk); ready; ready = framer.next()) {
              before += decoder.decode(
                framer.bytes.subarray(framer.start, framer.end),
              );
            }
          }
        } catch (error) {
          thrown = error;
        }
        assert.ok(
          thrown instanceof LineTooLongError,
          `cuts at ${first} and ${second}`,
        );
        assert.ok(thrown instanceof RangeError);
        assert.equal(thrown.byteOffset, 10);
        assert.equal(thrown.limitBytes, 5);
        assert.equal(thrown.pendingBytes, 6);
        assert.equal(before, "one\nfour\r\n");
      }
    }
  });

  it("throws with the next push() if next() is not called", () => {
    const framer = new LineFramer({ maxLineBytes: 3 });
    assert.equal(framer.push(bytesOf("one\nthree\n")), true);
    assert.equal(
      decoder.decode(framer.bytes.subarray(framer.start, framer.end)),
      "one\n",
    );
    assert.throws(() => framer.push(bytesOf("two\n")), LineTooLongError);
    assert.throws(() => framer.finish(), LineTooLongError);
    assert.throws(() => framer.next(), LineTooLongError);
  });

  it("throws with finish() for a last line", () => {
    const framer = new LineFramer({ maxLineBytes: 3 });
    assert.equal(framer.push(bytesOf("one\nthree")), true);
    assert.throws(() => framer.finish(), {
      name: "LineTooLongError",
      message:
        "Cannot frame line at byte 4 as it must be <= 3 bytes: 5 bytes pending",
    });
  });

  it("goes on after discard()", () => {
    const framer = new LineFramer({ maxLineBytes: 3 });
    assert.throws(() => framer.push(bytesOf("three")), LineTooLongError);
    assert.equal(framer.discard(), 5);
    assert.equal(framer.push(bytesOf("two\n")), true);
    assert.equal(framer.blockOffset, 5);
  });

  it("accepts lines of exactly the limit", () => {
    assert.deepEqual(
      frame([bytesOf("abc\nabc\nab\r\nabc")], { maxLineBytes: 3 }),
      [
        `0: "abc\\n"`,
        `4: "abc\\n"`,
        `8: "ab\\r\\n"`,
        `12: "abc\\n"`,
      ],
    );
  });
});

describe(`LineFramer with oversize "skip"`, () => {
  const skip: LineFramerOptions = { maxLineBytes: 5, oversize: "skip" };
  const input = bytesOf(
    "one\nfour56\r\n\nfive567\nsix567\nseven\r\ntwo\nnine5678",
  );
  const lines = [
    `0: "one\\n"`,
    `4: dropped 7 four56\r`,
    `12: "\\n"`,
    `13: dropped 7 five567`,
    `21: dropped 6 six567`,
    `28: dropped 6 seven\r`,
    `35: "two\\n"`,
    `39: dropped 8 nine5678`,
  ];

  it("drops the same lines wherever the input is cut once or twice", () => {
    for (let first = 0; first <= input.length; first++) {
      for (let second = first; second <= input.length; second++) {
        const seen = frame(cut(input, first, second), skip);
        assert.deepEqual(seen, lines, `cuts at ${first} and ${second}`);
      }
    }
  });

  it("drops the same lines in chunks of every size", () => {
    for (let size = 1; size <= input.length; size++) {
      const offsets: number[] = [];
      for (let at = size; at < input.length; at += size) offsets.push(at);
      assert.deepEqual(
        frame(cut(input, ...offsets), skip),
        lines,
        `chunks of ${size}`,
      );
    }
  });

  it("agrees with splitting the whole text on random input", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed);
      const text = Array.from(
        { length: random.below(200) },
        () => random.pick(["a", "b", "\n", "\r\n"]),
      )
        .join("");
      const whole = bytesOf(text);
      const maxLineBytes = 1 + random.below(8);
      const offsets = Array.from(
        { length: random.below(12) },
        () => random.below(whole.length + 1),
      )
        .sort((a, b) => a - b);
      const expected: string[] = [];
      let at = 0;
      const parts = text.split("\n");
      parts.forEach((line, i) => {
        if (i === parts.length - 1 && line === "") return;
        expected.push(
          line.length > maxLineBytes
            ? `${at}: dropped ${line.length} ${line}`
            : `${at}: ${JSON.stringify(`${line}\n`)}`,
        );
        at += line.length + 1;
      });
      const seen = frame(cut(whole, ...offsets), {
        maxLineBytes,
        oversize: "skip",
      });
      assert.deepEqual(seen, expected, `seed ${seed}`);
    }
  });

  it("loses nothing if next() is not called", () => {
    const framer = new LineFramer(skip);
    let seen = "";
    const take = (): void => {
      seen += decoder.decode(framer.bytes.subarray(framer.start, framer.end));
    };
    for (const chunk of cut(input, 30)) if (framer.push(chunk)) take();
    for (let ready = framer.finish(); ready; ready = framer.next()) take();
    assert.equal(seen, "one\n\ntwo\n");
  });

  it("holds no more of a line than the limit and a chunk", () => {
    const framer = new LineFramer({ maxLineBytes: 10_000, oversize: "skip" });
    const chunk = new Uint8Array(1000).fill(0x78);
    for (let i = 0; i < 5000; i++) {
      assert.equal(framer.push(chunk), false);
      assert.ok(framer.pendingBytes <= 11_000);
    }
    assert.ok(framer.copiedBytes < 50_000, `${framer.copiedBytes}`);
    assert.equal(framer.push(bytesOf("\nok\n")), true);
    const dropped = framer.takeOversize();
    assert.deepEqual([dropped?.byteOffset, dropped?.byteLength], [
      0,
      5_000_000,
    ]);
    assert.equal(dropped?.head.length, 1024);
    assert.equal(framer.takeOversize(), undefined);
    assert.equal(framer.blockOffset, 5_000_001);
  });

  it("discard() counts what was dropped of the line under way", () => {
    const framer = new LineFramer(skip);
    framer.push(bytesOf("one\nfour5678"));
    assert.equal(framer.next(), false);
    assert.equal(framer.discard(), 8);
    assert.equal(framer.push(bytesOf("two\n")), true);
    assert.equal(framer.blockOffset, 12);
    assert.equal(framer.takeOversize(), undefined);
  });
});
