import type { WireRow } from "./_mock_message.ts";

interface Entry {
  readonly row: WireRow;
  /** Position of the message that set it. */
  readonly position: number;
}

/**
 * A ladder that knows when each of its entries was last set, so that it can say
 * what a reader must be told who stopped at any earlier position. What was
 * removed stays as an entry of size 0, since that must be told as well.
 */
export class MockLadder {
  // By the first number of the row: a price, or a level.
  readonly #entries = new Map<number, Entry>();

  /** Takes entries as they come on the wire. */
  apply(rows: readonly WireRow[], position: number): void {
    for (const row of rows) this.#entries.set(row[0]!, { row, position });
  }

  /** Removes everything: an empty list of matches does (protocol 5). */
  clear(position: number): void {
    for (const [key, { row }] of this.#entries) {
      if (sizeOf(row) === 0) continue;
      this.#entries.set(key, { row: [...row.slice(0, -1), 0], position });
    }
  }

  /** Entries that are not empty. */
  get rows(): WireRow[] {
    return [...this.#entries.values()].map(({ row }) => row)
      .filter((row) => sizeOf(row) !== 0);
  }

  /** All entries, those that were emptied included. */
  get allRows(): WireRow[] {
    return [...this.#entries.values()].map(({ row }) => row);
  }

  /** Entries set after a position, those that were emptied included. */
  rowsSince(position: number): WireRow[] {
    const rows: WireRow[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.position > position) rows.push(entry.row);
    }
    return rows;
  }
}

/** The last number of a row. */
export function sizeOf(row: WireRow): number {
  return row[row.length - 1]!;
}
