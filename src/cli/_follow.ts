/** Showing what a live client does, until it ends. See {@linkcode follow}. */

import { jsonText } from "./_json.ts";
import { schedule } from "../_schedule.ts";
import type { UpdateBatch } from "../cache/update_batch.ts";
import type { CliIo } from "./cli_io.ts";
import { healthText } from "./_health_text.ts";
import {
  type BoardClient,
  clockText,
  type LiveBoard,
  marketLine,
} from "./_live_board.ts";
import type { LiveLimits } from "./_live_options.ts";
import { isClosedPipe, isOutputFailure } from "./_output_error.ts";
import { paintFor } from "./_paint.ts";
import { Screen } from "./_screen.ts";

/** Width where there is no terminal to ask. */
const DEFAULT_COLUMNS = 100;
/** Wider than this, the eye loses the line. */
const MAX_COLUMNS = 120;
/** Often enough to look alive; prices that change faster cannot be read. */
const FRAME_MS = 100;

/** How a client is shown. */
export interface FollowOptions {
  /** What to follow: a client, or what records it. */
  readonly batches: AsyncIterable<UpdateBatch>;
  readonly client: BoardClient & AsyncDisposable & { close(): void };
  readonly board: LiveBoard;
  readonly limits: LiveLimits;
  /** JSON, an object a line, instead of text. */
  readonly isJson: boolean;
  /** Whether markets are told, where there is no screen for them. */
  readonly showsMarkets: boolean;
  /** Time between two looks at what changed, where there is no screen, ms. */
  readonly everyMs: number;
  /**
   * Whether to go on when nothing more can be told; that is said once, on the
   * standard error.
   *
   * @default {false}
   */
  readonly outlivesOutput?: boolean | undefined;
}

/**
 * Shows what a client does until it ends, a limit is reached or the user has
 * enough; then how it was doing. On a terminal a table is redrawn in place;
 * elsewhere changed markets are told in a line each, every now and then.
 *
 * Nothing is drawn while a batch is in hand: drawing takes samples, so a slow
 * terminal does not make the client slow.
 *
 * Returns also when the user stops it: the command then has to throw.
 *
 * @throws {unknown} what the client throws, and what the output does.
 */
export async function follow(
  options: FollowOptions,
  io: CliIo,
): Promise<void> {
  const { batches, client, board, limits } = options;
  // What is told last is how it was before it was closed.
  let last: BoardClient | undefined;
  const view = (): BoardClient => last ?? client;
  const close = (): void => {
    const { state, health, cache } = client;
    last ??= { state, health, cache };
    client.close();
  };
  const teller = options.isJson || !io.stdout.isTerminal
    ? new LineTeller(options, io)
    : new ScreenTeller(options, io);
  let failure: { readonly error: unknown } | undefined;
  let telling: Promise<void> | undefined;
  // Nobody reads any more, and yet it goes on.
  let isMuted = false;
  const mute = async (error: unknown): Promise<void> => {
    isMuted = true;
    await warnOfSilence(error, io);
  };
  const tell = (): void => {
    // What nobody takes must not pile up.
    if (isMuted) return board.forgetChanged();
    // While one is on its way, there is nobody to read another.
    telling ??= teller.tell(view())
      .catch(async (error) => {
        if (options.outlivesOutput && isOutputFailure(error)) {
          return await mute(error);
        }
        failure ??= { error };
        close();
      })
      .finally(() => telling = undefined);
  };
  const ticker = setInterval(tell, teller.intervalMs);
  const cancelLimit = schedule(close, limits.forMs ?? Infinity);
  io.signal?.addEventListener("abort", close);
  try {
    if (io.signal?.aborted) close();
    await run(batches, board, limits.messages ?? Infinity, close);
  } catch (error) {
    failure ??= { error };
  } finally {
    clearInterval(ticker);
    cancelLimit();
    io.signal?.removeEventListener("abort", close);
    close();
    await telling;
    await client[Symbol.asyncDispose]();
  }
  // Whoever stops it wants to know how it was, too.
  if (!isMuted && !isOutputFailure(failure?.error)) {
    try {
      await teller.tell(view());
      if (failure === undefined) await teller.finish(view());
    } catch (error) {
      if (options.outlivesOutput && isOutputFailure(error)) await mute(error);
      else failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}

/** Says that nothing more will be said, if anybody reads that. */
async function warnOfSilence(error: unknown, io: CliIo): Promise<void> {
  const label = paintFor(io, io.stderr)("warning:", "bold", "yellow");
  const reason = isClosedPipe(error) ? "its reader has gone" : messageOf(error);
  try {
    await io.stderr.write(
      `${label} nothing more is told on the standard output, but all goes on: ` +
        `${reason}\n`,
    );
  } catch {
    // Then it goes on in silence.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes what comes, until it ends or there is enough. */
async function run(
  batches: AsyncIterable<UpdateBatch>,
  board: LiveBoard,
  maxMessages: number,
  close: () => void,
): Promise<void> {
  for await (const batch of batches) {
    for (const update of batch) {
      board.note(update);
      if (board.messages < maxMessages) continue;
      // Leaving the loop would close it, too, and it would not look alive.
      return close();
    }
  }
}

/** Redraws a table in place. */
class ScreenTeller {
  readonly intervalMs = FRAME_MS;
  readonly #options: FollowOptions;
  readonly #io: CliIo;
  readonly #screen: Screen;

  constructor(options: FollowOptions, io: CliIo) {
    this.#options = options;
    this.#io = io;
    this.#screen = new Screen(io.stdout);
  }

  async tell(client: BoardClient): Promise<void> {
    const { board } = this.#options;
    const { columns, rows } = this.#screen;
    await this.#screen.draw(board.frame(client, {
      width: Math.min(columns, MAX_COLUMNS),
      height: rows,
      paint: paintFor(this.#io, this.#io.stdout),
      nowMs: this.#io.now(),
    }));
  }

  async finish(client: BoardClient): Promise<void> {
    await writeHealth(client, this.#io);
  }
}

/** Tells what changed, line by line. */
class LineTeller {
  readonly intervalMs: number;
  readonly #options: FollowOptions;
  readonly #io: CliIo;

  constructor(options: FollowOptions, io: CliIo) {
    this.intervalMs = options.everyMs;
    this.#options = options;
    this.#io = io;
  }

  async tell({ health }: BoardClient): Promise<void> {
    const { board, isJson, showsMarkets } = this.#options;
    const events = board.takeEvents();
    const markets = showsMarkets ? board.takeChanged() : [];
    const orders = showsMarkets ? board.takeChangedOrders() : [];
    board.forgetChanged();
    // Of the books as they are now, which is how they are told.
    const areMarketsStale = health.market?.isStale === true;
    const areOrdersStale = health.order?.isStale === true;
    const at = new Date();
    const clock = clockText(at.getTime());
    const lines = isJson
      ? [
        ...events.map(({ atMs, json }) => ({ at: new Date(atMs), ...json })),
        ...markets.map((market) => ({
          at,
          type: "market",
          isStale: areMarketsStale,
          ...market,
        })),
        ...orders.map((order) => ({
          at,
          type: "orders",
          isStale: areOrdersStale,
          ...order,
        })),
      ].map((value) => jsonText(value))
      : [
        ...events.map(({ atMs, text }) => `${clockText(atMs)} ${text}`),
        ...markets.map((market) =>
          `${clock} ${marketLine(market, areMarketsStale)}`
        ),
      ];
    if (lines.length > 0) await this.#io.stdout.write(lines.join("\n") + "\n");
  }

  async finish(client: BoardClient): Promise<void> {
    if (!this.#options.isJson) return await writeHealth(client, this.#io);
    const health = { at: new Date(), type: "health", ...client.health };
    await this.#io.stdout.write(JSON.stringify(health) + "\n");
  }
}

async function writeHealth(
  { health }: BoardClient,
  io: CliIo,
): Promise<void> {
  const { stdout } = io;
  const width = Math.min(stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  const lines = healthText(health, width, paintFor(io, stdout));
  await stdout.write("\n" + lines.join("\n") + "\n");
}
