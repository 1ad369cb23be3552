import type { MockFault, MockRequestKind } from "./mock_fault.ts";

const REQUESTS: readonly MockRequestKind[] = [
  "authentication",
  "heartbeat",
  "marketSubscription",
  "orderSubscription",
];

/** Where a connection is, as far as faults are concerned. */
export type FaultMoment =
  | { readonly at: "handshake" | "connect" }
  | { readonly at: "request"; readonly kind: string }
  | { readonly at: "position"; readonly position: number };

interface Planned {
  readonly fault: MockFault;
  left: number;
}

/** The faults that are still to happen. */
export class MockFaultPlan {
  readonly #planned: Planned[] = [];

  /** The faults that are still to happen, the earliest planned first. */
  get pending(): readonly MockFault[] {
    return this.#planned.map(({ fault }) => fault);
  }

  /**
   * Adds a fault.
   *
   * @throws {RangeError} when its place is none that there can be
   */
  add(fault: MockFault): void {
    checkPlace(fault);
    const left = fault.times ?? 1;
    if (!(left >= 1)) {
      throw new RangeError(
        `Cannot plan fault as "times" must be at least 1: ${left}`,
      );
    }
    this.#planned.push({ fault, left });
  }

  /** Takes what happens now to a connection. */
  take(connection: number, moment: FaultMoment): MockFault[] {
    return this.#take((fault) =>
      isOn(fault, connection) && happensAt(fault, moment)
    );
  }

  /** Takes what happens when a connection has sent a number of bytes, in their order. */
  takeBytes(connection: number): MockFault[] {
    return this.#take((fault) =>
      isOn(fault, connection) && fault.byte !== undefined &&
      fault.kind !== "certificate" && fault.handshake !== true
    ).sort((a, b) => a.byte! - b.byte!);
  }

  /** Takes back a fault that did not happen. */
  giveBack(fault: MockFault): void {
    this.#planned.push({ fault, left: 1 });
  }

  #take(isDue: (fault: MockFault) => boolean): MockFault[] {
    const taken: MockFault[] = [];
    for (const planned of [...this.#planned]) {
      if (!isDue(planned.fault)) continue;
      taken.push(planned.fault);
      if (--planned.left === 0) {
        this.#planned.splice(this.#planned.indexOf(planned), 1);
      }
    }
    return taken;
  }
}

/** Refuses what could never happen, so that a test does not pass without it. */
function checkPlace(fault: MockFault): void {
  const { request } = fault;
  if (request !== undefined && !REQUESTS.includes(request)) {
    throw new RangeError(
      `Cannot plan fault as "request" must be one of ${
        REQUESTS.join(", ")
      }: "${request}"`,
    );
  }
  for (
    const [name, least] of [
      ["connection", 1],
      ["byte", 0],
      ["position", 1],
    ] as const
  ) {
    const value = fault[name];
    if (value === undefined) continue;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new RangeError(
      `Cannot plan fault as "${name}" must be an integer >= ${least}: ${value}`,
    );
  }
}

function isOn(fault: MockFault, connection: number): boolean {
  return fault.connection === undefined || fault.connection === connection;
}

function happensAt(fault: MockFault, moment: FaultMoment): boolean {
  const isInHandshake = fault.kind === "certificate" ||
    fault.handshake === true;
  if (isInHandshake || moment.at === "handshake") {
    return isInHandshake && moment.at === "handshake";
  }
  if (fault.byte !== undefined) return false;
  switch (moment.at) {
    case "request":
      return fault.request === moment.kind;
    case "position":
      return fault.request === undefined && fault.position === moment.position;
    case "connect":
      return fault.request === undefined && fault.position === undefined;
  }
}
