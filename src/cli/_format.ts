/** Numbers, times and foreign text as people read them. */

/** A number with thousands separated by commas. */
export function grouped(value: number, decimals: number = 0): string {
  const [whole, fraction] = value.toFixed(decimals).split(".");
  const separated = whole!.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** A count and its noun: `1 line`, `2,000 lines`. */
export function counted(
  count: number,
  noun: string,
  plural: string = `${noun}s`,
): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** A number that may not be there, or be none. */
export function orDash(
  value: number | null | undefined,
  format: (value: number) => string,
): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? "–"
    : format(value);
}

/** Decimal odds as they are quoted: without zeros at the end. */
export function price(value: number): string {
  return String(Number(value.toFixed(value < 100 ? 4 : 2)));
}

/** An amount in whole pounds; small ones are not shown as nothing. */
export function pounds(value: number): string {
  return value > 0 && value < 0.5 ? "<1" : grouped(value);
}

/** A handicap with its sign. */
export function handicapText(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

/** Bytes in decimal units. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6]] as const) {
    if (bytes < size * 999.5) {
      return `${(bytes / size).toFixed(bytes < size * 99.95 ? 1 : 0)} ${unit}`;
    }
  }
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

const DAY_SECONDS = 86_400;

/** A time that has passed, or will. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole >= 2 * DAY_SECONDS) {
    const hours = Math.round(whole / 3600);
    return `${grouped(Math.floor(hours / 24))} d ${hours % 24} h`;
  }
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60)];
  const rest = String(whole % 60).padStart(2, "0");
  return hours === 0
    ? `${minutes}:${rest} min`
    : `${hours}:${String(minutes % 60).padStart(2, "0")}:${rest} h`;
}

/** Bytes per time. */
export function speedText(bytes: number, ms: number): string {
  return ms > 0 ? `${bytesText(Math.round(bytes / ms * 1000))}/s` : "–";
}

/** A publish time as ISO 8601; null when there is none, or none that a date can hold. */
export function isoTime(ms: number | undefined): string | null {
  // The range of ECMAScript dates.
  return ms === undefined || !(Math.abs(ms) <= 8.64e15)
    ? null
    : new Date(ms).toISOString();
}

/** An ISO time as date and time, without the seconds where they are 0. */
export function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/(?::00)?(?:\.\d+)?Z$/, " UTC");
}

// Names come out of recordings: what could steer a terminal must not reach it.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Foreign text that is safe to print. */
export function printable(text: string): string {
  return text.normalize("NFC").replace(UNPRINTABLE, "\ufffd");
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
const MARK = /^\p{Mn}/u;

/** Columns that text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    width += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Text cut to a width, with a mark where it was. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (widthOf(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
