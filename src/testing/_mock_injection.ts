import type { MockConnection } from "./_mock_connection.ts";
import {
  CHANGE_OP,
  CHANGES_KEY,
  itemsOf,
  type WireObject,
} from "./_mock_message.ts";
import type { MockSubscription } from "./_mock_subscription.ts";
import type { MockFault } from "./mock_fault.ts";

const SUBSCRIPTION_LIMIT_EXCEEDED = "SUBSCRIPTION_LIMIT_EXCEEDED";

/** What breaks off in the middle. */
const CORRUPT_LINE = '{"op":"mcm","id":2,"clk":"AAAA","mc":[{"id":"1.';

/** A market that must never be seen. */
const NEVER_SEEN = "1.999999999";

/** A clock that must never be sent. */
const NEVER_SENT = "T0xEIFNVQlNDUklQVElPTg==";

/**
 * Lets a fault happen to a connection, now.
 *
 * @param id of the request that it answers
 */
export function injectFault(
  connection: MockConnection,
  fault: MockFault,
  id?: unknown,
): void {
  const { wire } = connection;
  switch (fault.kind) {
    case "cut":
      wire.cut(fault.how ?? "end");
      return;
    case "stall":
      wire.stall();
      return;
    case "split":
      wire.split(fault.bytes);
      return;
    case "merge":
      wire.merge(fault.bytes);
      return;
    case "raw":
      // What cannot be made cannot be sent: the client sees the line break off.
      wire.writeRaw(
        typeof fault.bytes === "string" || fault.bytes instanceof Uint8Array
          ? [fault.bytes]
          : fault.bytes,
      ).catch(() => wire.cut("abrupt"));
      return;
    case "status":
      connection.fail(
        id,
        fault.errorCode,
        fault.errorMessage ?? "a fault of the test",
        fault.connectionClosed ??
          fault.errorCode !== SUBSCRIPTION_LIMIT_EXCEEDED,
      );
      return;
    case "corruptLine":
      connection.send(fault.line ?? CORRUPT_LINE);
      return;
    case "unknownOp":
      connection.send(
        JSON.stringify({ op: "xcm", id: 1, pt: 0, xc: [{ id: NEVER_SEEN }] }),
      );
      return;
    case "certificate":
      return;
    default:
      for (const subscription of connection.subscriptions) {
        injectChange(connection, subscription, fault);
      }
  }
}

/** Faults that are change messages of a subscription. */
function injectChange(
  connection: MockConnection,
  subscription: MockSubscription,
  fault: MockFault,
): void {
  const { stream, terms } = subscription;
  const op = CHANGE_OP[stream];
  const key = CHANGES_KEY[stream];
  switch (fault.kind) {
    case "unavailable":
      subscription.makeUnavailable(fault.messages ?? 1);
      return;
    case "image":
      if (fault.marketIds === undefined) subscription.sendImage();
      else subscription.sendImagesOf(fault.marketIds);
      return;
    case "oldId":
      connection.send(JSON.stringify({
        op,
        id: fault.id ?? Number(terms.id) - 1,
        clk: NEVER_SENT,
        pt: connection.publishTimeMs(stream),
        [key]: [
          stream === "market"
            ? { id: NEVER_SEEN, img: true, rc: [{ ltp: 999, id: 1 }], tv: 1 }
            : { id: NEVER_SEEN, orc: [{ id: 1, mb: [[2, 999]] }] },
        ],
      }));
      return;
    case "unknownField": {
      const [known] = subscription.image();
      connection.send(JSON.stringify({
        newMember: { of: ["the", { message: null }] },
        op,
        id: terms.id,
        clk: connection.clocks[stream].current(subscription.toldPosition),
        pt: connection.publishTimeMs(stream),
        [key]: known === undefined ? [] : [unknownChange(known)],
        newList: [[1, 2], [], "\u00fc"],
      }));
      return;
    }
    default:
      return;
  }
}

/** A change that changes nothing, with members that nobody knows. */
function unknownChange(known: WireObject): WireObject {
  const key = "orc" in known ? "orc" : "rc";
  const [runner] = itemsOf(known[key]);
  return {
    newMarketMember: [{ deep: [[]] }],
    id: known["id"],
    ...runner === undefined ? {} : {
      [key]: [{
        newLadder: [[1, 2, 3, 4]],
        id: runner["id"],
        ...runner["hc"] === undefined ? {} : { hc: runner["hc"] },
        newRunnerMember: "new",
      }],
    },
  };
}
