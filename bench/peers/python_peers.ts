/**
 * betfairlightweight and betfair_data, installed by pip into an environment of
 * their own.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  lastLine,
  type Peer,
  type PreparedPeers,
  runProgram,
  type SkippedPeer,
} from "./peer.ts";

const SCRIPT = fileURLToPath(new URL("python/peer.py", import.meta.url));
const REQUIREMENTS = new URL("python/requirements.txt", import.meta.url);

interface Package {
  readonly name: string;
  /** What is installed with it. */
  readonly with: readonly string[];
  readonly peers: readonly Omit<Peer, "version" | "command" | "isOurs">[];
}

const PACKAGES: readonly Package[] = [
  {
    name: "betfairlightweight",
    with: ["orjson"],
    peers: [
      {
        id: "betfairlightweight-light",
        title: "betfairlightweight, lightweight (Python)",
        work: "books",
        note: "with orjson; books are dictionaries",
      },
      {
        id: "betfairlightweight-full",
        title: "betfairlightweight (Python)",
        work: "books",
        provenBy: "betfairlightweight-light",
        note: "with orjson; books are objects, its default",
      },
    ],
  },
  {
    name: "betfair_data",
    with: [],
    peers: [
      {
        id: "betfair_data",
        title: "betfair_data (Python, Rust)",
        work: "books",
        note:
          "mutable books; does not say which runners changed, so all are read; decompresses in a second thread",
      },
      {
        id: "betfair_data-bflw",
        title: "betfair_data.bflw (Python, Rust)",
        work: "books",
        note: "its replacement of betfairlightweight; otherwise as above",
      },
      {
        id: "betfair_data-unread",
        title: "betfair_data, unread (Python, Rust)",
        work: "walk",
        provenBy: "betfair_data",
        note: "mutable books, nothing is read",
      },
    ],
  },
];

/**
 * Installs the Python peers, or says why not.
 *
 * @param folder Where everything that is built goes.
 */
export async function preparePythonPeers(
  folder: string,
): Promise<PreparedPeers> {
  const environment = `${folder}/python`;
  const python = `${environment}/bin/python`;
  const pins = pinsOf(await Deno.readTextFile(REQUIREMENTS));
  const peers: Peer[] = [];
  const skipped: SkippedPeer[] = [];
  const failure = await createEnvironment(environment, python);
  for (const { name, with: companions, peers: variants } of PACKAGES) {
    const wanted = [name, ...companions].map((one) => `${one}==${pins[one]}`);
    const reason = failure ?? await install(python, wanted);
    for (const variant of variants) {
      if (reason !== undefined) skipped.push({ title: variant.title, reason });
      else {
        peers.push({
          ...variant,
          version: pins[name]!,
          isOurs: false,
          command: [python, SCRIPT, variant.id],
        });
      }
    }
  }
  return { peers, skipped };
}

/** Returns why there is no environment. */
async function createEnvironment(
  environment: string,
  python: string,
): Promise<string | undefined> {
  const there = await runProgram([python, "--version"]);
  if (there?.code === 0) return undefined;
  const made = await runProgram(["python3", "-m", "venv", environment]);
  if (made === undefined) return "python3 is not on the PATH";
  return made.code === 0
    ? undefined
    : `python3 cannot make an environment: ${
      lastLine(made.stderr || made.stdout)
    }`;
}

/** Returns why a package is not installed; does not ask its registry when it is. */
async function install(
  python: string,
  wanted: readonly string[],
): Promise<string | undefined> {
  const frozen = await runProgram([python, "-m", "pip", "freeze"]);
  const have = new Set(frozen?.stdout.split(/\r?\n/).map(canonical));
  if (wanted.every((one) => have.has(canonical(one)))) return undefined;
  const result = await runProgram([
    python,
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary=:all:",
    ...wanted,
  ]);
  return result?.code === 0
    ? undefined
    : `pip cannot install it: ${lastLine(result?.stderr ?? "")}`;
}

function canonical(requirement: string): string {
  return requirement.toLowerCase().replaceAll("_", "-");
}

function pinsOf(requirements: string): Readonly<Record<string, string>> {
  const pins: Record<string, string> = {};
  for (const [, name, version] of requirements.matchAll(/^(\S+)==(\S+)$/gm)) {
    pins[name!] = version!;
  }
  return pins;
}
