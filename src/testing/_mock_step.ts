import {
  CHANGES_KEY,
  itemsOf,
  membersOf,
  type MockStream,
  type WireObject,
} from "./_mock_message.ts";

/** One message of a source: a whole one, whatever it came in. */
export interface MockStep {
  /** Stream it belongs to. */
  readonly stream: MockStream;
  /** Its publish time, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /** Whether it is the complete state of its stream. */
  readonly isImage: boolean;
  /** The message's `status`: 503 is an outage upstream. */
  readonly status: number | undefined;
  /** Changes; none if it only has a status to tell. */
  readonly changes: readonly WireObject[];
  /** Whether volumes are not those of a live stream and must be summed (protocol 8.1). */
  readonly sumsVolume: boolean;
}

/** The `clk` of purchased files, whose volumes mean something else. */
const PURCHASED_CLOCK = /^\d+$/;

/**
 * Makes steps out of the messages of a recording, a generator or a script.
 * What belongs to the connection they once came over is left behind: ids,
 * clocks, heartbeats, statuses, segments.
 */
export class MockStepReader {
  readonly #segments: Record<MockStream, WireObject[]> = {
    market: [],
    order: [],
  };

  /** Takes a message; returns the step that is complete with it, if one is. */
  read(message: WireObject): MockStep | undefined {
    const { op, ct, segmentType } = message;
    if (op === "connection") {
      // What was half told on the connection before stays so.
      this.#segments.market = [];
      this.#segments.order = [];
    }
    if (op !== "mcm" && op !== "ocm") return undefined;
    const stream = op === "mcm" ? "market" : "order";
    const status = typeof message["status"] === "number"
      ? message["status"]
      : undefined;
    if (ct === "HEARTBEAT" && status === undefined) return undefined;
    if (segmentType === "SEG_START") this.#segments[stream] = [];
    const held = this.#segments[stream];
    held.push(...itemsOf(message[CHANGES_KEY[stream]]).map(membersOf));
    if (segmentType === "SEG_START" || segmentType === "SEG") return undefined;
    this.#segments[stream] = [];
    const isImage = ct === "SUB_IMAGE";
    const isPurchased = typeof message["clk"] === "string" &&
      PURCHASED_CLOCK.test(message["clk"]);
    return {
      stream,
      publishTimeMs: typeof message["pt"] === "number"
        ? message["pt"]
        : undefined,
      isImage,
      status,
      changes: isImage && stream === "market" ? newestCopies(held) : held,
      sumsVolume: stream === "market" && isPurchased,
    };
  }
}

/** One change per market: a market that was moved can be in an image twice (protocol 4.1). */
function newestCopies(changes: readonly WireObject[]): readonly WireObject[] {
  const newest = new Map<unknown, WireObject>();
  for (const change of changes) {
    const known = newest.get(change["id"]);
    if (known === undefined || versionOf(known) <= versionOf(change)) {
      newest.set(change["id"], change);
    }
  }
  return [...newest.values()];
}

function versionOf(change: WireObject): number {
  return Number(membersOf(change["marketDefinition"])["version"] ?? 0);
}
