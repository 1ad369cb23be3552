/** What the scanner's functions work on. See {@linkcode ScanState}. */

/**
 * Slots that must be free before a message, market or runner is begun, so that
 * headers and scalars need no check of their own; rows check for themselves.
 */
const HEADROOM = 64;

/**
 * The bytes being scanned and the slots being written.
 *
 * The scanner is functions over this, not closures over variables: engines fold
 * a file's constants into functions of which there is one, and of closures there
 * would be one per scanner.
 */
export class ScanState {
  /** The bytes to scan. */
  block: Uint8Array = new Uint8Array(0);
  /** The slots to write to. */
  slots: Float64Array = new Float64Array(0);
  /** Slots up to this one may be begun at without asking. */
  limit = 0;
  /** The next free slot. */
  next = 0;
  /** Where the line being scanned starts. */
  lineStart = 0;
  /** Whether the market definition that was skipped last says that the market is closed. */
  isClosed = false;

  /** Sets what to scan and where to write; to be called again when the tape has grown. */
  begin(bytes: Uint8Array, slots: Float64Array): void {
    this.block = bytes;
    this.slots = slots;
    this.limit = slots.length - HEADROOM;
  }
}
