"""Runs in a network namespace of its own: a real signalk-server tells of its own boat, with metadata and PUT.

Started by the journey test as `unshare --net python signalk_own_peer.py SERVER_DIR RECORDING SECONDS`; writes one
JSON line. One PUT goes to a path that nobody serves, the other changes metadata, which the server does by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from signalk_peer import PORT, raise_loopback, settings

from console.core.discovery import Offer
from console.core.feed import FeedState
from console.core.site import FeedDef, FeedMap, TagRoute
from console.core.words import Text
from console.feeds.base import Columns, DeviceAnswer, DeviceCommand, FeedDown, MoverFacts, Position, Reading
from console.feeds.signal_k.adapter import SignalKFeed, make

WIND = "environment.wind.speedApparent"
NAME = "Wind over the bow"


class Ear:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.offers: dict[str, Offer] = {}
        self.rows: dict[str, Reading] = {}
        self.faults: list[tuple[str, str]] = []

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        self.offers.update((one.path, one) for one in offers)

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        self.rows.update((row.path, row) for row in rows)

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        self.faults.append((where, reason))

    def declare(self, points: list[tuple[str, str]]) -> None:
        """Not of this protocol."""

    def columns(self, columns: Columns) -> None:
        """Not of this protocol."""

    def positions(self, rows: list[Position]) -> None:
        """Not looked at here."""

    def movers(self, rows: list[MoverFacts]) -> None:
        """Not looked at here."""

    def gone(self, sources: list[str]) -> None:
        """Not looked at here."""

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """Not looked at here."""


async def lived(feed: SignalKFeed, ear: Ear) -> None:
    """Connect until the server is there, then stay."""
    while True:
        try:
            await feed.run(ear)
        except FeedDown:
            await asyncio.sleep(0.3)


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something to be true, or for the time to be over."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition() and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.05)


async def ask(feed: SignalKFeed, path: str, value: str) -> list[DeviceAnswer]:
    """All that the server answers to a PUT."""
    heard: list[DeviceAnswer] = []
    await feed.send(DeviceCommand(f"put {path}", "vessels.self", path, value), heard.append)
    await until(lambda: bool(heard) and heard[-1].kind != "accepted", 10.0)
    return heard


async def watch(seconds: float) -> dict[str, object]:
    """Listen, and ask twice."""
    mapped = FeedMap(type="boat", source="vessels.self", tags={"wind": TagRoute(path=WIND, unit="kn")})
    feed = make(
        FeedDef(
            id="boat", adapter="signal_k", url=f"ws://127.0.0.1:{PORT}/signalk/v1/stream",
            label=Text("배", "Boat"), options={"discover": True}, map=(mapped,),
        )
    )  # fmt: skip
    ear = Ear()
    task = asyncio.create_task(lived(feed, ear))
    await until(lambda: WIND in ear.offers and WIND in ear.rows, seconds)
    first = ear.offers.get(WIND)
    refused = await ask(feed, "electrical.switches.nobody.state", "on")
    renamed = await ask(feed, f"{WIND}.meta.displayName", NAME)
    await until(lambda: ear.offers[WIND].label == NAME, 10.0)
    task.cancel()
    await asyncio.wait((task,))
    return {
        "unit": first.unit if first else "",
        "source": first.source if first else "",
        "label": ear.offers[WIND].label,
        "unit_after": ear.offers[WIND].unit,
        "faults": ear.faults,
        "refused": [(one.kind, one.detail) for one in refused],
        "renamed": [one.kind for one in renamed],
        "paths": sorted(ear.offers),
    }


def main() -> None:
    """Start the server, talk to it, stop it, print what was heard."""
    server, recording, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    raise_loopback()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "settings.json").write_text(json.dumps(settings(recording)))
        log = Path(folder, "server.log")
        environment = os.environ | {"PORT": str(PORT), "SIGNALK_NODE_CONFIG_DIR": folder}
        with log.open("w") as out:
            command = ["node", str(server / "node_modules/signalk-server/bin/signalk-server")]
            child = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
            try:
                found = asyncio.run(watch(seconds))
            finally:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
                sys.stderr.write(log.read_text()[-1500:])
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
