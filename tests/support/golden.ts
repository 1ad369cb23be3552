/**
 * The shape of a golden file: the state that a recording leaves behind, in the
 * format described beside the recordings.
 *
 * @module
 */

import type { LadderName } from "../../src/testing/ladder_name.ts";

/** Expected results of one recording. */
export interface Golden {
  readonly format: 1;
  readonly file: string;
  /** A checkpoint follows each message whose number (from 1) is a multiple of this. */
  readonly every: number;
  /** Counts by name, such as `messages`, `op:mcm`, `levels:atb`; 0 may be absent. */
  readonly counts: Readonly<Record<string, number>>;
  readonly initialClk?: string;
  readonly clk?: string;
  /** SHA-256 of the text of the final state, in hex. */
  readonly digest: string;
  readonly markets: Readonly<Record<string, GoldenMarket>>;
  readonly orders: Readonly<Record<string, GoldenOrderMarket>>;
  readonly checkpoints: readonly GoldenCheckpoint[];
}

/** A value that may come as the text "NaN" or "Infinity"; null is absent. */
export type GoldenScalar = number | string | null;

/** Rows of `[price, size]` or `[level, price, size]`. */
export type GoldenRows = readonly (readonly number[])[];

/** Final state of a market. */
export interface GoldenMarket {
  readonly pt: number;
  readonly tv: number;
  readonly def: Readonly<Record<string, unknown>> | null;
  readonly runners: readonly GoldenRunner[];
}

/** Final state of a runner; empty ladders are absent. */
export interface GoldenRunner
  extends Readonly<Partial<Record<LadderName, GoldenRows>>> {
  readonly id: number;
  readonly hc: number;
  readonly def: Readonly<Record<string, unknown>>;
  readonly ltp: GoldenScalar;
  readonly tv: number;
  readonly spn: GoldenScalar;
  readonly spf: GoldenScalar;
}

/** State of an order market. */
export interface GoldenOrderMarket {
  readonly pt: number;
  readonly closed: boolean;
  readonly runners: readonly GoldenOrderRunner[];
}

/** State of a runner of an order market. */
export interface GoldenOrderRunner {
  readonly id: number;
  readonly hc: number;
  readonly uo: readonly Readonly<Record<string, string | number | null>>[];
  readonly mb: GoldenRows;
  readonly ml: GoldenRows;
}

/** State after some message. */
export interface GoldenCheckpoint {
  /** Number of the message, from 1. */
  readonly n: number;
  readonly digest: string;
  readonly markets: Readonly<Record<string, GoldenCheckpointMarket>>;
  readonly orders: Readonly<Record<string, GoldenOrderMarket>>;
}

/** State of a market at a checkpoint: its totals and the first rows of its ladders. */
export interface GoldenCheckpointMarket {
  readonly tv: number;
  readonly status: string | null;
  readonly inPlay: boolean | null;
  readonly version: number | null;
  /** By `id`, or `id/hc` where the handicap is not 0. */
  readonly runners: Readonly<
    Record<
      string,
      & { readonly ltp: GoldenScalar; readonly tv: number }
      & Readonly<Partial<Record<LadderName, GoldenRows>>>
    >
  >;
}

/** Matches by strategy: by market id, one entry per runner. */
export type GoldenStrategies = Readonly<
  Record<
    string,
    readonly {
      readonly id: number;
      readonly hc: number;
      readonly smc: Readonly<
        Record<string, { readonly mb: GoldenRows; readonly ml: GoldenRows }>
      >;
    }[]
  >
>;
