/**
 * The peers as a picture: SVG bars on a logarithmic axis.
 *
 * @module
 */

import { others, ours, rateText, timesText, totalsOf } from "./figures.ts";
import type { PeersResults } from "./results.ts";

interface Bar {
  readonly label: string;
  readonly kind: "peer" | "deno" | "bun";
  /** MB/s. */
  readonly rate: number;
  readonly text: string;
}

interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 900;
const LEFT = 300;
const RIGHT = 130;
const TOP = 64;
const BAR = 18;
const STEP = 22;
const GAP = 22;

/** Mid tones, which stand out from white and from black. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .head { font-size: 16px; font-weight: 600; }
    .small { font-size: 12px; fill: #57606a; }
    .grid { stroke: #8c959f; stroke-opacity: .35; }
    .peer { fill: #8c959f; } .deno { fill: #2da44e; } .bun { fill: #bf8700; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .small { fill: #9198a1; }
    }
  `;

/**
 * Draws a group of bars for each peer: the peer and this library on the recordings
 * that the peer takes. Plain files, one thread, warm.
 *
 * @param results What was found.
 * @returns A whole SVG document.
 */
export function peersChart(results: PeersResults): string {
  const groups = groupsOf(results);
  const rates = groups.flatMap(({ bars }) => bars.map(({ rate }) => rate));
  const low = decade(Math.min(...rates), Math.floor);
  const high = decade(Math.max(...rates), Math.ceil);
  const scale = (rate: number): number =>
    (Math.log10(rate) - low) / Math.max(high - low, 1) * (WIDTH - LEFT - RIGHT);
  const parts: string[] = [];
  let y = TOP + GAP;
  for (const { title, bars } of groups) {
    parts.push(text(LEFT - 10, y - 6, title, "end", "small"));
    for (const bar of bars) {
      const width = Math.max(scale(bar.rate), 1).toFixed(1);
      const middle = y + BAR - 5;
      parts.push(
        text(LEFT - 10, middle, bar.label, "end"),
        `<rect class="${bar.kind}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
        text(LEFT + Number(width) + 6, middle, bar.text, "start"),
      );
      y += STEP;
    }
    y += GAP;
  }
  const bottom = y - GAP + 6;
  const grid = gridLines(low, high, bottom, scale);
  const height = bottom + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
    `  <title id="title">Recordings to books, MB/s: this library against other software</title>`,
    `  <style>${STYLE}</style>`,
    ...[
      text(16, 26, "Recordings to books, MB/s", "start", "head"),
      text(
        16,
        46,
        `one thread, warm, logarithmic axis; each group on the recordings that the peer takes; ${results.date}, ${results.machine}`,
        "start",
        "small",
      ),
      ...grid,
      ...parts,
    ].map((part) => `  ${part}`),
    "</svg>\n",
  ].join("\n");
}

function groupsOf(results: PeersResults): Group[] {
  const groups: Group[] = [];
  for (const { id, title, work } of others(results)) {
    const peer = totalsOf(results, id, id, "plain");
    // What keeps no books does other work: it stands in the tables alone.
    if (peer === undefined || work !== "books") continue;
    const peerRate = peer.bytes / peer.warmSeconds;
    const bars: Bar[] = [{
      label: title,
      kind: "peer",
      rate: peerRate / 1e6,
      text: rateText(peerRate),
    }];
    for (const one of ours(results)) {
      const own = totalsOf(results, id, one.id, "plain");
      if (own === undefined) continue;
      const rate = own.bytes / own.warmSeconds;
      bars.push({
        label: one.title,
        kind: one.id.startsWith("bun") ? "bun" : "deno",
        rate: rate / 1e6,
        text: `${rateText(rate)} (${timesText(rate / peerRate)})`,
      });
    }
    groups.push({ title: `${peer.recordings} recordings`, bars });
  }
  return groups;
}

function gridLines(
  low: number,
  high: number,
  bottom: number,
  scale: (rate: number) => number,
): string[] {
  const lines: string[] = [];
  for (let power = low; power <= high; power++) {
    const x = (LEFT + scale(10 ** power)).toFixed(1);
    lines.push(
      `<line class="grid" x1="${x}" y1="${TOP}" x2="${x}" y2="${bottom}"/>`,
      text(Number(x), bottom + 16, `${10 ** power} MB/s`, "middle", "small"),
    );
  }
  return lines;
}

function decade(rate: number, round: (value: number) => number): number {
  return Number.isFinite(rate) ? round(Math.log10(rate)) : 0;
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: "start" | "middle" | "end",
  style = "",
): string {
  const name = style === "" ? "" : ` class="${style}"`;
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${name}>${escaped}</text>`;
}
