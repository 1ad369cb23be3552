/**
 * The ways through an input. Each loads only what it needs, so that a first pass
 * is one.
 *
 * @module
 */

import type {
  ChangeParser,
  MarketChangeMessage,
  MarketView,
} from "../../mod.ts";
import type { EngineName } from "./job.ts";

/** Takes pieces of an input in order. */
export interface Engine {
  /** Handles a piece; returns something that depends on all of it. */
  push(piece: Uint8Array): number;
}

/** Snapshots that stay alive, as for a consumer some messages behind. */
const KEPT_SNAPSHOTS = 64;

/**
 * Loads an engine.
 *
 * @param name Which one.
 * @returns What makes one without any state.
 */
export async function loadEngine(name: EngineName): Promise<() => Engine> {
  switch (name) {
    case "scanner":
      return await loadScanner();
    case "native":
      return await loadNative();
    case "openNative": {
      const parser = (await loadNativeParser())();
      return parserEngine(() => parser);
    }
    case "json":
      return newJsonEngine;
    case "feed":
      return await loadFeed();
    case "warmedFeed": {
      const { warmUp } = await import("../../mod.ts");
      warmUp();
      return await loadFeed();
    }
    case "nativeFeed":
      return await loadFeed(await loadNativeParser());
    case "snapshot":
      return await loadSnapshotFeed();
    default: {
      const { PlainFeed } = await import("../support/baseline.ts");
      return () => new PlainFeed(name);
    }
  }
}

async function loadScanner(): Promise<() => Engine> {
  const { TapeScanner } = await import("../../mod.ts");
  return parserEngine(() => new TapeScanner());
}

async function loadNative(): Promise<() => Engine> {
  return parserEngine(await loadNativeParser());
}

async function loadNativeParser(): Promise<() => ChangeParser> {
  const { openNative } = await import("../../ffi/mod.ts");
  return openNative;
}

/** A parser alone; one for all passes, as a process has one. */
function parserEngine(newParser: () => ChangeParser): () => Engine {
  let only: ChangeParser | undefined;
  return () => {
    const parser = only ??= newParser();
    const { counts } = parser;
    return {
      push(block: Uint8Array): number {
        const before = counts.changes;
        let at = 0;
        while (at < block.length) at = parser.parse(block, at, block.length);
        return counts.changes - before;
      },
    };
  };
}

function newJsonEngine(): Engine {
  const decoder = new TextDecoder();
  return {
    push(block: Uint8Array): number {
      let changes = 0;
      for (const line of decoder.decode(block).split("\n")) {
        if (line === "" || line === "\r") continue;
        const message = JSON.parse(line) as MarketChangeMessage;
        if (message.op === "mcm") changes++;
      }
      return changes;
    },
  };
}

async function loadFeed(
  newParser?: () => ChangeParser,
): Promise<() => Engine> {
  const newFeed = await loadNewFeed(newParser);
  return () => {
    const feed = newFeed();
    return {
      push(chunk: Uint8Array): number {
        let changes = 0;
        for (const update of feed.push(chunk)) {
          if (update.markets.length > 0) changes++;
        }
        return changes;
      },
    };
  };
}

async function loadSnapshotFeed(): Promise<() => Engine> {
  const newFeed = await loadNewFeed();
  return () => {
    const feed = newFeed();
    const kept: MarketView[] = [];
    let next = 0;
    return {
      push(chunk: Uint8Array): number {
        let changes = 0;
        for (const { markets } of feed.push(chunk)) {
          if (markets.length > 0) changes++;
          for (let i = 0; i < markets.length; i++) {
            kept[next] = markets[i]!.snapshot();
            next = (next + 1) % KEPT_SNAPSHOTS;
          }
        }
        return changes;
      },
    };
  };
}

async function loadNewFeed(newParser?: () => ChangeParser) {
  const { BookFeed, StreamCache, openParser } = await import("../../mod.ts");
  // One parser for all passes, as a process has one; books are new each time
  // and keep closed markets, as the plain ones do.
  let parser: ChangeParser | undefined;
  return () =>
    new BookFeed({
      parser: parser ??= newParser?.() ?? openParser().parser,
      cache: new StreamCache({ closedRetentionMs: Infinity }),
    });
}
