import type { SeededRandom } from "./random.ts";

type Message = Readonly<Record<string, unknown>>;

/** Segments that one message is split into at most. */
const MAX_SEGMENTS = 4;

/**
 * A change message in several segments (protocol 4.8): `initialClk` comes with
 * the first, `clk` with the last, and a segment may lack its list.
 *
 * @param key where the changes are
 */
export function segmentsOf(
  message: Message,
  key: "mc" | "oc",
  random: SeededRandom,
): readonly Message[] {
  const {
    op,
    id,
    initialClk,
    clk,
    conflateMs,
    heartbeatMs,
    [key]: list,
    ...rest
  } = message;
  const changes = list as readonly unknown[];
  // Two at the least, also of a message without changes: one alone has no end.
  const count = Math.max(
    2,
    Math.min(random.integer(2, MAX_SEGMENTS), changes.length + 1),
  );
  // With fewer changes than segments, either the first or the last goes without.
  const round = random.pick([Math.floor, Math.ceil]);
  const segments: Message[] = [];
  for (let index = 0; index < count; index++) {
    const first = index === 0;
    const last = index === count - 1;
    const from = round(changes.length * index / count);
    const part = changes.slice(
      from,
      round(changes.length * (index + 1) / count),
    );
    segments.push({
      op,
      id,
      initialClk: first ? initialClk : undefined,
      clk: last ? clk : undefined,
      conflateMs: first ? conflateMs : undefined,
      heartbeatMs: first ? heartbeatMs : undefined,
      ...rest,
      segmentType: first ? "SEG_START" : last ? "SEG_END" : "SEG",
      [key]: part.length > 0 ? part : undefined,
    });
  }
  return segments;
}
