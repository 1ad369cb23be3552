/** Sources, clocks and file systems for the tests of the recorder. @module */

import { Buffer } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { BookFeed } from "../../src/cache/book_feed.ts";
import {
  StreamCache,
  type StreamCacheOptions,
} from "../../src/cache/stream_cache.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import type {
  LineListener,
  RecordFile,
  RecordFiles,
  RecordTimers,
  TappedSource,
} from "../../src/record/mod.ts";
import { replay, type ReplaySource } from "../../src/replay/mod.ts";

/** Options with which a cache drops nothing. */
export const KEEP_ALL: StreamCacheOptions = {
  closedRetentionMs: Infinity,
  completedOrders: "keep",
};

/** Time of the first lines of fake sources. */
export const START_MS: number = Date.UTC(2026, 10, 25, 19, 8, 56, 123);

/** What a fake source receives: bytes, over a connection, after some time. */
export interface Piece {
  readonly bytes: Uint8Array | string;
  readonly connectionId?: string | undefined;
  /** ms since the first piece. */
  readonly atMs?: number;
}

/** A source as a live client is one: one batch per piece, tapped on the way. */
export class FakeClient implements TappedSource {
  readonly cache: StreamCache = new StreamCache(KEEP_ALL);
  /** Pieces received so far. */
  pulled = 0;
  /** Whether the iteration was ended by the one who iterated. */
  isReturned = false;
  readonly #pieces: Iterator<Piece> | AsyncIterator<Piece>;
  readonly #listeners = new Set<LineListener>();
  readonly #feed: BookFeed;
  #piece: Piece | undefined;

  constructor(pieces: Iterable<Piece> | AsyncIterable<Piece>) {
    this.#pieces = Symbol.asyncIterator in pieces
      ? pieces[Symbol.asyncIterator]()
      : pieces[Symbol.iterator]();
    this.#feed = new BookFeed({
      cache: this.cache,
      onLines: (lines) => {
        const { connectionId, atMs = 0 } = this.#piece!;
        // What is lent is taken back.
        const lent = lines.slice();
        for (const listener of this.#listeners) {
          listener(lent, START_MS + atMs, connectionId);
        }
        lent.fill(0x21);
      },
    });
  }

  /** Listeners at present. */
  get taps(): number {
    return this.#listeners.size;
  }

  tap(listener: LineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<UpdateBatch> {
    return {
      next: async (): Promise<IteratorResult<UpdateBatch>> => {
        const { done, value } = await this.#pieces.next();
        this.#feed.cache.drain();
        if (done === true) return { done: true, value: undefined };
        const piece: Piece = value;
        this.#piece = piece;
        this.pulled++;
        return { done: false, value: this.#feed.push(bytesOf(piece.bytes)) };
      },
      return: (): Promise<IteratorResult<UpdateBatch>> => {
        this.isReturned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

/** Bytes of a text. */
export function bytesOf(text: Uint8Array | string): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** Timers that the test moves. */
export class ManualTimers implements RecordTimers {
  nowMs: number = START_MS;
  readonly #waiting = new Map<() => void, number>();

  /** Callbacks that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.nowMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    this.#waiting.set(callback, this.nowMs + delayMs);
    return () => this.#waiting.delete(callback);
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.nowMs += ms;
    for (const [callback, atMs] of this.#waiting) {
      if (atMs > this.nowMs) continue;
      this.#waiting.delete(callback);
      callback();
    }
  }
}

/** Errors as the system makes them. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no more of this`), { code });
}

/** Files in memory, with a limited disk, and a look at what is done. */
export class MemoryFiles implements RecordFiles {
  readonly contents: Map<string, Uint8Array> = new Map();
  /** Bytes that there is room for. */
  capacity: number = Infinity;
  /** Files that are open, and the most that ever were. */
  open = 0;
  mostOpen = 0;
  /** How often it was asked whether there is a file. */
  looks = 0;
  /** What was done: `create a`, `sync a`, … */
  readonly log: string[] = [];
  /** Called before everything that is done; a test throws or waits here. */
  before: (what: string) => void | Promise<void> = () => {};

  /** Paths of the files, without folder, sorted. */
  get names(): string[] {
    return [...this.contents.keys()].map((path) =>
      path.slice(path.lastIndexOf("/") + 1)
    ).sort();
  }

  /** Content of the file with this name. */
  content(name: string): Uint8Array {
    for (const [path, bytes] of this.contents) {
      if (path.endsWith(`/${name}`)) return bytes;
    }
    throw new Error(`there is no ${name} among ${this.names}`);
  }

  text(name: string): string {
    const bytes = this.content(name);
    return Buffer.from(name.endsWith(".gz") ? gunzipSync(bytes) : bytes)
      .toString("latin1");
  }

  get #used(): number {
    let used = 0;
    for (const { length } of this.contents.values()) used += length;
    return used;
  }

  async #do(what: string): Promise<void> {
    this.log.push(what);
    await this.before(what);
  }

  makeFolder(path: string): Promise<void> {
    return this.#do(`makeFolder ${path}`);
  }

  async create(path: string): Promise<RecordFile> {
    await this.#do(`create ${path}`);
    if (this.contents.has(path)) throw systemError("EEXIST");
    this.contents.set(path, new Uint8Array(0));
    return this.#file(path);
  }

  async reopen(path: string): Promise<RecordFile> {
    await this.#do(`reopen ${path}`);
    if (!this.contents.has(path)) throw systemError("ENOENT");
    return this.#file(path);
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    await this.#do(`read ${path}`);
    const bytes = this.contents.get(path);
    if (bytes === undefined) throw systemError("ENOENT");
    for (let at = 0; at < bytes.length; at += 1000) {
      const piece = bytes.slice(at, at + 1000);
      yield piece;
      piece.fill(0x21);
    }
  }

  exists(path: string): Promise<boolean> {
    this.looks++;
    return Promise.resolve(this.contents.has(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#do(`rename ${from}`);
    const bytes = this.contents.get(from);
    if (bytes === undefined) throw systemError("ENOENT");
    this.contents.delete(from);
    this.contents.set(to, bytes);
  }

  async remove(path: string): Promise<void> {
    await this.#do(`remove ${path}`);
    if (!this.contents.delete(path)) throw systemError("ENOENT");
  }

  syncFolder(path: string): Promise<void> {
    return this.#do(`syncFolder ${path}`);
  }

  #file(path: string): RecordFile {
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    let isOpen = true;
    return {
      write: async (bytes, position): Promise<number> => {
        await this.#do(`write ${path}`);
        if (!isOpen) throw systemError("EBADF");
        const old = this.contents.get(path)!;
        const end = Math.max(old.length, position + bytes.length);
        const room = this.capacity - this.#used + old.length;
        const length = Math.min(end, room);
        const written = Math.min(bytes.length, length - position);
        if (written <= 0) throw systemError("ENOSPC");
        const grown = new Uint8Array(length);
        grown.set(old);
        grown.set(bytes.subarray(0, written), position);
        this.contents.set(path, grown);
        return written;
      },
      truncate: async (length): Promise<void> => {
        await this.#do(`truncate ${path}`);
        this.contents.set(path, this.contents.get(path)!.slice(0, length));
      },
      sync: () => this.#do(`sync ${path}`),
      close: async (): Promise<void> => {
        await this.#do(`close ${path}`);
        if (!isOpen) throw systemError("EBADF");
        isOpen = false;
        this.open--;
      },
    };
  }
}

/** Calls with a new folder, which is removed afterwards. */
export async function withFolder<T>(
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "betfair-record-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The state that recordings leave behind, as text. */
export async function replayedState(source: ReplaySource): Promise<string> {
  const session = replay(source, KEEP_ALL);
  for await (const batch of session) batch.drain();
  return stateText(session.cache);
}

/** Bytes in pieces of a size. */
export function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    all.push(bytes.subarray(at, at + size));
  }
  return all;
}

/** An update of a market, as a line. */
export function priceLine(marketId: string, ltp: number, end = "\r\n"): string {
  return `{"op":"mcm","id":2,"clk":"AB${ltp}","pt":${
    1_700_000_000_000 + ltp
  },"mc":[{"id":"${marketId}","rc":[{"ltp":${ltp},"id":7}]}]}${end}`;
}

/** The first line of a connection. */
export function connectionLine(connectionId: string): string {
  return `{"op":"connection","connectionId":"${connectionId}"}\r\n`;
}
