/** Where messages keep what is about a market. See {@linkcode changeListOf}. */

/** How changes are listed in messages of one operation (protocol 3.3, 3.9). */
export interface ChangeList {
  /** Key of the array. */
  readonly key: string;
  /** Key of the market id in its elements. */
  readonly id: string;
  /** Key by which an element says that it is an image of its market; undefined if none does. */
  readonly image: string | undefined;
  /** What the names of files have behind the market id. */
  readonly suffix: string;
}

const LISTS: ReadonlyMap<unknown, ChangeList> = new Map([
  ["mcm", { key: "mc", id: "id", image: "img", suffix: "" }],
  ["ocm", { key: "oc", id: "id", image: "fullImage", suffix: ".orders" }],
  ["rcm", { key: "rc", id: "mid", image: undefined, suffix: ".race" }],
  ["ccm", { key: "cc", id: "marketId", image: undefined, suffix: ".cricket" }],
]);

/** A message as `JSON.parse` gives it. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** How messages of an operation list changes; undefined if they do not. */
export function changeListOf(op: unknown): ChangeList | undefined {
  return LISTS.get(op);
}

/** Market ids of the elements of a list, in order; undefined for those that have none. */
export function marketIdsOf(
  message: WireMessage,
  list: ChangeList,
): (string | undefined)[] {
  const changes: unknown = message[list.key];
  if (!Array.isArray(changes)) return [];
  return changes.map((change: unknown) => {
    if (typeof change !== "object" || change === null) return undefined;
    const id: unknown = (change as WireMessage)[list.id];
    return typeof id === "string" ? id : undefined;
  });
}
