/**
 * Why a fast backend declines a line: negative codes, in place of an offset.
 *
 * @module
 */

/** A value of an unexpected type, or not JSON at all. */
export const SHAPE = -1;
/** A key or enum value with an escape in it. */
export const ESCAPE = -2;
/** A key that matters, a second time in its object. */
export const DUPLICATE = -3;
/** Deeper nesting than {@linkcode MAX_DEPTH}. */
export const NESTING = -4;
/** The message is of another kind than `mcm`, or may be. Not a fault. */
export const OTHER_MESSAGE = -5;
/** The tape is full; nothing of the line counts as written. */
export const TAPE_FULL = -6;
