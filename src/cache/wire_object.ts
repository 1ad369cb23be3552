/** A part of a message as it was sent. See {@linkcode WireObject}. */

/** A JSON object of unknown content. */
export type WireObject = Readonly<Record<string, unknown>>;
