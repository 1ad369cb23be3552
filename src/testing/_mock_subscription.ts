import type { MockBook, Publication } from "./_mock_book.ts";
import type { MockClock } from "./_mock_clock.ts";
import type { SubscriptionContent } from "./_mock_content.ts";
import { groupsOf } from "./_mock_groups.ts";
import {
  CHANGE_OP,
  CHANGES_KEY,
  type MockStream,
  type WireObject,
} from "./_mock_message.ts";
import type { MockTimers } from "./mock_timers.ts";

/** `status` of a message whose content is late (protocol 6.3). */
const UNAVAILABLE = 503;

/** What a subscription needs of its connection and of the exchange. */
export interface SubscriptionHost {
  readonly book: MockBook;
  readonly clocks: Readonly<Record<MockStream, MockClock>>;
  readonly timers: MockTimers;
  /** Largest segment, characters of JSON. */
  readonly segmentBytes: number;
  /** Publish time of a message, ms since the epoch. */
  publishTimeMs(stream: MockStream): number;
  /** Whether the client reads too slowly for more. */
  readonly isCongested: boolean;
  /** Sends a line. */
  send(line: string): void;
}

/** What was agreed on a subscription. */
export interface SubscriptionTerms {
  /** Id of the request; messages have none if the request had none. */
  readonly id: unknown;
  /** What a resumed subscription must have the same, as text. */
  readonly criteria: string;
  /** Longest silence, ms. */
  readonly heartbeatMs: number;
  /** Time over which changes are merged, ms; 0 not at all. */
  readonly conflateMs: number;
  /** Whether large messages come in segments. */
  readonly isSegmented: boolean;
}

/**
 * One subscription: what its reader has been told, and what it is told next.
 *
 * ```text
 *   start ──► image or RESUB_DELTA ──► up to date ◄──────────────┐
 *                                        │   │ step: passed on   │
 *                      reader slow, or   │   └───────────────────┤
 *                      conflateMs        ▼                       │
 *                                      behind ── room again, ────┘
 *                                                or time over: one message of
 *                                                all changes since, `con`
 * ```
 */
export class MockSubscription {
  /** Stream it is of. */
  readonly stream: MockStream;
  /** What was agreed. */
  readonly terms: SubscriptionTerms;
  readonly #host: SubscriptionHost;
  readonly #content: SubscriptionContent;
  readonly #clock: MockClock;
  /** Position up to which the reader has been told everything. */
  #told: number;
  #isBehind = false;
  #isActive = false;
  #sentAtMs = 0;
  #lastPublishTimeMs = 0;
  #unavailable = 0;
  #isUpstreamLate = false;
  #stopHeartbeat: () => void = nothing;
  #stopConflation: () => void = nothing;

  constructor(
    stream: MockStream,
    terms: SubscriptionTerms,
    content: SubscriptionContent,
    host: SubscriptionHost,
  ) {
    this.stream = stream;
    this.terms = terms;
    this.#content = content;
    this.#host = host;
    this.#clock = host.clocks[stream];
    this.#told = host.book.position;
  }

  /** Position up to which the reader has been told everything. */
  get toldPosition(): number {
    return this.#told;
  }

  /** Whether there are changes that the reader has not been told. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Tells the first message: the difference to a position, or everything. */
  start(from: number | undefined): void {
    this.#isActive = true;
    if (from === undefined || this.#host.book.imagedAt(this.stream) > from) {
      this.sendImage();
    } else {
      this.#sendFirst("RESUB_DELTA", this.#content.changesSince(from));
    }
    // A fault may have ended the connection meanwhile, and with it this.
    if (this.#isActive) this.#armHeartbeat();
  }

  /** Ends it; nothing is told any more. */
  stop(): void {
    this.#isActive = false;
    this.#stopHeartbeat();
    this.#stopConflation();
  }

  /** The whole state, as an image has it. */
  image(): readonly WireObject[] {
    return this.#content.image();
  }

  /** Tells the whole state. */
  sendImage(): void {
    this.#sendFirst("SUB_IMAGE", this.#content.image());
  }

  /** Tells single markets in full, in an ordinary message. */
  sendImagesOf(marketIds: readonly string[]): void {
    const changes = marketIds.map((id) => this.#content.imageOf(id))
      .filter((change) => change !== undefined);
    this.catchUp();
    this.#send(this.#ordinary(), changes);
  }

  /** Marks the next messages as unreliable. */
  makeUnavailable(messages: number): void {
    this.#unavailable = messages;
  }

  /** Takes the next step of the source. */
  offer(publication: Publication): void {
    const { step, position } = publication;
    if (!this.#isActive) return;
    if (step.stream !== this.stream) {
      if (!this.#isBehind) this.#told = position;
      return;
    }
    this.#isUpstreamLate = step.status === UNAVAILABLE;
    if (this.terms.conflateMs > 0 && !this.#isBehind) this.#armConflation();
    if (this.terms.conflateMs > 0 || this.#isBehind || this.#host.isCongested) {
      this.#isBehind = true;
      return;
    }
    this.#told = position;
    if (step.isImage) this.sendImage();
    else if (step.changes.length === 0) this.heartbeat();
    else {
      const changes = this.#content.changesOf(publication);
      if (changes.length > 0) this.#send(this.#ordinary(), changes);
    }
  }

  /** Tells at once what has not been told, if there is anything. */
  catchUp(): void {
    if (!this.#isActive || !this.#isBehind) return;
    const from = this.#told;
    this.#isBehind = false;
    this.#told = this.#host.book.position;
    if (this.#host.book.imagedAt(this.stream) > from) {
      this.sendImage();
      return;
    }
    const changes = this.#content.changesSince(from);
    if (changes.length > 0) this.#send(this.#ordinary(), changes);
  }

  /** Called when the reader has made room. */
  onDrain(): void {
    if (this.terms.conflateMs === 0 && !this.#host.isCongested) this.catchUp();
  }

  /** Tells that there is nothing to tell. */
  heartbeat(): void {
    if (!this.#isActive || this.#host.isCongested) return;
    this.#sendLine({ ...this.#ordinary(), ct: "HEARTBEAT" });
  }

  /** An ordinary message without content. */
  #ordinary(): WireObject {
    return {
      op: CHANGE_OP[this.stream],
      ...this.#identity(),
      clk: this.#clock.current(this.#told),
      pt: this.#publishTime(),
    };
  }

  #sendFirst(ct: string, changes: readonly WireObject[]): void {
    this.#isBehind = false;
    this.#told = this.#host.book.position;
    this.#send({
      op: CHANGE_OP[this.stream],
      ...this.#identity(),
      initialClk: this.#clock.initial(this.terms.criteria, this.#told),
      clk: this.#clock.fresh,
      conflateMs: this.terms.conflateMs,
      heartbeatMs: this.terms.heartbeatMs,
      pt: this.#publishTime(),
      ct,
    }, changes);
  }

  #identity(): WireObject {
    return this.terms.id === undefined ? {} : { id: this.terms.id };
  }

  /** Sends a message, in segments if it is large and segments are allowed. */
  #send(envelope: WireObject, changes: readonly WireObject[]): void {
    const key = CHANGES_KEY[this.stream];
    const groups = this.terms.isSegmented
      ? groupsOf(changes, this.#host.segmentBytes)
      : [];
    if (groups.length < 2) {
      this.#sendLine({ ...envelope, [key]: changes });
      return;
    }
    const { initialClk, clk, conflateMs, heartbeatMs, ...common } = envelope;
    groups.forEach((group, index) => {
      const isFirst = index === 0;
      const isLast = index === groups.length - 1;
      this.#sendLine({
        ...common,
        ...isFirst && initialClk !== undefined
          ? { initialClk, conflateMs, heartbeatMs }
          : {},
        ...isLast ? { clk } : {},
        segmentType: isFirst ? "SEG_START" : isLast ? "SEG_END" : "SEG",
        [key]: group,
      });
    });
  }

  #sendLine(message: WireObject): void {
    const isLate = this.#unavailable > 0 || this.#isUpstreamLate;
    const line = isLate ? { ...message, status: UNAVAILABLE } : message;
    if (this.#unavailable > 0) this.#unavailable--;
    this.#sentAtMs = this.#host.timers.now();
    this.#host.send(JSON.stringify(line));
  }

  /** Publish times never go back. */
  #publishTime(): number {
    this.#lastPublishTimeMs = Math.max(
      this.#lastPublishTimeMs,
      this.#host.publishTimeMs(this.stream),
    );
    return this.#lastPublishTimeMs;
  }

  /** Waits until the silence has lasted long enough: one timer, however much is sent. */
  #armHeartbeat(): void {
    const { timers } = this.#host;
    const silentMs = Math.max(0, timers.now() - this.#sentAtMs);
    this.#stopHeartbeat = timers.schedule(() => {
      if (timers.now() - this.#sentAtMs >= this.terms.heartbeatMs) {
        this.heartbeat();
        // Whatever kept it from being sent, the next look is a whole interval away.
        this.#sentAtMs = timers.now();
      }
      if (this.#isActive) this.#armHeartbeat();
    }, Math.max(1, this.terms.heartbeatMs - silentMs));
  }

  #armConflation(): void {
    this.#stopConflation();
    this.#stopConflation = this.#host.timers.schedule(() => {
      if (this.#host.isCongested) this.#armConflation();
      else this.catchUp();
    }, this.terms.conflateMs);
  }
}

function nothing(): void {}
