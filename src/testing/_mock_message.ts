/** Messages as the mock exchange handles them. @module */

import type { WireObject } from "../cache/wire_object.ts";

// Members are in the order in which they are written.
export type { WireObject };

/** The two streams of a connection. */
export type MockStream = "market" | "order";

/** Numbers of one ladder entry: `[price, size]`, or `[level, price, size]`. */
export type WireRow = readonly number[];

/** The member of a change message that holds its changes. */
export const CHANGES_KEY = { market: "mc", order: "oc" } as const;

/** The `op` of a stream's change messages. */
export const CHANGE_OP = { market: "mcm", order: "ocm" } as const;

/** The items of a member that should be an array; none if it is something else. */
export function itemsOf<Item = WireObject>(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value as readonly Item[] : [];
}

/** The members of a value that should be an object; none if it is something else. */
export function membersOf(value: unknown): WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as WireObject
    : {};
}

/** What tells a runner from the others of its market: no handicap is handicap 0. */
export function runnerKey(runner: WireObject): string {
  return `${runner["id"]}/${runner["hc"] ?? 0}`;
}
