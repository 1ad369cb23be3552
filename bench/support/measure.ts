/**
 * Timing: warm-up, interleaved rounds, medians. The same in both runtimes.
 *
 * @module
 */

/** Something to time. */
export interface Timed {
  readonly name: string;
  /** Does the work once and returns something that depends on all of it. */
  readonly run: () => unknown;
}

/** How long to measure. */
export interface MeasureOptions {
  /** Warm-up of each variant, ms. */
  readonly warmMs: number;
  /** Measured time of each variant in all rounds together, ms. */
  readonly measureMs: number;
  /** Rounds, in which the variants take turns. */
  readonly rounds: number;
}

/** Durations of one run, ns. */
export interface Timing {
  readonly name: string;
  readonly runs: number;
  readonly medianNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly p75Ns: number;
  readonly p99Ns: number;
}

let used: unknown;
let uses = 0;

/** Takes a result, so that no engine can find the work behind it useless. */
export function use(value: unknown): void {
  used = value;
  uses++;
}

/** What was used last, and how often: reading it keeps {@linkcode use} honest. */
export function lastUse(): readonly [value: unknown, uses: number] {
  return [used, uses];
}

/** Times one variant that runs to its end synchronously. */
export function measure(timed: Timed, options: MeasureOptions): Timing {
  const samples: number[] = [];
  collect(timed, options.warmMs, []);
  collect(timed, options.measureMs, samples);
  return timingOf(timed.name, samples);
}

/**
 * Times variants that compete: each is warmed up, then they take turns, so that
 * what disturbs the machine disturbs all of them.
 */
export async function measureInterleaved(
  variants: readonly Timed[],
  options: MeasureOptions,
): Promise<Timing[]> {
  const { warmMs, measureMs, rounds } = options;
  for (const variant of variants) await collectAny(variant, warmMs, []);
  const samples = variants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < variants.length; i++) {
      // Every other round runs backwards: nobody is always first.
      const at = round % 2 === 0 ? i : variants.length - 1 - i;
      await collectAny(variants[at]!, measureMs / rounds, samples[at]!);
    }
  }
  return variants.map(({ name }, i) => timingOf(name, samples[i]!));
}

/** Runs for a time, at least three times, and notes each duration in ns. */
function collect(timed: Timed, forMs: number, samples: number[]): void {
  const end = performance.now() + forMs;
  let runs = 0;
  while (runs < 3 || performance.now() < end) {
    const start = performance.now();
    use(timed.run());
    samples.push((performance.now() - start) * 1e6);
    runs++;
  }
}

/** As {@linkcode collect}, for what may return a promise. */
async function collectAny(
  timed: Timed,
  forMs: number,
  samples: number[],
): Promise<void> {
  const end = performance.now() + forMs;
  let runs = 0;
  while (runs < 3 || performance.now() < end) {
    const start = performance.now();
    const result = timed.run();
    // Awaiting what is no promise would cost as much as a small case.
    use(result instanceof Promise ? await result : result);
    samples.push((performance.now() - start) * 1e6);
    runs++;
  }
}

function timingOf(name: string, samples: number[]): Timing {
  const sorted = samples.slice().sort((a, b) => a - b);
  return {
    name,
    runs: sorted.length,
    medianNs: quantile(sorted, 0.5),
    minNs: sorted[0] ?? NaN,
    maxNs: sorted.at(-1) ?? NaN,
    p75Ns: quantile(sorted, 0.75),
    p99Ns: quantile(sorted, 0.99),
  };
}

/** Median of numbers; NaN when there are none. */
export function median(values: readonly number[]): number {
  return quantile(values.slice().sort((a, b) => a - b), 0.5);
}

function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/** MB (10^6 bytes) per second. */
export function megabytesPerSecond(bytes: number, ns: number): number {
  return bytes * 1000 / ns;
}

/** A duration in the unit that fits. */
export function formatNs(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(1)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}
