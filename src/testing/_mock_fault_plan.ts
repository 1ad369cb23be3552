import type { MockFault } from "./mock_fault.ts";

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

  /** Adds a fault. */
  add(fault: MockFault): void {
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
