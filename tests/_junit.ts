/** Counts of one test run. */
export interface TestCounts {
  /** Tests that ran and passed. */
  passed: number;
  /** Tests that ran and failed. */
  failed: number;
  /** Tests that did not run: skipped with a reason, or marked as to do. */
  skipped: number;
}

/** What a report says of a run. */
export interface TestReport extends TestCounts {
  /** Those that failed, each by its name and the beginning of its reason. */
  failures: string[];
}

/** How much of a reason is repeated: enough to know which assertion it was. */
const REASON_CHARS = 300;

/**
 * Reads a JUnit report written by `deno test` or `bun test`.
 *
 * Deno lists a `describe` block, or a test with subtests, as a test of its own
 * beside the steps inside it, named `block > step`. Only the innermost are
 * counted, so that both runtimes count the same file alike.
 *
 * @param report The report, as text.
 * @returns The counts, and what failed.
 */
export function readJunitReport(report: string): TestReport {
  const cases: { name: string; place: string; body: string }[] = [];
  const groups = new Set<string>();
  const pattern = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  for (const [, attributes = "", body = ""] of report.matchAll(pattern)) {
    const name = attribute(attributes, "name");
    const file = attribute(attributes, "file") ||
      attribute(attributes, "classname");
    cases.push({ name, place: file, body });
    const separator = name.lastIndexOf(" &gt; ");
    if (separator >= 0) groups.add(name.slice(0, separator));
  }
  const result: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { name, place, body } of cases) {
    if (groups.has(name)) continue;
    if (/<(?:failure|error)\b/.test(body)) {
      result.failed++;
      result.failures.push(unescape(`${place} ${name}: ${reasonIn(body)}`));
    } else if (/<skipped\b/.test(body)) result.skipped++;
    else result.passed++;
  }
  return result;
}

/** The value of an attribute, still escaped, or "". */
function attribute(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
}

/** What a failed case says, in one line. */
function reasonIn(body: string): string {
  const message = /<(?:failure|error)\b[^>]*?\bmessage="([^"]*)"/.exec(body);
  return (message?.[1] || body.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ").trim().slice(0, REASON_CHARS);
}

/** Text as it was before it was written into XML. */
function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(+code))
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&").trim();
}
