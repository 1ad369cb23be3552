"""The Python peers, one run per process; see ../README.md for the contract.

Usage: peer.py VARIANT MODE MILLISECONDS PATH...
"""

import bz2
import json
import logging
import resource
import sys
import time


class Failure(Exception):
    """The peer cannot take the recording."""


def open_lines(path):
    return bz2.open(path, "rb") if path.endswith(".bz2") else open(path, "rb")


class Lightweight:
    """betfairlightweight: its listener, with plain dictionaries as books."""

    lightweight = True

    def __init__(self):
        from betfairlightweight.streaming import StreamListener

        # What its users set for recordings: no latency warnings, no clocks.
        # Totals stay as they come: summing them is no part of the work.
        self.listener = StreamListener(
            output_queue=self,
            max_latency=None,
            lightweight=self.lightweight,
            update_clk=False,
        )
        self.listener.register_stream(0, "marketSubscription")
        self.places = {}
        self.reads = 0
        self.checksum = 0.0

    def run(self, path):
        on_data = self.listener.on_data
        with open_lines(path) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    kept = on_data(line)
                except Exception as error:
                    text = f"line {number}: {type(error).__name__}: {error}"
                    raise Failure(text) from error
                # Its own readers of recordings stop with an error here.
                if kept is False:
                    raise Failure(f"line {number}: stops at a FAILURE status")

    def put(self, books):
        """What an output queue is given after each message."""
        for book in books:
            self.read(book)

    def read(self, book):
        changes = book["streaming_update"].get("rc")
        if not changes:
            return
        runners = book["runners"]
        places = self.places.setdefault(book["marketId"], {})
        seen = set()
        for change in changes:
            key = (change["id"], change.get("hc", 0))
            if key in seen:
                continue
            seen.add(key)
            place = places.get(key, 0)
            if place >= len(runners) or key_of(runners[place]) != key:
                # New, or an image has put the runners in another order.
                places.clear()
                places.update((key_of(one), i) for i, one in enumerate(runners))
                place = places[key]
            exchange = runners[place]["ex"]
            for side in ("availableToBack", "availableToLay"):
                rows = exchange[side]
                if rows:
                    self.checksum += rows[0]["price"] + rows[0]["size"]
            self.reads += 1

    def state(self):
        def rows(available):
            return [[row[0], row[1]] for row in available.order_book.values()]

        for cache in self.listener.stream._caches.values():
            for runner in cache.runners:
                ex = runner.serialised["ex"]
                yield (
                    cache.market_id,
                    runner.selection_id,
                    runner.handicap,
                    best(ex["availableToBack"]),
                    best(ex["availableToLay"]),
                    runner.last_price_traded,
                    [
                        rows(runner.available_to_back),
                        rows(runner.available_to_lay),
                        rows(runner.traded),
                    ],
                )


class Full(Lightweight):
    """betfairlightweight: resource objects as books, its default."""

    lightweight = False

    def read(self, book):
        changes = book.streaming_update.get("rc")
        if not changes:
            return
        runners = book.runners
        places = self.places.setdefault(book.market_id, {})
        seen = set()
        for change in changes:
            key = (change["id"], change.get("hc", 0))
            if key in seen:
                continue
            seen.add(key)
            place = places.get(key, 0)
            if place >= len(runners) or full_key_of(runners[place]) != key:
                places.clear()
                places.update(
                    (full_key_of(one), i) for i, one in enumerate(runners)
                )
                place = places[key]
            exchange = runners[place].ex
            for rows in (exchange.available_to_back, exchange.available_to_lay):
                if rows:
                    self.checksum += rows[0].price + rows[0].size
            self.reads += 1


def key_of(runner):
    return (runner["selectionId"], runner["handicap"])


def full_key_of(runner):
    return (runner.selection_id, runner.handicap)


class Warnings(logging.Handler):
    """betfair_data logs what it cannot read, and ends the recording there."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage().split("err: ")[-1])


WARNINGS = Warnings()


class BetfairData:
    """betfair_data. It does not say which runners changed: all are read."""

    is_reading = True

    def __init__(self):
        logging.getLogger().addHandler(WARNINGS)
        self.markets = {}
        self.reads = 0
        self.checksum = 0.0

    def books(self, path):
        import betfair_data

        # Mutable books are its fastest. Only `Files` takes bz2, which it
        # decompresses in a thread of its own.
        for file in betfair_data.Files([path], False, True):
            for market in file:
                yield (market,)

    def run(self, path):
        WARNINGS.texts.clear()
        markets = self.markets
        for books in self.books(path):
            for book in books:
                markets[book.market_id] = book
                if self.is_reading:
                    self.read(book)
        if WARNINGS.texts:
            raise Failure(WARNINGS.texts[0])

    def read(self, book):
        checksum = 0.0
        reads = 0
        for runner in book.runners:
            exchange = runner.ex
            for rows in (exchange.available_to_back, exchange.available_to_lay):
                if rows:
                    first = rows[0]
                    checksum += first.price + first.size
            reads += 1
        self.checksum += checksum
        self.reads += reads

    def state(self):
        def rows(ladder):
            return [[row.price, row.size] for row in ladder]

        for market in self.markets.values():
            for runner in market.runners:
                back = rows(runner.ex.available_to_back)
                lay = rows(runner.ex.available_to_lay)
                yield (
                    market.market_id,
                    runner.selection_id,
                    runner.handicap or 0,
                    back[0] if back else None,
                    lay[0] if lay else None,
                    runner.last_price_traded,
                    [back, lay, rows(runner.ex.traded_volume)],
                )


class BetfairDataUnread(BetfairData):
    """betfair_data, only walked through: nothing is read."""

    is_reading = False


class BetfairDataCompatible(BetfairData):
    """betfair_data's replacement of betfairlightweight: an object per message."""

    def books(self, path):
        from betfair_data import bflw

        for file in bflw.Files([path], False):
            yield from file


VARIANTS = {
    "betfairlightweight-light": Lightweight,
    "betfairlightweight-full": Full,
    "betfair_data": BetfairData,
    "betfair_data-unread": BetfairDataUnread,
    "betfair_data-bflw": BetfairDataCompatible,
}


def best(rows):
    return [rows[0]["price"], rows[0]["size"]] if rows else None


def peak_rss_bytes():
    try:
        # ru_maxrss begins with the peak of whoever started this process.
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure(variant, mode, milliseconds, paths):
    seconds = []
    cpu_seconds = []
    warm_until = time.perf_counter() + milliseconds / 1000
    end = None
    while True:
        reads = 0
        checksum = 0.0
        start = time.perf_counter()
        cpu_start = time.process_time()
        for path in paths:
            peer = variant()
            peer.run(path)
            reads += peer.reads
            checksum += peer.checksum
        cpu = time.process_time() - cpu_start
        now = time.perf_counter()
        if mode == "warm" and end is None:
            # At least one pass warms up.
            if now >= warm_until:
                end = now + milliseconds / 1000
            continue
        seconds.append(now - start)
        cpu_seconds.append(cpu)
        if end is None or now >= end:
            break
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpuSeconds": cpu_seconds,
                "reads": reads,
                "checksum": checksum,
                "peakRssBytes": peak_rss_bytes(),
            }
        )
    )


def main(arguments):
    variant = VARIANTS[arguments[0]]
    mode = arguments[1]
    paths = arguments[3:]
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("betfairlightweight",):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        if mode == "state":
            peer = variant()
            peer.run(paths[0])
            for row in peer.state():
                print(json.dumps(row))
        else:
            measure(variant, mode, int(arguments[2]), paths)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
