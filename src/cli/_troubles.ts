/** What could not be read. See {@linkcode Troubles}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { ReplaySourceError } from "../replay/replay_source_error.ts";
import type { CliOutput } from "./cli_io.ts";
import { counted, grouped, printable } from "./_format.ts";
import type { Paint } from "./_paint.ts";

/** How many are told one by one. */
const MAX_LISTED = 10;

/** One thing that could not be read, as in JSON output. */
export interface Trouble {
  /** `line` for a skipped line, `damage` for a lost part of a recording. */
  readonly kind: "line" | "damage";
  readonly source: string;
  /** 1-based; null for damage. */
  readonly lineNumber: number | null;
  /** 0-based; of a line in the decompressed data, of damage in the stored data. */
  readonly byteOffset: number | null;
  readonly reason: string;
  readonly message: string;
}

/** Where a trouble is. */
interface Place {
  readonly source: string;
  readonly lineNumber: number;
  readonly byteOffset: number;
}

/** Counts what could not be read, and keeps the first few. */
export class Troubles {
  readonly #listed: Trouble[] = [];
  /** Recordings that had troubles and have given no message so far. */
  readonly #failed = new Set<string>();
  #lastGood: string | undefined;
  #lines = 0;
  #damaged = 0;

  /** Lines that were skipped. */
  get lines(): number {
    return this.#lines;
  }

  /** Parts that were lost to damage. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Whether there was any. */
  get hasAny(): boolean {
    return this.#lines + this.#damaged > 0;
  }

  /** Whether some recording gave troubles and not one message. */
  get hasFailures(): boolean {
    return this.#failed.size > 0;
  }

  /** The first few. */
  get listed(): readonly Trouble[] {
    return this.#listed;
  }

  /** Notes that a recording gave a message. */
  noteMessage(source: string): void {
    if (source === this.#lastGood) return;
    this.#lastGood = source;
    this.#failed.delete(source);
  }

  /** Notes data that could not be used. */
  note(error: Error, place: Place): void {
    if (place.source !== this.#lastGood) this.#failed.add(place.source);
    const isDamage = error instanceof ReplaySourceError;
    if (isDamage) this.#damaged++;
    else this.#lines++;
    if (this.#listed.length >= MAX_LISTED) return;
    this.#listed.push({
      kind: isDamage ? "damage" : "line",
      source: place.source,
      lineNumber: isDamage ? null : place.lineNumber,
      byteOffset: isDamage ? error.byteOffset ?? null : place.byteOffset,
      reason: isDamage
        ? error.code
        : error instanceof InvalidLineError
        ? error.reason
        : "unusable",
      message: error.message,
    });
  }

  /** Tells the first few, and how many there are. */
  async report(output: CliOutput, paint: Paint): Promise<void> {
    const count = this.#lines + this.#damaged;
    if (count === 0) return;
    const lines = this.#listed.map((trouble) => {
      const { kind, reason, byteOffset } = trouble;
      const label = kind === "line" ? "skipped" : "damaged";
      const at = byteOffset === null ? "" : `, at byte ${grouped(byteOffset)}`;
      return `${paint(label, "yellow")}  ${printable(trouble.message)} ` +
        paint(`(${reason}${at})`, "dim");
    });
    if (count > lines.length) {
      lines.push(
        `… and ${grouped(count - lines.length)} more: ${
          counted(this.#lines, "line")
        } skipped, ${counted(this.#damaged, "damaged part")} in all`,
      );
    }
    await output.write(lines.join("\n") + "\n");
  }
}
