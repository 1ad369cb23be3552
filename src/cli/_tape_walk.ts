/** Recordings line by line, without books. See {@linkcode walkLines}. */

import { LineFramer } from "../framing/line_framer.ts";
import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import type { ChangeParser } from "../parsing/change_parser.ts";
import type { ByteSource } from "../replay/byte_source.ts";
import { ReplaySourceError } from "../replay/replay_source_error.ts";
import { ChangeReader } from "../tape/change_reader.ts";
import type { ChangeView } from "../tape/change_view.ts";

/** Called for what a recording holds, in its order. */
export interface LineVisitor {
  /** A chunk of decompressed bytes came; awaited. */
  onChunk(bytes: number): Promise<void>;
  /** Lines were parsed, blank ones included. */
  onLines(count: number): void;
  /** A message, or a line that is none. */
  onLine(line: ChangeView, lineNumber: number, byteOffset: number): void;
  /** A part that is lost: damage, or a line that is too long. */
  onLoss(error: Error, lineNumber: number, byteOffset: number): void;
}

/** Reads a recording to its end. */
export async function walkLines(
  source: ByteSource,
  parser: ChangeParser,
  visitor: LineVisitor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const framer = new LineFramer({ oversize: "skip" });
  const reader = new ChangeReader(parser.tape);
  let lines = 0;

  const takeBlocks = (hasFirst: boolean): void => {
    for (let hasBlock = hasFirst;; hasBlock = framer.next()) {
      // Dropped lines are in front of the block.
      for (
        let lost = framer.takeOversize();
        lost !== undefined;
        lost = framer.takeOversize()
      ) {
        lines++;
        visitor.onLines(1);
        const detail = `it is too long: ${lost.byteLength} bytes`;
        const error = new InvalidLineError({
          reason: "oversize",
          detail,
          line: lost.head,
          source: source.name,
          lineNumber: lines,
          byteOffset: lost.byteOffset,
        });
        visitor.onLoss(error, lines, lost.byteOffset);
      }
      if (!hasBlock) return;
      takeBlock();
    }
  };
  const takeBlock = (): void => {
    const { bytes, start, end, blockOffset } = framer;
    for (let at = start; at < end;) {
      at = parser.parse(bytes, at, end);
      for (const line of reader) {
        visitor.onLine(
          line,
          lines + line.line + 1,
          blockOffset + line.byteOffset - start,
        );
      }
      lines += parser.tape.lines;
      visitor.onLines(parser.tape.lines);
    }
  };

  for await (const chunk of source.open(signal)) {
    if (chunk instanceof ReplaySourceError) {
      framer.discard();
      visitor.onLoss(chunk, lines + 1, framer.blockOffset);
      continue;
    }
    takeBlocks(framer.push(chunk));
    await visitor.onChunk(chunk.length);
  }
  takeBlocks(framer.finish());
}
