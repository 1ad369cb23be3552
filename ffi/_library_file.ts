/** What is in a file that could not be opened as a library. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import process from "node:process";

/** What a file is, as far as its first bytes tell. */
export type LibraryFile = "missing" | "foreign" | "other" | "cut" | "library";

/** `e_machine` of ELF, by `process.arch`. */
const ELF_MACHINES: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  ia32: 3,
  arm: 40,
  riscv64: 243,
};
/** `cputype` of Mach-O, by `process.arch`. */
const MACH_O_TYPES: Readonly<Record<string, number>> = {
  x64: 0x0100_0007,
  arm64: 0x0100_000c,
};
const ELF = 0x464c_457f;
const MACH_O = 0xfeed_facf;
const MACH_O_FAT = 0xbeba_feca;
const ELF_64 = 2;
const HEADER_BYTES = 64;

/**
 * Looks at a file's header, because loaders call a library for another
 * processor missing, damaged or whatever they like.
 *
 * @param path The file.
 * @returns What it is; `undefined` where it may not be read.
 */
export function inspectLibraryFile(path: string): LibraryFile | undefined {
  if ("Deno" in globalThis) {
    const { state } = Deno.permissions.querySync({ name: "read", path });
    if (state !== "granted") return undefined;
  }
  const header = new Uint8Array(HEADER_BYTES);
  let size: number;
  try {
    const file = openSync(path, "r");
    try {
      if (readSync(file, header) < HEADER_BYTES) return "other";
      size = fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    return code === "EISDIR" ? "other" : undefined;
  }
  const view = new DataView(header.buffer);
  const magic = view.getUint32(0, true);
  const { arch, platform } = process;
  if (magic === ELF) {
    const isOurs = platform !== "darwin" && platform !== "win32" &&
      view.getUint16(18, true) === ELF_MACHINES[arch];
    if (!isOurs) return "foreign";
    return header[4] === ELF_64 && sectionsEnd(view) > size ? "cut" : "library";
  }
  if (magic === MACH_O) {
    const isOurs = platform === "darwin" &&
      view.getUint32(4, true) === MACH_O_TYPES[arch];
    return isOurs ? "library" : "foreign";
  }
  if (magic === MACH_O_FAT) {
    return platform === "darwin" ? "library" : "foreign";
  }
  if (view.getUint16(0, true) === 0x5a4d) { // "MZ"
    return platform === "win32" ? "library" : "foreign";
  }
  return "other";
}

/** Where a 64-bit ELF file's last part, its table of sections, ends. */
function sectionsEnd(header: DataView): number {
  return Number(header.getBigUint64(40, true)) +
    header.getUint16(58, true) * header.getUint16(60, true);
}
