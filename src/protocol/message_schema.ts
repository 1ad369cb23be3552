/** Checks that change messages have the shapes that their types promise. */

import { isJsonObject, type JsonObject, SchemaCheck } from "./_schema_check.ts";
import type { MarketChangeMessage } from "./market_change_message.ts";
import { MessageSchemaError } from "./message_schema_error.ts";
import type { OrderChangeMessage } from "./order_change_message.ts";

/** Highest level of a level ladder; the exchange's deepest is 9. */
const MAX_LEVEL = 99;

const PRICE_LADDERS = ["atb", "atl", "trd", "spb", "spl"] as const;
const LEVEL_LADDERS = ["batb", "batl", "bdatb", "bdatl"] as const;
const RUNNER_SCALARS = ["ltp", "tv", "spn", "spf"] as const;

const ORDER_TEXTS = [
  "side",
  "status",
  "pt",
  "ot",
  "lsrc",
  "rac",
  "rc",
  "rfo",
  "rfs",
] as const;
const ORDER_TIMES = ["pd", "md", "cd", "ld"] as const;
const ORDER_SCALARS = [
  "p",
  "s",
  "bsp",
  "avp",
  "sm",
  "sr",
  "sl",
  "sc",
  "sv",
] as const;

/**
 * Checks a market change message. Unknown fields and unknown text pass, as do
 * `null` and absent fields where the protocol lets them; a market definition
 * only has to be an object. Every parser backend accepts exactly the same.
 *
 * @param message What `JSON.parse` made of the line.
 * @throws {MessageSchemaError} when a known field has a value that it must not have.
 */
export function checkMarketChangeMessage(
  message: unknown,
): asserts message is MarketChangeMessage {
  const check = new SchemaCheck();
  checkEnvelope(check, message, "mcm");
  check.objects(message, "mc", checkMarket);
}

/**
 * Checks an order change message. Unknown fields and unknown text pass, as do
 * `null` and absent fields; only market, selection and bet ids are required.
 *
 * @param message What `JSON.parse` made of the line.
 * @throws {MessageSchemaError} when a known field has a value that it must not have.
 */
export function checkOrderChangeMessage(
  message: unknown,
): asserts message is OrderChangeMessage {
  const check = new SchemaCheck();
  checkEnvelope(check, message, "ocm");
  check.objects(message, "oc", checkOrderMarket);
}

function checkEnvelope(
  check: SchemaCheck,
  message: unknown,
  op: string,
): asserts message is JsonObject {
  if (!isJsonObject(message)) {
    throw new MessageSchemaError("message", "an object");
  }
  if (message["op"] !== op) check.fail("op", `"${op}"`);
  check.number(message, "id");
  check.number(message, "pt");
  check.number(message, "conflateMs");
  check.number(message, "heartbeatMs");
  check.number(message, "status");
  check.token(message, "clk");
  check.token(message, "initialClk");
  check.text(message, "ct");
  check.text(message, "segmentType");
}

function checkMarket(check: SchemaCheck, market: JsonObject): void {
  check.requiredText(market, "id");
  check.flag(market, "img");
  check.flag(market, "con");
  check.scalar(market, "tv");
  check.object(market, "marketDefinition");
  check.objects(market, "rc", checkRunner);
}

function checkRunner(check: SchemaCheck, runner: JsonObject): void {
  check.selectionId(runner);
  check.number(runner, "hc");
  for (const key of RUNNER_SCALARS) check.scalar(runner, key);
  for (const key of PRICE_LADDERS) check.rows(runner, key, 2, MAX_LEVEL);
  for (const key of LEVEL_LADDERS) check.rows(runner, key, 3, MAX_LEVEL);
}

function checkOrderMarket(check: SchemaCheck, market: JsonObject): void {
  check.requiredText(market, "id");
  check.number(market, "accountId");
  check.flag(market, "fullImage");
  check.flag(market, "closed");
  check.objects(market, "orc", checkOrderRunner);
}

function checkOrderRunner(check: SchemaCheck, runner: JsonObject): void {
  check.selectionId(runner);
  check.number(runner, "hc");
  check.flag(runner, "fullImage");
  check.objects(runner, "uo", checkOrder);
  checkMatches(check, runner);
  const strategies = check.object(runner, "smc");
  if (strategies === undefined) return;
  check.enter("smc");
  for (const ref of Object.keys(strategies)) {
    const matches = strategies[ref] ?? undefined;
    if (matches === undefined) continue;
    // The ref is the account's own text: not for an error.
    if (!isJsonObject(matches)) check.fail("*", "an object");
    check.enter("*");
    checkMatches(check, matches);
    check.leave();
  }
  check.leave();
}

function checkMatches(check: SchemaCheck, owner: JsonObject): void {
  check.rows(owner, "mb", 2, MAX_LEVEL);
  check.rows(owner, "ml", 2, MAX_LEVEL);
}

function checkOrder(check: SchemaCheck, order: JsonObject): void {
  check.requiredText(order, "id");
  for (const key of ORDER_TEXTS) check.text(order, key);
  for (const key of ORDER_TIMES) check.number(order, key);
  for (const key of ORDER_SCALARS) check.scalar(order, key);
}
