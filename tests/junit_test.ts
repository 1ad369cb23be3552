import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readJunitReport } from "./_junit.ts";

describe("readJunitReport()", () => {
  it("counts the steps of a Deno report and not the blocks around them", () => {
    const report = `<testsuites name="deno test" tests="5" failures="2">
      <testsuite name="./a_test.ts">
        <testcase name="A" line="1"></testcase>
        <testcase name="B" line="2">
          <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="C" line="3"><skipped/></testcase>
      </testsuite>
      <testsuite name="ext:deno_node/testing.ts">
        <testcase name="A &gt; inner"></testcase>
        <testcase name="A &gt; inner &gt; one"></testcase>
        <testcase name="B &gt; two"><failure message="x &gt; y">no</failure></testcase>
      </testsuite>
    </testsuites>`;
    assert.deepEqual(readJunitReport(report), {
      passed: 1,
      failed: 1,
      skipped: 1,
      failures: ["B > two: x > y"],
    });
  });

  it("counts a Bun report with self-closing cases", () => {
    const report = `<testsuites name="bun test" tests="4">
      <testsuite name="a_test.ts"><testsuite name="A">
        <testcase name="one" classname="A" />
        <testcase name="two" classname="A"><skipped /></testcase>
        <testcase name="three" classname="A"><failure type="Error">no</failure></testcase>
      </testsuite>
      <testcase name="four" classname="" /></testsuite>
    </testsuites>`;
    assert.deepEqual(readJunitReport(report), {
      passed: 2,
      failed: 1,
      skipped: 1,
      failures: ["A three: no"],
    });
  });

  it("counts nothing in an empty report", () => {
    assert.deepEqual(readJunitReport(""), {
      passed: 0,
      failed: 0,
      skipped: 0,
      failures: [],
    });
  });
});
