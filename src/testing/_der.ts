/**
 * Just enough of DER, the binary form of ASN.1, to write a certificate: values
 * are written from the inside out, each function taking the contents of its
 * value as bytes.
 *
 * @module
 */

/** Bytes of one encoded value. */
export type Der = Uint8Array<ArrayBuffer>;

/** Lengths up to this are one byte; longer ones say first how many bytes they take. */
const LONGEST_SHORT_LENGTH = 127;

/** UTCTime, which has two digits of the year, ends here (RFC 5280, 4.1.2.5). */
const FIRST_GENERALIZED_YEAR = 2050;

const encoder = new TextEncoder();

/** A value of any tag. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Der {
  const body = joined(contents);
  const length: number[] = [];
  if (body.length <= LONGEST_SHORT_LENGTH) {
    length.push(body.length);
  } else {
    for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) {
      length.unshift(rest % 256);
    }
    length.unshift(0x80 + length.length);
  }
  return joined([Uint8Array.of(tag, ...length), body]);
}

/** SEQUENCE. */
export function sequence(...items: readonly Uint8Array[]): Der {
  return tagged(0x30, ...items);
}

/** SET of one item, which needs no sorting. */
export function setOf(item: Uint8Array): Der {
  return tagged(0x31, item);
}

/** INTEGER out of an unsigned number, most significant byte first. */
export function integer(bytes: Uint8Array): Der {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  // The first bit is the sign: a number that begins with a one gets a zero byte.
  return tagged(
    0x02,
    digits[0]! >= 0x80 ? Uint8Array.of(0) : NOTHING,
    digits,
  );
}

/** BOOLEAN true. False is the default wherever a certificate has one, so it is never written. */
export function yes(): Der {
  return tagged(0x01, Uint8Array.of(0xff));
}

/** OBJECT IDENTIFIER in dotted decimal form. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...arcs]) {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = rest >> 7) {
      digits.unshift(0x80 + rest % 128);
    }
    bytes.push(...digits);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

/** OCTET STRING. */
export function octets(...contents: readonly Uint8Array[]): Der {
  return tagged(0x04, ...contents);
}

/** BIT STRING, of which the last `unused` bits do not count. */
export function bits(contents: Uint8Array, unused = 0): Der {
  return tagged(0x03, Uint8Array.of(unused), contents);
}

/** UTF8String. */
export function utf8(text: string): Der {
  return tagged(0x0c, encoder.encode(text));
}

/** A moment, to the second, as UTCTime or GeneralizedTime: whichever the year asks for. */
export function time(date: Date): Der {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, "");
  return date.getUTCFullYear() < FIRST_GENERALIZED_YEAR
    ? tagged(0x17, encoder.encode(digits.slice(2)))
    : tagged(0x18, encoder.encode(digits));
}

/** Chunks as one. */
export function joined(chunks: readonly Uint8Array[]): Der {
  const whole = new Uint8Array(
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const NOTHING: Uint8Array = new Uint8Array(0);
