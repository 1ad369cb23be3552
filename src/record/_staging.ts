/** Received lines that wait to be written. See {@linkcode Staging}. */

/** Lines of one connection that were received one after another, in the same ms. */
export interface Run {
  /** Offset behind the last line in {@linkcode StagedBlock.bytes}. */
  end: number;
  readonly connectionId: string | undefined;
  /** When they came, ms since the epoch. */
  readonly receivedAtMs: number;
}

/** Whole lines, and where they came from. */
export interface StagedBlock {
  readonly bytes: Uint8Array;
  /** In order and without gaps. */
  readonly runs: readonly Run[];
}

/** Size of a new buffer: what comes between two flushes of a quiet connection. */
const MIN_CAPACITY = 1 << 16;

/** Buffers up to this size are used again; greater ones, which images need, are let go. */
const KEPT_CAPACITY = 1 << 22;

/**
 * Copies lines, as those who show them only lend them. There are two buffers: one
 * is filled while the other is written.
 */
export class Staging {
  #buffer: Uint8Array = new Uint8Array(MIN_CAPACITY);
  #spare: Uint8Array | undefined;
  #length = 0;
  #runs: Run[] = [];

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Takes lines. */
  add(
    lines: Uint8Array,
    receivedAtMs: number,
    connectionId: string | undefined,
  ): void {
    if (lines.length === 0) return;
    const end = this.#length + lines.length;
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(lines, this.#length);
    this.#length = end;
    const last = this.#runs.at(-1);
    if (
      last !== undefined && last.receivedAtMs === receivedAtMs &&
      last.connectionId === connectionId
    ) last.end = end;
    else this.#runs.push({ end, connectionId, receivedAtMs });
  }

  /** Hands over all that waits. It is the caller's until {@linkcode giveBack}. */
  take(): StagedBlock {
    const bytes = this.#buffer.subarray(0, this.#length);
    const runs = this.#runs;
    this.#buffer = this.#spare ?? new Uint8Array(MIN_CAPACITY);
    this.#spare = undefined;
    this.#length = 0;
    this.#runs = [];
    return { bytes, runs };
  }

  /** Takes the memory of a block back. */
  giveBack({ bytes }: StagedBlock): void {
    if (bytes.buffer.byteLength > KEPT_CAPACITY) return;
    this.#spare = new Uint8Array(bytes.buffer);
  }

  /** Drops all that waits; returns how many bytes that were. */
  discard(): number {
    const { length } = this;
    this.#length = 0;
    this.#runs = [];
    return length;
  }

  #grow(needed: number): void {
    let capacity = Math.max(MIN_CAPACITY, this.#buffer.length);
    while (capacity < needed) capacity *= 2;
    const buffer = new Uint8Array(capacity);
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
  }
}
