/** Counts of one test run. */
export interface TestCounts {
  /** Tests that ran and passed. */
  passed: number;
  /** Tests that ran and failed. */
  failed: number;
  /** Tests that did not run: skipped with a reason, or marked as to do. */
  skipped: number;
}

/**
 * Counts the tests in a JUnit report written by `deno test` or `bun test`.
 *
 * Deno lists a `describe` block, or a test with subtests, as a test of its own
 * beside the steps inside it, named `block > step`. Only the innermost are
 * counted, so that both runtimes count the same file alike.
 *
 * @param report The report, as text.
 * @returns The counts.
 */
export function countJunitTests(report: string): TestCounts {
  const cases: { name: string; body: string }[] = [];
  const groups = new Set<string>();
  const pattern = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  for (const [, attributes = "", body = ""] of report.matchAll(pattern)) {
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1] ?? "";
    cases.push({ name, body });
    const separator = name.lastIndexOf(" &gt; ");
    if (separator >= 0) groups.add(name.slice(0, separator));
  }
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, body } of cases) {
    if (groups.has(name)) continue;
    if (/<(?:failure|error)\b/.test(body)) counts.failed++;
    else if (/<skipped\b/.test(body)) counts.skipped++;
    else counts.passed++;
  }
  return counts;
}
