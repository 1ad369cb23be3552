/**
 * Faults of the peers that were looked into. A difference that none of these
 * explains makes the run fail: it may be a fault of this library.
 *
 * @module
 */

interface KnownFault {
  /** Beginning of the peer's id. */
  readonly peer: string;
  /** Recordings that show it. */
  readonly recording: RegExp;
  readonly text: string;
}

const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    peer: "betfairlightweight",
    recording: /^(?:reconnect_two_connections|derived_segmented)/,
    text:
      "a `SUB_IMAGE` does not empty its cache: markets that the image lacks stay",
  },
];

/** The fault that explains why a peer differs on a recording. */
export function knownFault(
  peer: string,
  recording: string,
): string | undefined {
  return KNOWN_FAULTS.find((fault) =>
    peer.startsWith(fault.peer) && fault.recording.test(recording)
  )?.text;
}
