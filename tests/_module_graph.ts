/**
 * Reads import and export statements of the sources, without running them and
 * without a child process, so that the same tests hold in every runtime.
 *
 * It knows the shapes that this repository uses: statements that begin a line,
 * specifiers in quotes. It is not a parser of the whole language.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** One import of one file. */
export interface ModuleImport {
  /** The importing file, from the root of the repository, with `/`. */
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  /** The imported file, when the specifier is relative. */
  readonly target: string | undefined;
}

/** What a module exports, by name. */
export interface ModuleExports {
  /** Names that exist at run time: classes, functions, constants. */
  readonly values: readonly string[];
  /** Names that only the type checker sees. */
  readonly types: readonly string[];
}

/** Reads a file of the repository. */
export function readSource(path: string): string {
  return readFileSync(resolve(ROOT, path), "utf8");
}

/** Every TypeScript file in a folder of the repository, sorted. */
export function listSources(folder: string): string[] {
  return readdirSync(resolve(ROOT, folder), {
    recursive: true,
    encoding: "utf8",
  })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path.split(sep).join("/")}`)
    .sort();
}

/** The imports of one file, type-only and dynamic ones included. */
export function importsOf(path: string): ModuleImport[] {
  const source = withoutComments(readSource(path));
  const specifiers = [
    ...source.matchAll(
      /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
    ),
    ...source.matchAll(/^\s*import\s*["']([^"']+)["']/gm),
    ...source.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
    ...source.matchAll(
      /\bnew URL\(\s*["'](\.[^"']*\.ts)["']\s*,\s*import\.meta\.url/g,
    ),
  ].map((match) => match[1] ?? "");
  return [...new Set(specifiers)].map((specifier) => ({
    from: path,
    specifier,
    target: specifier.startsWith(".") ? targetOf(path, specifier) : undefined,
  }));
}

/** Every import that is reached from a file, in the order of discovery. */
export function graphOf(entry: string): ModuleImport[] {
  const seen = new Set([entry]);
  const edges: ModuleImport[] = [];
  for (const path of seen) {
    for (const edge of importsOf(path)) {
      edges.push(edge);
      if (edge.target !== undefined) seen.add(edge.target);
    }
  }
  return edges;
}

/** The names that a module exports, sorted, following `export … from`. */
export function exportsOf(path: string): ModuleExports {
  const values = new Set<string>();
  const types = new Set<string>();
  const source = withoutComments(readSource(path));

  const declaration =
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(class|function\*?|const|let|interface|type)\s+([A-Za-z_$][\w$]*)/gm;
  for (const [, kind, name = ""] of source.matchAll(declaration)) {
    (kind === "interface" || kind === "type" ? types : values).add(name);
  }

  const list =
    /^export\s+(type\s+)?\{([^}]*)\}(?:\s*from\s*["']([^"']+)["'])?/gm;
  for (const [, typeOnly, names = ""] of source.matchAll(list)) {
    for (
      const entry of names.split(",").map((name) => name.trim()).filter(Boolean)
    ) {
      const isType = typeOnly !== undefined || entry.startsWith("type ");
      const name = entry.replace(/^type\s+/, "").split(/\s+as\s+/).at(-1) ??
        entry;
      (isType ? types : values).add(name);
    }
  }

  for (
    const [, specifier = ""] of source.matchAll(
      /^export\s+\*\s+from\s*["']([^"']+)["']/gm,
    )
  ) {
    const inner = exportsOf(targetOf(path, specifier));
    for (const name of inner.values) values.add(name);
    for (const name of inner.types) types.add(name);
  }

  // A constant and a type of one name, this library's enumerations, are one export.
  return {
    values: [...values].sort(),
    types: [...types].filter((name) => !values.has(name)).sort(),
  };
}

/** The file that a relative specifier names. */
function targetOf(from: string, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(from), specifier)).split(sep)
    .join("/");
}

/** A source without its comments; examples in documentation import things too. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
