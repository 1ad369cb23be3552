/** Hearing what is received. See {@linkcode LineListener}. */

/**
 * Hears lines as they are received.
 *
 * @param lines Whole lines with their line ends. Borrowed until the listener returns.
 * @param receivedAtMs When they came, ms since the epoch.
 * @param connectionId The exchange's name of the connection, once it is known.
 */
export type LineListener = (
  lines: Uint8Array,
  receivedAtMs: number,
  connectionId: string | undefined,
) => void;
