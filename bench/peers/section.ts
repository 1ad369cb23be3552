/**
 * The peers as a section of a page in Markdown.
 *
 * @module
 */

import {
  others,
  ours,
  overallOf,
  rateText,
  timesText,
  timingOf,
  totalsOf,
} from "./figures.ts";
import type {
  CheckResult,
  Format,
  OverallResult,
  PeersResults,
  TimingResult,
} from "./results.ts";

/**
 * Writes the section, from its heading of the second level on.
 *
 * @param results What was found.
 */
export function peersSection(results: PeersResults): string {
  const hasTimings = results.timings.length > 0;
  return [
    "## Against other software",
    conditions(results),
    ...(hasTimings
      ? [
        "### One thread, warm",
        `Passes over a recording after ${results.measureMs} ms of such passes in the same process, summed over the recordings that the peer takes. The last columns say how many times as fast this library is on the same ones.`,
        warmTable(results, "plain"),
        "### One thread, bz2 files, warm",
        "Decompression included.",
        warmTable(results, "bz2"),
        "### Start-up included",
        "A new process, one pass over all recordings that the peer takes, from the start of the process to its end.",
        overallTable(results, (one) => one.bytes / one.freshSeconds, true),
        "### All cores",
        `${results.cores} processes at once, each over all recordings; warm passes, rates added.`,
        overallTable(results, (one) => one.parallelWarmBytesPerSecond, false),
        "The same from the first start to the last end, start-up included.",
        overallTable(
          results,
          (one) => one.bytes * one.processes / one.parallelFreshSeconds,
          false,
        ),
        "### Each recording",
        "MB/s, plain files, warm, one thread. A dash: the program does not take the recording.",
        recordingTable(results),
        "### Where this library is behind",
        lossText(results),
      ]
      : []),
    "### Same books",
    proofText(results),
    readsText(results),
    checkList(results),
    skippedText(results),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

function conditions(results: PeersResults): string {
  const { date, machine, load, revision, isQuick, rounds, measureMs } = results;
  const versions = results.peers.map(({ title, version, note }) =>
    `- ${title}: ${version}${note === undefined ? "" : `; ${note}`}`
  );
  return [
    `${date}, ${machine}; load ${load}; revision ${revision}; ${rounds} rounds of ${measureMs} ms.${
      isQuick ? " **A quick run: it shows that all works, not how fast.**" : ""
    }`,
    "",
    "Every program reads the file from disk, keeps books and reads best back and best lay of every runner whose prices changed. MB are 10^6 bytes of decompressed text.",
    "",
    ...versions,
  ].join("\n");
}

function warmTable(results: PeersResults, format: Format): string {
  const mine = ours(results);
  const rows: string[][] = [];
  for (const { id, title, work } of others(results)) {
    const peer = totalsOf(results, id, id, format);
    if (peer === undefined) continue;
    const { recordings, messages, bytes, warmSeconds, warmCpuSeconds } = peer;
    rows.push([
      `${title}${workText(work)}`,
      String(recordings),
      Math.round(messages / warmSeconds).toLocaleString("en"),
      rateText(bytes / warmSeconds),
      (warmCpuSeconds / warmSeconds).toFixed(2),
      ...mine.map((one) => {
        const own = totalsOf(results, id, one.id, format);
        return own === undefined
          ? "—"
          : `${timesText(warmSeconds / own.warmSeconds)} (${
            rateText(own.bytes / own.warmSeconds)
          })`;
      }),
    ]);
  }
  return table(
    [
      "peer",
      "recordings",
      "messages/s",
      "MB/s",
      "cores used",
      ...mine.map(shortTitle),
    ],
    rows,
  );
}

function overallTable(
  results: PeersResults,
  rateOf: (overall: OverallResult) => number,
  withMemory: boolean,
): string {
  const mine = ours(results);
  const rows: string[][] = [];
  for (const { id, title, work } of others(results)) {
    const peer = overallOf(results, id, id);
    if (peer === undefined) continue;
    const rate = rateOf(peer);
    rows.push([
      `${title}${workText(work)}`,
      Math.round(peer.messages * rate / peer.bytes).toLocaleString("en"),
      rateText(rate),
      ...(withMemory ? [memoryText(peer)] : []),
      ...mine.map((one) => {
        const own = overallOf(results, id, one.id);
        if (own === undefined) return "—";
        const times = timesText(rateOf(own) / rate);
        return withMemory ? `${times}, ${memoryText(own)}` : times;
      }),
    ]);
  }
  return table(
    [
      "peer",
      "messages/s",
      "MB/s",
      ...(withMemory ? ["peak memory"] : []),
      ...mine.map(shortTitle),
    ],
    rows,
  );
}

function recordingTable(results: PeersResults): string {
  const rows: string[][] = [];
  for (const { name, messages, bytes, isTimed } of results.recordings) {
    if (!isTimed) continue;
    rows.push([
      `\`${name}\``,
      messages.toLocaleString("en"),
      ...results.peers.map(({ id }) => {
        const timing = timingOf(results, id, name, "plain");
        return timing === undefined
          ? "—"
          : rateText(bytes / timing.warmSeconds);
      }),
    ]);
  }
  return table(
    ["recording", "messages", ...results.peers.map(shortTitle)],
    rows,
  );
}

/** Where programs of this library are slower than a peer. */
function lossText(results: PeersResults): string {
  const mine = ours(results);
  const rows: string[][] = [];
  const named: string[] = [];
  for (const { id, title, work } of others(results)) {
    for (const format of ["plain", "bz2"] as const) {
      for (const when of ["warmSeconds", "freshSeconds"] as const) {
        const lists = mine.map((one) =>
          losses(results, id, one.id, format, when)
        );
        if (lists.every((losses) => losses.length === 0)) continue;
        const what = when === "warmSeconds" ? "warm" : "new process";
        const where = `${title}${workText(work)}, ${format}, ${what}`;
        rows.push([where, ...lists.map(lossCell)]);
        if (when === "freshSeconds") continue;
        lists.forEach((losses, i) => {
          for (const { name, times } of losses) {
            const own = shortTitle(mine[i]!);
            named.push(`- ${where}, ${own}: \`${name}\`, ${timesText(times)}`);
          }
        });
      }
    }
  }
  if (rows.length === 0) return "Nowhere in this run.";
  const parts = [
    "Recordings on which a peer is faster than this library, and how many times as fast at most.",
    table(["peer", ...mine.map(shortTitle)], rows),
  ];
  if (named.length > 0) parts.push(`Warm, one by one:\n\n${named.join("\n")}`);
  return parts.join("\n\n");
}

interface Loss {
  readonly name: string;
  /** How many times as fast the peer is. */
  readonly times: number;
}

function losses(
  results: PeersResults,
  peer: string,
  own: string,
  format: Format,
  when: "warmSeconds" | "freshSeconds",
): Loss[] {
  const lost: Loss[] = [];
  for (const { name } of results.recordings) {
    const theirs = timingOf(results, peer, name, format);
    const mine = timingOf(results, own, name, format);
    if (theirs === undefined || mine === undefined) continue;
    const times = mine[when] / theirs[when];
    if (times > 1) lost.push({ name, times });
  }
  return lost;
}

function lossCell(losses: readonly Loss[]): string {
  if (losses.length === 0) return "—";
  const most = Math.max(...losses.map(({ times }) => times));
  return `${losses.length}, ${timesText(most)}`;
}

function proofText({ checks, recordings }: PeersResults): string {
  const equal = checks.filter(({ outcome }) => outcome === "equal").length;
  return `Before timing, each program's best prices, last traded prices and full ladders (back, lay, traded) were compared with this library's on ${recordings.length} recordings, half way and at the end: ${equal} comparisons were equal. Everything else is listed.`;
}

/** The state on the way, not only at two moments. */
function readsText(results: PeersResults): string {
  const [reference] = ours(results);
  const lines: string[] = [];
  for (const { id, title, work } of results.peers) {
    if (work !== "books" || id === reference?.id) continue;
    let same = 0;
    let all = 0;
    for (const { name } of results.recordings) {
      const mine = timingOf(results, reference?.id ?? "", name, "plain");
      const theirs = timingOf(results, id, name, "plain");
      if (mine === undefined || theirs === undefined) continue;
      all++;
      if (isSameReads(mine, theirs)) same++;
    }
    if (all > 0) lines.push(`- ${title}: ${same} of ${all}`);
  }
  if (lines.length === 0) return "";
  return [
    "Timed recordings on which also as many prices were read on the way, with the same sum, as by this library's first program. betfairlightweight hands out a market's last change twice when a message names the market twice, and betfair_data does not know what changed:",
    "",
    ...lines,
  ].join("\n");
}

function isSameReads(a: TimingResult, b: TimingResult): boolean {
  // Sums in another order differ in their last digits.
  return a.reads === b.reads &&
    Math.abs(a.checksum - b.checksum) <= 1e-9 * Math.abs(a.checksum);
}

function checkList({ peers, checks }: PeersResults): string {
  const parts: string[] = [];
  for (const { id, title } of peers) {
    const mine = checks.filter(({ peer }) => peer === id);
    const lines = [
      ...mine.filter(({ outcome }) => outcome === "differs").map(
        (one) => `  - differs on \`${one.recording}\`: ${differenceText(one)}`,
      ),
      ...refusals(mine),
    ];
    if (lines.length > 0) parts.push(`- ${title}`, ...lines);
  }
  return parts.join("\n");
}

/** One line for each reason. */
function refusals(checks: readonly CheckResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { outcome, recording, detail } of checks) {
    if (outcome !== "refused") continue;
    const reason = detail.replace(/^line \d+: /, "");
    const names = byReason.get(reason) ?? [];
    names.push(`\`${recording}\``);
    byReason.set(reason, names);
  }
  return [...byReason].map(([reason, names]) =>
    `  - refuses ${names.sort().join(", ")}: ${code(reason)}`
  );
}

function differenceText({ fault, detail }: CheckResult): string {
  return fault === undefined
    ? `**unexplained**: ${detail}`
    : `${fault} (${detail})`;
}

function skippedText({ skipped }: PeersResults): string {
  if (skipped.length === 0) return "";
  const lines = skipped.map(({ title, reason }) => `- ${title}: ${reason}`);
  return ["### Skipped", "", ...lines].join("\n");
}

function workText(work: string): string {
  if (work === "types") return " *(parses only)*";
  return work === "walk" ? " *(reads nothing)*" : "";
}

function shortTitle({ title }: { readonly title: string }): string {
  return title.replace("this library, ", "");
}

function memoryText({ peakRssBytes }: OverallResult): string {
  return peakRssBytes === 0 ? "?" : `${(peakRssBytes / 1e6).toFixed(0)} MB`;
}

function code(text: string): string {
  const clipped = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return `\`\`${clipped}\`\``;
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, i) => i === 0 ? "---" : "---:");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
