/** Aligned columns of text. See {@linkcode textTable}. */

import { fitted, widthOf } from "./_format.ts";
import type { Paint, Style } from "./_paint.ts";

/** A column of a table. */
export interface TextColumn {
  /** Which side the cells are aligned to. */
  readonly align: "left" | "right";
  /** Longer cells are cut. */
  readonly maxWidth?: number;
  /** Space before the column; none before the first. */
  readonly gap?: number;
  /** The column is at least this wide, even when all cells are empty. */
  readonly minWidth?: number;
}

/** A cell: plain text, or text with a style. */
export type TextCell = string | {
  readonly text: string;
  readonly styles: readonly Style[];
};

const DEFAULT_GAP = 2;
const DOT = " · ";

/**
 * Lays out rows in columns.
 *
 * @param columns The columns.
 * @param rows A cell for each column; cells may be missing at the end.
 * @param paint Colors.
 * @returns The lines, without spaces at their ends.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
  paint: Paint,
): string[] {
  const widths = columnWidths(columns, rows);
  return rows.map((row) => {
    let line = "";
    let pending = "";
    for (const [index, column] of columns.entries()) {
      if (index > 0) pending += " ".repeat(column.gap ?? DEFAULT_GAP);
      const cell = row[index] ?? "";
      const styles = typeof cell === "string" ? [] : cell.styles;
      const text = fitted(textOf(cell), widths[index]!);
      const space = " ".repeat(widths[index]! - widthOf(text));
      if (text === "") {
        pending += space;
        continue;
      }
      const painted = paint(text, ...styles);
      line += pending;
      line += column.align === "right" ? space + painted : painted;
      pending = column.align === "right" ? "" : space;
    }
    return line;
  });
}

/** Width of a table with these rows, characters. */
export function tableWidth(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
): number {
  let width = 0;
  for (const [index, columnWidth] of columnWidths(columns, rows).entries()) {
    width += columnWidth;
    if (index > 0) width += columns[index]!.gap ?? DEFAULT_GAP;
  }
  return width;
}

/**
 * Joins parts by dots, on as many lines as it takes.
 *
 * @param parts The parts; empty ones are left out.
 * @param width Columns there are.
 * @param paint Colors.
 * @returns The lines.
 */
export function flow(
  parts: readonly TextCell[],
  width: number,
  paint: Paint,
): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const part of parts) {
    const text = textOf(part);
    if (text === "") continue;
    const length = widthOf(text);
    if (used > 0 && used + DOT.length + length > width) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    if (used > 0) {
      line += paint(DOT, "dim");
      used += DOT.length;
    }
    line += typeof part === "string" ? part : paint(text, ...part.styles);
    used += length;
  }
  if (line !== "") lines.push(line);
  return lines;
}

function columnWidths(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
): number[] {
  return columns.map(({ maxWidth = Infinity, minWidth = 0 }, index) => {
    let width = minWidth;
    for (const row of rows) {
      width = Math.max(width, widthOf(textOf(row[index] ?? "")));
    }
    return Math.min(width, maxWidth);
  });
}

function textOf(cell: TextCell): string {
  return typeof cell === "string" ? cell : cell.text;
}
