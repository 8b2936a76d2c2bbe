"""What feeds cost a real hub: JSON over MQTT at 50,000 messages a second and above, and 1,000 vessels at 1 Hz.

`python tests/bench/feed_load.py [mqtt|vessels|both] [SECONDS]`. Processor time counts, not the clock on the wall: a
machine that is busy otherwise slows the hub but makes it no dearer.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from _processes import Part
from bench_site import write_site
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from console.core.feed import FeedFact
from console.wire.codec import console_codec
from console.wire.frames import TELEMETRY, kind_of
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import Challenge, FeedsChanged, Hello
from console.wire.proof import proof

HERE = Path(__file__).parent
THINGS = 2_000
VESSELS = 1_000
WANTED = 50_000.0
SETTLE_S = 5.0
MOST = 1e6
"""Messages a second that nobody takes: the source then finds how many are."""
_RUN = """
import sys
from pathlib import Path
from console.hub.service import main
from console.setup.arguments import HubOptions
sys.exit(main(HubOptions(Path(sys.argv[1]), Path(sys.argv[2]), listen_port=0, feed_urls={"bulk": sys.argv[3]})))
"""


class Load:
    """A hub on one source, both processes of their own."""

    def __init__(self, folder: Path, kind: str, things: int, values: int) -> None:
        site = folder / "site"
        site.mkdir()
        tags = max(values, 2)
        write_site(site, THINGS * tags, tags)
        self._dress(site / "feeds.toml", kind)
        source = (sys.executable, str(HERE / "line_source.py"), kind, str(things), str(values))
        self.source = Part("source", source, folder / "source.log")
        hub = (sys.executable, "-c", _RUN, str(site), str(folder / "data"), str(self.source.ready))
        self.hub = Part("hub", hub, folder / "hub.log", {"GWANJE_HUB_SECRET": "bench"})

    def fact(self) -> FeedFact:
        """The feed as the hub tells a seat that has just come."""
        codec = console_codec(SUBPROTOCOL_MSGPACK)
        with self._seat() as wire:
            while True:
                data = wire.recv(60)
                if isinstance(data, bytes) and kind_of(data) == TELEMETRY:
                    continue
                if isinstance(told := codec.decode(data), FeedsChanged):
                    return told.feeds[0]

    @staticmethod
    def _dress(feeds: Path, kind: str) -> None:
        """The columnar feed of the bench site as one of MQTT or AIS."""
        options = 'topics = "city/#"\nsource = "{1}"\nping_s = 0.0\n' if kind == "mqtt" else ""
        text = feeds.read_text(encoding="utf-8").replace('"columns"', f'"{kind}"')
        if kind == "ais":
            text = text.partition("[[feed.map]]")[0].replace('movers = ""\n', 'movers = "vessel"\n')
        text = text.replace("[[feed.map]]", f"[feed.options]\n{options}[[feed.map]]") if options else text
        feeds.write_text(text, encoding="utf-8")

    @contextmanager
    def _seat(self) -> Generator[ClientConnection]:
        codec = console_codec(SUBPROTOCOL_MSGPACK)
        ready = self.hub.ready
        url = ready if isinstance(ready, str) else ready["url"]
        offered = [Subprotocol(SUBPROTOCOL_MSGPACK)]
        with connect(url, subprotocols=offered, proxy=None, max_size=None) as wire:
            challenge = codec.decode(wire.recv())
            assert isinstance(challenge, Challenge)
            wire.send(codec.encode(Hello(proof=proof("bench", challenge.nonce), user="bench")))
            yield wire

    @contextmanager
    def watched(self) -> Generator[None]:
        """One seat that takes whatever it is sent."""
        with self._seat() as wire:
            reading = threading.Thread(target=lambda: [None for _ in wire], name="seat")
            reading.start()
            try:
                yield
            finally:
                wire.close()
                reading.join()

    def run(self, rate: float, seconds: float) -> tuple[float, float]:
        """Messages a second that the hub took, and the share of one core that it used."""
        self.source.ask(f"rate {rate}")
        time.sleep(SETTLE_S)
        before, used, began = self.source.ask(f"rate {rate}")["sent"], self._used(), time.monotonic()
        time.sleep(seconds)
        sent, took = self.source.ask(f"rate {rate}")["sent"] - before, time.monotonic() - began
        share = (self._used() - used) / took
        fact = self.fact()
        if fact.malformed or fact.gaps or fact.unknown or bool(rate) is not bool(fact.updates):
            raise RuntimeError(f"a bench with faults measures nothing: {fact}")
        return sent / took, share

    def _used(self) -> float:
        times = self.hub.process.cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        """Megabytes of the hub."""
        return self.hub.process.memory_info().rss / 1e6

    def end(self) -> None:
        """Both processes."""
        self.hub.end()
        self.source.end()


def mqtt(seconds: float) -> None:
    """The wanted rate, and the limit."""
    for values in (1, 4):
        with tempfile.TemporaryDirectory() as folder:
            load = Load(Path(folder), "mqtt", THINGS, values)
            try:
                _, idle = load.run(0, seconds)
                for asked in (10_000.0, 25_000.0, WANTED, MOST):
                    rate, share = load.run(asked, seconds)
                    cost = (share - idle) / rate * 1e6
                    named = "as many as it takes" if asked == MOST else f"asked {asked:,.0f}/s"
                    print(
                        f"MQTT JSON, {values} value(s): {named:22} took {rate:>8,.0f} messages/s  "
                        f"hub {100 * share:4.0f} % of a core  {cost:5.1f} us a message  "
                        f"one core holds {1e6 / cost:>8,.0f}/s  RSS {load.memory():.0f} MB",
                        flush=True,
                    )
            finally:
                load.end()


def vessels(seconds: float) -> None:
    """What the ships cost above an idle hub."""
    with tempfile.TemporaryDirectory() as folder:
        load = Load(Path(folder), "ais", VESSELS, 1)
        try:
            _, idle = load.run(0, seconds)
            rate, share = load.run(VESSELS, seconds)
            with load.watched():
                _, shown = load.run(VESSELS, seconds)
            print(
                f"AIS: {rate:,.0f} reports/s of {VESSELS} vessels: {100 * (share - idle):.1f} % of a core above "
                f"idle ({100 * idle:.1f} %), {100 * (shown - idle):.1f} % with a seat that is sent them",
                flush=True,
            )
        finally:
            load.end()


def main(what: str, seconds: float) -> None:
    """Print what was asked for."""
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if what in ("vessels", "both"):
        vessels(max(seconds, 30.0) if what == "both" else seconds)
    if what in ("mqtt", "both"):
        mqtt(seconds)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "both", float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)
