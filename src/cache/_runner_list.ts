/** The runners of a market. See {@linkcode RunnerList}. */

import { LiveRunnerBook, type RunnerMarket } from "./_live_runner_book.ts";

const NO_RUNNERS: readonly never[] = [];

const NO_KEYS: Float64Array = new Float64Array(0);

/** Numbers per runner in the keys. */
const KEY_STRIDE = 2;

/** Finds runners by selection id and handicap, adds them, and puts them in order. */
export class RunnerList {
  readonly #market: RunnerMarket;
  #runners: LiveRunnerBook[] = [];
  /**
   * Selection id and handicap of each runner, in a row, so that finding one does
   * not touch the others' objects.
   *
   *   0             1           2             3           …
   *   selectionId₀  handicap₀   selectionId₁  handicap₁   …  │ spare
   */
  #keys: Float64Array = NO_KEYS;
  /** Slot in the keys where the last runner was found: the next one is often behind it. */
  #hint = 0;
  /** Runners from before an image that may come back with it. */
  #former: readonly LiveRunnerBook[] = NO_RUNNERS;
  /** The public view, sorted; undefined when it must be made anew. */
  #listed: readonly LiveRunnerBook[] | undefined;

  constructor(market: RunnerMarket) {
    this.#market = market;
  }

  /** All runners, in the order they were added. */
  get all(): readonly LiveRunnerBook[] {
    return this.#runners;
  }

  /** Those that the definition lists or never did, by sort priority. */
  get listed(): readonly LiveRunnerBook[] {
    return this.#listed ??= this.#runners.filter((runner) => runner.isListed)
      .sort(byPriority);
  }

  /** The runner with a selection id and a handicap. */
  find(selectionId: number, handicap: number): LiveRunnerBook | undefined {
    return findIn(this.#runners, selectionId, handicap);
  }

  /**
   * Finds a runner by scanning from where the last one was found: messages name
   * runners in a like order, and most markets have few.
   */
  findOrAdd(selectionId: number, handicap: number): LiveRunnerBook {
    const keys = this.#keys;
    const end = this.#runners.length * KEY_STRIDE;
    for (let key = this.#hint; key < end; key += KEY_STRIDE) {
      if (keys[key] === selectionId && keys[key + 1] === handicap) {
        this.#hint = key;
        return this.#runners[key >> 1]!;
      }
    }
    let key = Math.min(this.#hint, end) - KEY_STRIDE;
    for (; key >= 0; key -= KEY_STRIDE) {
      if (keys[key] === selectionId && keys[key + 1] === handicap) {
        this.#hint = key;
        return this.#runners[key >> 1]!;
      }
    }
    return this.#add(selectionId, handicap);
  }

  /** Empties the list; runners that the image names come back as the same objects, cleared. */
  beginImage(): void {
    this.#former = this.#runners;
    this.#runners = [];
    this.#listed = undefined;
    this.#hint = 0;
  }

  /** Lets go of the runners that the image did not name. */
  endImage(): void {
    this.#former = NO_RUNNERS;
  }

  /** Says that definitions of runners have changed, and with them what is listed. */
  relist(): void {
    this.#listed = undefined;
  }

  #add(selectionId: number, handicap: number): LiveRunnerBook {
    const former = findIn(this.#former, selectionId, handicap);
    former?.clear();
    const runner = former ??
      new LiveRunnerBook(this.#market, selectionId, handicap);
    const key = (this.#runners.push(runner) - 1) * KEY_STRIDE;
    if (key === this.#keys.length) this.#keys = withMoreRoom(this.#keys);
    this.#keys[key] = selectionId;
    this.#keys[key + 1] = handicap;
    this.#hint = key;
    this.#listed = undefined;
    return runner;
  }
}

function findIn(
  runners: readonly LiveRunnerBook[],
  selectionId: number,
  handicap: number,
): LiveRunnerBook | undefined {
  return runners.find((runner) =>
    runner.selectionId === selectionId && runner.handicap === handicap
  );
}

/** Room for twice as many keys, for 8 at least. */
function withMoreRoom(keys: Float64Array): Float64Array {
  const larger = new Float64Array(Math.max(8 * KEY_STRIDE, keys.length * 2));
  larger.set(keys);
  return larger;
}

/** Sort priority; runners without one last, by selection id and handicap. */
function byPriority(a: LiveRunnerBook, b: LiveRunnerBook): number {
  const byPriority = (a.sortPriority ?? Infinity) -
    (b.sortPriority ?? Infinity);
  if (byPriority < 0 || byPriority > 0) return byPriority;
  return a.selectionId - b.selectionId || a.handicap - b.handicap;
}
