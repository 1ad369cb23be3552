/** Reading a bzip2 block in its original order. See {@linkcode LinkWalk}. */

// The links of a block lead from byte to byte in the order of the original, all
// over some megabytes. Followed one after the other, each waits for memory: that
// was more than half the time of decompression. So they are followed from many
// places at once. Where that leads to the start of another piece, the piece is
// complete, and in the end the pieces are put in order:
//
//   from the first:  ──piece 0──▶│──piece 5──▶│──piece 2──▶ … back to the first
//                                start of 5   start of 2
//
// The links of a block are one ring, unless the block repeats a part of itself
// exactly. Then a walk in one piece goes around as often as it takes.

/** Bits of an entry for the byte; above them stands the place of the next entry. */
export const BYTE_BITS = 8;

/** Set in entries where pieces start: the sign, so that one comparison finds it. */
const START = 1 << 31;

/**
 * Pieces that are read at once. With 8 of them decompression is 1.2 to 1.5 times as
 * fast as with one; 16 gain a little more in Bun, and lose a little in Deno.
 */
const LANES = 8;
/** Pieces of a block, many for each lane, as their lengths differ. */
const PIECES = 64;

/** Shorter blocks stay in the caches that answer at once. */
const MIN_LENGTH = 1 << 14;

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Reads blocks. Its buffers grow to what the longest one needs, and are used again. */
export class LinkWalk {
  // A part for each lane, as long as a block: one may read nearly all of it. Pages
  // that nobody has written to take no memory.
  #bytes = NO_BYTES;

  // Of each piece: where it starts, where it led to, and the bytes.
  readonly #starts = new Int32Array(PIECES);
  readonly #ends = new Int32Array(PIECES);
  readonly #pieces: Uint8Array[] = [];

  // Of each lane: the piece in hand, where its bytes begin, where the next one goes,
  // and which entry it stands in.
  readonly #inHand = new Int32Array(LANES);
  readonly #begins = new Int32Array(LANES);
  readonly #writesAt = new Int32Array(LANES);
  readonly #places = new Int32Array(LANES);

  /**
   * Reads the bytes of a block.
   *
   * @param entries A permutation: of each entry the low {@linkcode BYTE_BITS} are a
   * byte, the bits above, of which the highest is 0, the index of the next entry.
   * Marked while it is read, and as before afterwards.
   * @param first Index of the first entry.
   * @param length Number of entries.
   * @returns The bytes, in pieces that belong together in this order; valid until the
   * next block is read.
   */
  read(
    entries: Int32Array,
    first: number,
    length: number,
  ): readonly Uint8Array[] {
    if (length < MIN_LENGTH) return [this.#readAtOnce(entries, first, length)];
    const count = this.#markStarts(entries, first, length);
    this.#readPieces(entries, count, length);
    for (let piece = 0; piece < count; piece++) {
      entries[this.#starts[piece]!]! &= ~START;
    }
    return this.#inOrder(count, length) ??
      [this.#readAtOnce(entries, first, length)];
  }

  /** Follows the links one by one. */
  #readAtOnce(
    entries: Int32Array,
    first: number,
    length: number,
  ): Uint8Array {
    const bytes = this.#room(length);
    let place = first;
    for (let at = 0; at < length; at++) {
      const entry = entries[place]!;
      bytes[at] = entry;
      place = entry >>> BYTE_BITS;
    }
    return bytes.subarray(0, length);
  }

  /** Chooses where pieces start: the first entry, and some that are spread evenly. */
  #markStarts(entries: Int32Array, first: number, length: number): number {
    const starts = this.#starts;
    starts[0] = first;
    entries[first]! |= START;
    let count = 1;
    for (let piece = 1; piece < PIECES; piece++) {
      const place = Math.floor(length * piece / PIECES);
      if (entries[place]! < 0) continue;
      entries[place]! |= START;
      starts[count++] = place;
    }
    return count;
  }

  /** Reads all pieces, several at a time. */
  #readPieces(entries: Int32Array, count: number, length: number): void {
    const bytes = this.#room(length * LANES);
    const writesAt = this.#writesAt;
    const places = this.#places;
    let next = 0;
    let lanes = LANES;
    for (let lane = 0; lane < lanes; lane++) {
      writesAt[lane] = lane * length;
      this.#begin(lane, next++, entries, bytes);
    }
    while (lanes > 0) {
      for (let lane = 0; lane < lanes; lane++) {
        const place = places[lane]!;
        const entry = entries[place]!;
        if (entry >= 0) {
          bytes[writesAt[lane]!++] = entry;
          places[lane] = entry >>> BYTE_BITS;
          continue;
        }
        this.#finish(lane, bytes);
        if (next < count) this.#begin(lane, next++, entries, bytes);
        else if (lane < --lanes) this.#move(lanes, lane--);
      }
    }
  }

  /** Begins a piece on a lane. */
  #begin(
    lane: number,
    piece: number,
    entries: Int32Array,
    bytes: Uint8Array,
  ): void {
    const at = this.#writesAt[lane]!;
    const entry = entries[this.#starts[piece]!]! & ~START;
    bytes[at] = entry;
    this.#inHand[lane] = piece;
    this.#begins[lane] = at;
    this.#writesAt[lane] = at + 1;
    this.#places[lane] = entry >>> BYTE_BITS;
  }

  /** Notes what a lane has read: it has come to the start of another piece. */
  #finish(lane: number, bytes: Uint8Array): void {
    const piece = this.#inHand[lane]!;
    this.#pieces[piece] = bytes.subarray(
      this.#begins[lane],
      this.#writesAt[lane],
    );
    this.#ends[piece] = this.#places[lane]!;
  }

  /** Moves what a lane has in hand to another one, which has nothing. */
  #move(from: number, to: number): void {
    this.#inHand[to] = this.#inHand[from]!;
    this.#begins[to] = this.#begins[from]!;
    this.#writesAt[to] = this.#writesAt[from]!;
    this.#places[to] = this.#places[from]!;
  }

  /** The pieces in their order, if together they are the whole block. */
  #inOrder(count: number, length: number): Uint8Array[] | undefined {
    const starts = this.#starts.subarray(0, count);
    const ordered: Uint8Array[] = [];
    let piece = 0;
    let bytes = 0;
    do {
      const part = this.#pieces[piece]!;
      ordered.push(part);
      bytes += part.length;
      piece = starts.indexOf(this.#ends[piece]!);
    } while (piece !== 0);
    return bytes === length ? ordered : undefined;
  }

  /** The buffer, of at least some length. */
  #room(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes;
  }
}
