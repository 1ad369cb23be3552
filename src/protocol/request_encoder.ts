/** From request to wire. See {@linkcode encodeRequest}. */

import { InvalidRequestError } from "./invalid_request_error.ts";
import type { StreamRequest } from "./requests.ts";

/** A JSON object in the making. It has no prototype, so that no key of a request can reach one. */
type JsonObject = Record<string, unknown>;

/** Checks one value and returns what to write for it. */
type Rule = (value: unknown, path: string) => unknown;

type Rules = Readonly<Record<string, Rule>>;

const MIN_INT32 = -0x80000000;
const MAX_INT32 = 0x7fffffff;

/** Longest strategy ref that the exchange takes, characters. */
const MAX_STRATEGY_REF_LENGTH = 15;

/** No request nests deeper than three; bounds the walk through a cyclic object. */
const MAX_DEPTH = 16;

const encoder = new TextEncoder();

const textListRule: Rule = listRule(textRule);

const REQUEST_RULES: Rules = table({
  id: integerRule(MIN_INT32, MAX_INT32),
});

const SUBSCRIPTION_RULES: Rules = table({
  ...REQUEST_RULES,
  segmentationEnabled: booleanRule,
  conflateMs: integerRule(0, 120_000),
  heartbeatMs: integerRule(500, 5_000),
  initialClk: textRule,
  clk: textRule,
});

/** What each kind of request may hold; keys that are not listed are passed on. */
const RULES_BY_OPERATION: ReadonlyMap<string, Rules> = new Map([
  [
    "authentication",
    table({ ...REQUEST_RULES, appKey: textRule, session: textRule }),
  ],
  ["heartbeat", REQUEST_RULES],
  [
    "marketSubscription",
    table({
      ...SUBSCRIPTION_RULES,
      marketFilter: objectRule({
        marketIds: textListRule,
        eventTypeIds: textListRule,
        eventIds: textListRule,
        marketTypes: textListRule,
        bettingTypes: textListRule,
        countryCodes: textListRule,
        venues: textListRule,
        raceTypes: textListRule,
        bspMarket: booleanRule,
        turnInPlayEnabled: booleanRule,
        betDelayModels: textListRule,
      }),
      marketDataFilter: objectRule({
        fields: textListRule,
        ladderLevels: integerRule(1, 10),
      }),
    }),
  ],
  [
    "orderSubscription",
    table({
      ...SUBSCRIPTION_RULES,
      orderFilter: objectRule({
        includeOverallPosition: booleanRule,
        customerStrategyRefs: listRule(strategyRefRule),
        partitionMatchedByStrategyRef: booleanRule,
        accountIds: forbiddenRule,
      }),
    }),
  ],
  ["raceSubscription", REQUEST_RULES],
  ["cricketSubscription", REQUEST_RULES],
]);

/**
 * Encodes a request as it goes to the exchange: one line of compact JSON in
 * UTF-8, ended by CR LF (protocol sections 1 and 2).
 *
 * Exactly what was asked for is sent: nothing is filled in, and the request is
 * not changed or kept. Only fields that are `undefined` or `null` are left out,
 * as both mean "not supplied". Fields and values that this library does not
 * know are passed on.
 *
 * @param request The request.
 * @returns The bytes, line end included; they belong to the caller.
 * @throws {InvalidRequestError} when the protocol forbids the request. The error
 * holds no text from the request, hence neither session nor application key.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeRequest } from "@betfair-stream/core";
 *
 * const line = encodeRequest({
 *   op: "marketSubscription",
 *   id: 2,
 *   marketFilter: { eventTypeIds: ["7"], countryCodes: ["GB"] },
 *   marketDataFilter: { fields: ["EX_BEST_OFFERS", "EX_MARKET_DEF"], ladderLevels: 3 },
 * });
 *
 * assert.equal(
 *   new TextDecoder().decode(line),
 *   '{"op":"marketSubscription","id":2,' +
 *     '"marketFilter":{"eventTypeIds":["7"],"countryCodes":["GB"]},' +
 *     '"marketDataFilter":{"fields":["EX_BEST_OFFERS","EX_MARKET_DEF"],"ladderLevels":3}}\r\n',
 * );
 * ```
 */
export function encodeRequest(request: StreamRequest): Uint8Array {
  const source: unknown = request;
  if (!isPlainObject(source)) {
    throw new InvalidRequestError(
      "request",
      `must be a plain object: ${describe(source)}`,
    );
  }
  const op = source["op"];
  const rules = typeof op === "string" ? RULES_BY_OPERATION.get(op) : undefined;
  if (rules === undefined) {
    throw new InvalidRequestError(
      "op",
      `must be one of ${[...RULES_BY_OPERATION.keys()].join(", ")}`,
    );
  }
  const line = copyObject(source, "", 0, rules);
  // Set again as the field may be a getter, and must be what was looked up.
  line["op"] = op;
  checkWhole(line);
  return encoder.encode(`${JSON.stringify(line)}\r\n`);
}

/** Rules that concern more than one field. */
function checkWhole(line: JsonObject): void {
  if (line["op"] === "authentication") {
    for (const field of ["appKey", "session"]) {
      if (line[field] === undefined) {
        throw new InvalidRequestError(field, "must be given");
      }
    }
  }
  const hasInitialClk = line["initialClk"] !== undefined;
  if (hasInitialClk !== (line["clk"] !== undefined)) {
    throw hasInitialClk
      ? new InvalidRequestError("clk", "must be given together with initialClk")
      : new InvalidRequestError(
        "initialClk",
        "must be given together with clk",
      );
  }
}

/** A table of rules that finds nothing on `Object.prototype`. */
function table(rules: Rules): Rules {
  return Object.assign(Object.create(null), rules);
}

function booleanRule(value: unknown, path: string): unknown {
  if (typeof value === "boolean") return value;
  throw new InvalidRequestError(path, `must be a boolean: ${describe(value)}`);
}

function textRule(value: unknown, path: string): unknown {
  if (typeof value !== "string") {
    throw new InvalidRequestError(path, `must be a string: ${describe(value)}`);
  }
  if (value.trim() !== "") return value;
  throw new InvalidRequestError(path, "must not be blank");
}

function strategyRefRule(value: unknown, path: string): unknown {
  // "" is let through: orders without a ref are known under it.
  if (typeof value !== "string") return textRule(value, path);
  if (value.length <= MAX_STRATEGY_REF_LENGTH) return value;
  throw new InvalidRequestError(
    path,
    `must be <= ${MAX_STRATEGY_REF_LENGTH} characters: ${value.length} characters`,
  );
}

function forbiddenRule(_value: unknown, path: string): never {
  throw new InvalidRequestError(
    path,
    "must not be set as the exchange refuses the subscription",
  );
}

function integerRule(min: number, max: number): Rule {
  return (value, path) => {
    if (
      typeof value === "number" && Number.isInteger(value) && value >= min &&
      value <= max
    ) return value;
    throw new InvalidRequestError(
      path,
      `must be an integer in ${min} to ${max}: ${shown(value)}`,
    );
  };
}

function listRule(itemRule: Rule): Rule {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new InvalidRequestError(
        path,
        `must be an array: ${describe(value)}`,
      );
    }
    if (value.length === 0) {
      throw new InvalidRequestError(
        path,
        "must not be empty: leave it out to not filter by it",
      );
    }
    // Array.from, not map: a hole in a list must be refused, not skipped.
    return Array.from(value, (item, i) => itemRule(item, `${path}[${i}]`));
  };
}

function objectRule(rules: Rules): Rule {
  const own = table(rules);
  return (value, path) => {
    if (isPlainObject(value)) return copyObject(value, path, 1, own);
    throw new InvalidRequestError(
      path,
      `must be a plain object: ${describe(value)}`,
    );
  };
}

/** A checked copy without what is not supplied. */
function copyObject(
  source: JsonObject,
  path: string,
  depth: number,
  rules: Rules | undefined,
): JsonObject {
  const copy: JsonObject = Object.create(null);
  if (path === "") {
    // First on the line, whatever order the caller wrote them in.
    copy["op"] = undefined;
    copy["id"] = undefined;
  }
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined || value === null) continue;
    const at = path === "" ? key : `${path}.${key}`;
    const rule = rules?.[key];
    copy[key] = rule === undefined
      ? copyJson(value, at, depth + 1)
      : rule(value, at);
  }
  return copy;
}

/** A copy of a value that this library knows nothing about, as long as JSON can hold it. */
function copyJson(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (depth > MAX_DEPTH) {
    throw new InvalidRequestError(
      path,
      `must not be nested deeper than ${MAX_DEPTH} levels`,
    );
  }
  if (Array.isArray(value)) {
    return Array.from(
      value,
      (item, i) => copyJson(item, `${path}[${i}]`, depth + 1),
    );
  }
  if (isPlainObject(value)) return copyObject(value, path, depth, undefined);
  throw new InvalidRequestError(
    path,
    `must be a value of JSON: ${shown(value)}`,
  );
}

/**
 * Whether a value is an object literal, of whatever realm. Instances (Date,
 * Map, …) are not: their content is not in their keys and would be lost.
 */
function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is where a number may stand, which is shown. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : describe(value);
}

/**
 * What a value is, without showing it: it could be a secret, of digits too, or one in
 * the wrong place.
 */
function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
