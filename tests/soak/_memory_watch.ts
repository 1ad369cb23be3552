import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Memory of this process, MiB. */
interface Sample {
  readonly heapMiB: number;
  readonly residentMiB: number;
}

// Room for what is no leak: buffers that grow to what a burst needs, machine
// code, and the allocator's own ways.
const HEAP_SLACK = 1.1;
const HEAP_SLACK_MIB = 8;
const RESIDENT_SLACK = 1.2;
const RESIDENT_SLACK_MIB = 32;

/** Fewer samples say nothing about growth. */
const MIN_SAMPLES = 12;

/** Takes samples of the memory, garbage collected first. */
export class MemoryWatch {
  readonly #samples: Sample[] = [];

  /** Takes a sample. */
  sample(): Sample {
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    const sample = { heapMiB: heapUsed / 2 ** 20, residentMiB: rss / 2 ** 20 };
    this.#samples.push(sample);
    return sample;
  }

  /** Medians of the second and of the last quarter: the first one warms up. */
  get quarters(): readonly [second: Sample, last: Sample] {
    const quarter = Math.ceil(this.#samples.length / 4);
    return [
      medianOf(this.#samples.slice(quarter, 2 * quarter)),
      medianOf(this.#samples.slice(-quarter)),
    ];
  }

  /** What is wrong, if memory has grown. */
  get problems(): string[] {
    if (this.#samples.length < MIN_SAMPLES) return [];
    const [second, last] = this.quarters;
    const problems: string[] = [];
    if (last.heapMiB > second.heapMiB * HEAP_SLACK + HEAP_SLACK_MIB) {
      problems.push(`heap grew from ${show(second)} to ${show(last)}`);
    }
    if (
      last.residentMiB >
        second.residentMiB * RESIDENT_SLACK + RESIDENT_SLACK_MIB
    ) {
      problems.push(`process grew from ${show(second)} to ${show(last)}`);
    }
    return problems;
  }
}

function show({ heapMiB, residentMiB }: Sample): string {
  return `${heapMiB.toFixed(1)} MiB of ${residentMiB.toFixed(1)} MiB`;
}

function medianOf(samples: readonly Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number): number =>
    samples.map(pick).sort((a, b) => a - b)[samples.length >> 1] ?? NaN;
  return {
    heapMiB: middle((sample) => sample.heapMiB),
    residentMiB: middle((sample) => sample.residentMiB),
  };
}

/** Collects garbage: what is left is in use. */
const collectGarbage: () => void = garbageCollector();

function garbageCollector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(force: boolean): void } };
  if (Bun !== undefined) return () => Bun.gc(true);
  // V8 shows its collector to contexts that are made after this.
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
