import { FRESH_MARKET_CLOCK, FRESH_ORDER_CLOCK } from "./_clock.ts";
import type { MockStream } from "./_mock_message.ts";

/** Bytes of a token: the exchange's mark, kind, hash of the criteria, position. */
const TOKEN_BYTES = 4 + 1 + 4 + 6;

const INITIAL = 1;
const CURRENT = 2;

/** Where a reader stopped, as its two tokens say. */
export interface ResumePoint {
  /** Position that it has been told up to. */
  readonly position: number;
}

/**
 * Makes and reads the resume tokens of one stream. Opaque to readers, as they
 * should be, but every token says which exchange made it, for which criteria and
 * at which position, so that none has to be remembered.
 *
 * As with the real exchange, the first `clk` after an image is always the same,
 * and tells something only together with the `initialClk` beside it.
 */
export class MockClock {
  /** The `clk` beside a new `initialClk`. */
  readonly fresh: string;
  readonly #mark: number;
  readonly #stream: MockStream;

  /**
   * Creates a clock.
   *
   * @param mark tells the tokens of this exchange from another's, 32 bits
   */
  constructor(stream: MockStream, mark: number) {
    this.#stream = stream;
    this.#mark = mark >>> 0;
    this.fresh = stream === "market" ? FRESH_MARKET_CLOCK : FRESH_ORDER_CLOCK;
  }

  /** An `initialClk`: criteria accepted at a position. */
  initial(criteria: string, position: number): string {
    return this.#token(INITIAL, hashOf(criteria), position);
  }

  /** A `clk`: a position. */
  current(position: number): string {
    return this.#token(CURRENT, 0, position);
  }

  /**
   * Where a reader stopped.
   *
   * @returns Undefined if the tokens are not from here, or for other criteria.
   */
  read(
    initialClk: unknown,
    clk: unknown,
    criteria: string,
  ): ResumePoint | undefined {
    const initial = this.#read(initialClk, INITIAL);
    if (initial === undefined || initial.hash !== hashOf(criteria)) {
      return undefined;
    }
    if (clk === this.fresh) return { position: initial.position };
    const current = this.#read(clk, CURRENT);
    return current === undefined || current.position < initial.position
      ? undefined
      : { position: current.position };
  }

  #token(kind: number, hash: number, position: number): string {
    const bytes = new Uint8Array(TOKEN_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#mark);
    view.setUint8(4, kind + (this.#stream === "market" ? 0 : 16));
    view.setUint32(5, hash);
    view.setUint16(9, Math.floor(position / 4294967296));
    view.setUint32(11, position % 4294967296);
    return btoa(String.fromCharCode(...bytes));
  }

  #read(
    token: unknown,
    kind: number,
  ): { readonly hash: number; readonly position: number } | undefined {
    if (typeof token !== "string") return undefined;
    let text: string;
    try {
      text = atob(token);
    } catch {
      return undefined;
    }
    if (text.length !== TOKEN_BYTES) return undefined;
    const view = new DataView(Uint8Array.from(text, codeOf).buffer);
    const hash = view.getUint32(5);
    const position = view.getUint16(9) * 4294967296 + view.getUint32(11);
    return this.#token(kind, hash, position) === token
      ? { hash, position }
      : undefined;
  }
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
