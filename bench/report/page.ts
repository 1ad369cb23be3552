/** The parts of `bench/README.md`. See {@linkcode splitPage}. */

/** Where the part begins that `bench:live` measures … */
const LIVE = "\n## Live, ";
/** … and the one that `bench:peers` measures. */
const PEERS = "\n![This library against other software]";

/** The page in parts, which are measured at different times. */
export interface PageParts {
  /** What `bench:report` itself measures. */
  readonly report: string;
  /** Begins with its heading's line feed; empty if there is none. */
  readonly live: string;
  /** Likewise. */
  readonly peers: string;
}

/**
 * Takes a page apart, so that what is not measured anew can stay.
 *
 * @param page The page; empty if there is none yet.
 * @returns Its parts, which make the page when joined.
 */
export function splitPage(page: string): PageParts {
  const peersAt = indexOrEnd(page, PEERS, page.length);
  const liveAt = indexOrEnd(page, LIVE, peersAt);
  return {
    report: page.slice(0, liveAt),
    live: page.slice(liveAt, peersAt),
    peers: page.slice(peersAt),
  };
}

function indexOrEnd(page: string, mark: string, end: number): number {
  const at = page.indexOf(mark);
  return at < 0 || at > end ? end : at;
}
