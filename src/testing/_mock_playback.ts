/** How a mock exchange goes through its source. See {@linkcode MockPlayback}. */

import { setImmediate } from "node:timers";
import type { MockSourceReader } from "./_mock_source.ts";
import type { MockStep } from "./_mock_step.ts";
import type { MockPace } from "./mock_exchange_options.ts";
import type { MockTimers } from "./mock_timers.ts";

/** Steps that are published before others get a turn. */
const STEPS_PER_TURN = 64;

/** What a playback asks of its exchange. */
export interface PlaybackHost {
  readonly timers: MockTimers;
  /** Messages of the source that have happened. */
  position(): number;
  /** Lets a message happen. */
  publish(step: MockStep): void;
  /** Whether the source waits for slow readers. */
  readonly waitsForSlow: boolean;
  /** Waits for readers that are behind. */
  roomForMore(): Promise<void>;
  /** Whether there are as many readers as the source is to wait for. */
  hasReaders(): boolean;
  /** Waits until something is so. */
  until(condition: () => boolean): Promise<void>;
  /** Is told that something has happened, or waits to. */
  onChange(): void;
  /** Is told why the source cannot be gone through further. */
  onFailure(error: unknown): void;
}

/** Lets the messages of a source happen: by itself at some pace, or when told to. */
export class MockPlayback {
  readonly #source: MockSourceReader;
  readonly #host: PlaybackHost;
  readonly #batches: AsyncGenerator<readonly MockStep[]>;
  #batch: readonly MockStep[] = [];
  #nextInBatch = 0;
  #isAtEnd = false;
  #isClosed = false;
  /** The last of the calls that move the source on; they take turns. */
  #advancing: Promise<unknown> = Promise.resolve();
  /** Ends the wait for the next step's time. */
  #stopPace: () => void = () => {};

  constructor(source: MockSourceReader, host: PlaybackHost) {
    this.#source = source;
    this.#host = host;
    this.#batches = source.steps();
  }

  /** Whether all of the source has happened. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Lines of a recording that were no JSON and were passed over so far. */
  get skippedLines(): number {
    return this.#source.skippedLines;
  }

  /**
   * Lets happen what comes before the first client.
   *
   * @param startPosition Up to where; undefined is all images that it begins with.
   */
  async begin(startPosition: number | undefined): Promise<void> {
    while (
      startPosition === undefined
        ? isImage(await this.#peek())
        : this.#host.position() < startPosition &&
          await this.#peek() !== undefined
    ) this.#publishNext();
  }

  /** Lets the next messages happen; returns how many there were. */
  advance(steps: number): Promise<number> {
    return this.#inTurn(() => this.#advance(steps));
  }

  /** Lets messages happen up to a position; none if it is past. */
  async advanceTo(position: number): Promise<void> {
    await this.#inTurn(() => this.#advance(position - this.#host.position()));
  }

  /** Goes through the source by itself. Never throws. */
  async run(pace: Exclude<MockPace, "stepped">): Promise<void> {
    const host = this.#host;
    const hasReaders = (): boolean => host.hasReaders();
    try {
      await host.until(hasReaders);
      if (pace === "asRead") {
        while (!this.#isAtEnd && !this.#isClosed) {
          if (!hasReaders()) await host.until(hasReaders);
          await this.advance(STEPS_PER_TURN);
          await turn();
        }
      } else await this.#runByTime(pace);
    } catch (error) {
      host.onFailure(error);
    }
  }

  /** Stops; nothing happens any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopPace();
    await this.#advancing;
    await this.#batches.return(undefined);
  }

  #inTurn<T>(advance: () => Promise<T>): Promise<T> {
    const advancing = this.#advancing.then(advance);
    this.#advancing = advancing.catch(() => {});
    return advancing;
  }

  /** The next step; undefined at the end. */
  async #peek(): Promise<MockStep | undefined> {
    while (this.#nextInBatch === this.#batch.length) {
      const { done, value } = await this.#batches.next();
      if (done) {
        this.#isAtEnd = true;
        return undefined;
      }
      this.#batch = value;
      this.#nextInBatch = 0;
    }
    return this.#batch[this.#nextInBatch];
  }

  /** Lets the step happen that was looked at. */
  #publishNext(): void {
    this.#host.publish(this.#batch[this.#nextInBatch++]!);
  }

  async #advance(steps: number): Promise<number> {
    const host = this.#host;
    let done = 0;
    while (done < steps && !this.#isClosed) {
      if (await this.#peek() === undefined) break;
      this.#publishNext();
      done++;
      if (host.waitsForSlow) await host.roomForMore();
      else if (done % STEPS_PER_TURN === 0) await turn();
    }
    // Whether this was the end is known only by looking.
    if (!this.#isClosed) await this.#peek();
    host.onChange();
    return done;
  }

  /** Lets each step happen at its time. */
  async #runByTime(speed: number): Promise<void> {
    const { timers } = this.#host;
    let startedAtMs = timers.now();
    let firstMs: number | undefined;
    let lastMs = -Infinity;
    let lastDueMs = startedAtMs;
    let sinceTurn = 0;
    while (!this.#isClosed) {
      const step = await this.#peek();
      if (step === undefined) return;
      const atMs = step.publishTimeMs ?? firstMs ?? 0;
      firstMs ??= atMs;
      if (atMs < lastMs) {
        // Another recording begins, which is told in its own time.
        firstMs = atMs;
        startedAtMs = lastDueMs;
      }
      const dueMs = startedAtMs + (atMs - firstMs) / speed;
      lastMs = atMs;
      lastDueMs = dueMs;
      const waitMs = dueMs - timers.now();
      if (waitMs > 0) {
        await this.#sleep(waitMs);
        sinceTurn = 0;
      } else if (++sinceTurn === STEPS_PER_TURN) {
        // Behind its time it must still hear requests.
        await turn();
        sinceTurn = 0;
      }
      if (!this.#isClosed) await this.advance(1);
    }
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#host.timers.schedule(resolve, delayMs);
      this.#stopPace = () => {
        cancel();
        resolve();
      };
      this.#host.onChange();
    });
  }
}

/** Whether a step is only images, as a source begins with. */
function isImage(step: MockStep | undefined): boolean {
  if (step === undefined) return false;
  return step.isImage || step.changes.length > 0 &&
      step.changes.every((change) =>
        change["img"] === true || change["fullImage"] === true
      );
}

/** Lets everything happen that is ready to. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
