/**
 * The state that an exchange and a client must agree on, out of the text of all
 * that each of them knows: complete orders, and runners and markets that have
 * nothing else, may be forgotten.
 *
 * @param text As `stateText()` makes it.
 * @returns The lines that count.
 */
export function comparable(text: string): string[] {
  const kept: string[] = [];
  // Heads that wait for something below them: `O` of a market, `S` of a runner.
  let market: string | undefined;
  let runner: string | undefined;
  let isInOrders = false;
  for (const line of text.split("\n")) {
    const kind = line.slice(0, 2);
    if (kind === "O|") {
      isInOrders = true;
      market = line;
      runner = undefined;
    } else if (kind === "S|") {
      runner = line;
    } else if (isInOrders && line !== "") {
      if (kind === "U|" && line.split("|")[3] === "EC") continue;
      if (market !== undefined) kept.push(market);
      if (runner !== undefined) kept.push(runner);
      market = runner = undefined;
      kept.push(line);
    } else if (line !== "") {
      kept.push(line);
    }
  }
  return kept;
}
