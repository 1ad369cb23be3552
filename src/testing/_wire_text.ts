// Keys whose numbers purchased files write with a decimal point (protocol 8.1).
const DECIMAL_KEYS = new Set([
  "adjustmentFactor",
  "bsp",
  "hc",
  "ltp",
  "marketBaseRate",
  "spf",
  "spn",
  "tv",
]);

/**
 * A message as compact JSON, keys in insertion order. Members that are
 * undefined are left out, and numbers that JSON cannot write become the
 * strings that the exchange uses: `"NaN"`, `"Infinity"`.
 *
 * @param decimals whether scalars are written as `5.0` instead of `5`
 */
export function wireText(
  message: Readonly<Record<string, unknown>>,
  decimals: boolean,
): string {
  return text(message, "", decimals);
}

function text(value: unknown, key: string, decimals: boolean): string {
  if (typeof value === "number") {
    return numberText(value, decimals && DECIMAL_KEYS.has(key));
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let written = "";
  if (Array.isArray(value)) {
    for (const item of value) {
      written += (written && ",") + text(item, "", decimals);
    }
    return `[${written}]`;
  }
  for (const name in value) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    written += `${written && ","}"${name}":${text(member, name, decimals)}`;
  }
  return `{${written}}`;
}

function numberText(value: number, decimal: boolean): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return decimal && Number.isInteger(value) ? `${value}.0` : String(value);
}
