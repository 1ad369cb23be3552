/** The checksum of a bzip2 block. @module */

/** Bytes that are taken at once. */
const STRIDE = 8;

// CRC-32 as bzip2 has it: highest bit first, unlike that of gzip. Table k is for a
// byte that k more bytes follow.
const TABLES: Int32Array = /* @__PURE__ */ (() => {
  const tables = new Int32Array(STRIDE * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    }
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!;
    tables[at] = before << 8 ^ tables[before >>> 24]!;
  }
  return tables;
})();

/**
 * Computes the checksum of bytes.
 *
 * @param bytes The bytes.
 * @param end Offset behind the last one.
 * @returns The checksum, as a signed 32-bit number.
 */
export function blockCrc(bytes: Uint8Array, end: number): number {
  let crc = -1;
  let at = 0;
  for (const last = end - STRIDE; at <= last; at += STRIDE) {
    crc ^= bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 |
      bytes[at + 3]!;
    crc = TABLES[0x700 | crc >>> 24]! ^
      TABLES[0x600 | crc >>> 16 & 0xff]! ^
      TABLES[0x500 | crc >>> 8 & 0xff]! ^
      TABLES[0x400 | crc & 0xff]! ^
      TABLES[0x300 | bytes[at + 4]!]! ^
      TABLES[0x200 | bytes[at + 5]!]! ^
      TABLES[0x100 | bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = crc << 8 ^ TABLES[crc >>> 24 ^ bytes[at]!]!;
  return ~crc;
}
