/** Findings about a recording as text. See {@linkcode surveyText}. */

import {
  bytesText,
  counted,
  durationText,
  grouped,
  printable,
  readableTime,
} from "./_format.ts";
import type { Paint } from "./_paint.ts";
import type { Counts, SurveyReport } from "./_recording_survey.ts";
import { flow } from "./_text_table.ts";

/** Width of the labels on the left. */
const LABEL_WIDTH = 13;

/** Findings of the command, beyond the survey. */
export interface SurveyedFile extends SurveyReport {
  readonly file: string;
  /** Bytes as stored, in general compressed; null when unknown. */
  readonly storedBytes: number | null;
  readonly skippedLines: number;
  readonly damagedParts: number;
}

/**
 * Lays out findings: a label and what belongs to it on each line, wrapped to
 * the width.
 */
export function surveyText(
  survey: SurveyedFile,
  width: number,
  paint: Paint,
): string[] {
  const { markets, marketChanges, orderChanges } = survey;
  const lines = [
    `${paint(printable(survey.file), "bold")}  ${
      paint(survey.flavor, "green")
    }`,
  ];
  const add = (label: string, parts: readonly string[]): void => {
    const shown = parts.filter((part) => part !== "");
    if (shown.length > 0) lines.push(...row(label, shown, width, paint));
  };
  add("size", [
    bytesText(survey.bytes),
    survey.storedBytes === null || survey.storedBytes === survey.bytes
      ? ""
      : `${bytesText(survey.storedBytes)} stored`,
    counted(survey.lines, "line"),
    survey.largestLine === null
      ? ""
      : `largest ${bytesText(survey.largestLine.bytes)} (line ${
        grouped(survey.largestLine.lineNumber)
      })`,
  ]);
  add("published", timeSpan(survey));
  add("messages", [grouped(survey.messages), ...countsOf(survey.ops)]);
  add("change types", [
    ...countsOf(survey.changeTypes),
    survey.stale > 0 ? `status 503 ${grouped(survey.stale)}` : "",
  ]);
  add("segments", countsOf(survey.segments));
  if (markets.count > 0) {
    add("markets", [
      grouped(markets.count),
      ...countsOf(markets.types),
      `at most ${counted(markets.mostRunners, "runner")}`,
    ]);
    add("", named(markets.first, markets.count));
    if (markets.eventCount > 0) {
      add("events", named(markets.events, markets.eventCount));
    }
    add("changes", [
      counted(marketChanges.count, "market change"),
      counted(marketChanges.images, "image"),
      `${grouped(marketChanges.conflated)} conflated`,
      counted(marketChanges.definitions, "definition"),
      counted(marketChanges.runnerChanges, "runner change"),
    ]);
    add("values", countsOf(survey.values));
    add(
      "ladder rows",
      Object.entries(survey.ladders).map(([name, { rows, changes }]) =>
        `${name} ${grouped(rows)} in ${grouped(changes)}`
      ),
    );
    const { definitions } = marketChanges;
    const always = Object.entries(survey.definitionKeys)
      .filter(([, count]) => count === definitions);
    const sometimes = Object.entries(survey.definitionKeys)
      .filter(([, count]) => count !== definitions);
    add("definitions", always.map(([key]) => printable(key)));
    add("not in all", countsOf(Object.fromEntries(sometimes)));
  }
  if (orderChanges.markets > 0) {
    add("orders", [
      counted(orderChanges.orders, "order"),
      counted(orderChanges.runners, "runner"),
      counted(orderChanges.markets, "market"),
    ]);
  }
  const bad = [
    survey.skippedLines > 0
      ? `${counted(survey.skippedLines, "line")} cannot be read`
      : "",
    survey.damagedParts > 0 ? counted(survey.damagedParts, "damaged part") : "",
  ].filter((part) => part !== "");
  if (bad.length > 0) {
    add("bad", bad);
  }
  return lines;
}

function timeSpan(survey: SurveyedFile): string[] {
  const { firstPublishTime: first, lastPublishTime: last } = survey;
  if (first === null || last === null) return [];
  const spanMs = Date.parse(last) - Date.parse(first);
  if (spanMs === 0) return [readableTime(first)];
  return [
    `${readableTime(first)} to ${readableTime(last)}`,
    durationText(spanMs),
  ];
}

/** Counts, the greatest first. */
function countsOf(counts: Counts): string[] {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${printable(name)} ${grouped(count)}`);
}

function named(names: readonly string[], count: number): string[] {
  const more = count - names.length;
  return [...names.map(printable), more > 0 ? `and ${grouped(more)} more` : ""];
}

function row(
  label: string,
  parts: readonly string[],
  width: number,
  paint: Paint,
): string[] {
  const indent = 2 + LABEL_WIDTH;
  return flow(parts, width - indent, paint).map((text, index) =>
    index === 0
      ? `  ${paint(label, "dim")}${
        " ".repeat(LABEL_WIDTH - label.length)
      }${text}`
      : " ".repeat(indent) + text
  );
}
