"""Values a second of the NGSI-LD feed on one core: each representation, a page of the catalogue, and the whole door.

python tests/bench/ngsi_ld_feed.py [FRAMES]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from console.core.feed import FeedState
from console.feeds.base import Columns, MoverFacts, Position, Reading
from console.feeds.http_door import DoorPlace, HttpDoors, Room
from console.feeds.ngsi_ld.intake import EntityIntake

NAMES = (
    "inletLevel",
    "outletLevel",
    "rainfall",
    "inflow",
    "outflow",
    "pump1Current",
    "gateOpening",
    "activePower",
)
ENTITIES = 10
VALUES = len(NAMES) * ENTITIES
AT = "2026-11-22T07:00:00.250Z"
LIMIT = 1_000_000
POINTS_OF = tuple((f"urn:ngsi-ld:PumpingStation:p{n}", name) for n in range(ENTITIES) for name in NAMES)
CONTEXT = "https://smart-data-models.github.io/data-models/context/"


class Count:
    """A sink that counts values and keeps nothing."""

    def __init__(self) -> None:
        self.values = 0

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        self.values += len(rows)

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink: a bench that measures faults measures nothing."""
        raise AssertionError(f"{where} {reason} {offending!r}")

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink."""

    def declare(self, points: list[tuple[str, str]]) -> None:
        """As FeedSink."""

    def columns(self, columns: Columns) -> None:
        """As FeedSink."""

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""

    def movers(self, rows: list[MoverFacts]) -> None:
        """As FeedSink."""

    def gone(self, sources: list[str]) -> None:
        """As FeedSink."""


def entity(number: int, form: str) -> dict[str, Any]:
    """One entity with eight numbers."""
    head = {"id": f"urn:ngsi-ld:PumpingStation:p{number}", "type": "PumpingStation"}
    values = dict.fromkeys(NAMES, 2.5 + number)
    if form == "simplified":
        return head | {"observedAt": AT} | values
    if form == "concise":
        return head | {name: {"value": value, "observedAt": AT} for name, value in values.items()}
    full = {name: {"type": "Property", "value": value, "observedAt": AT} for name, value in values.items()}
    if form == "full URIs":
        return head | {CONTEXT + name: node for name, node in full.items()}
    if form == "GeoJSON":
        return {
            "id": head["id"],
            "type": "Feature",
            "geometry": None,
            "properties": {"type": head["type"], **full},
        }
    return head | full


def notification(form: str) -> bytes:
    """Ten entities in one notification."""
    data: Any = [entity(number, form) for number in range(ENTITIES)]
    if form == "GeoJSON":
        data = {"type": "FeatureCollection", "features": data}
    return json.dumps(
        {"id": "urn:n", "type": "Notification", "subscriptionId": "s", "notifiedAt": AT, "data": data}
    ).encode()


def intake(sink: Count) -> EntityIntake:
    """All values mapped."""
    return EntityIntake(sink, dict.fromkeys(POINTS_OF, 5.0), None, LIMIT)


def rate(sink: Count, work: Callable[[], object], frames: int) -> float:
    """Values a second."""
    work()
    sink.values = 0
    began = time.perf_counter()
    for _ in range(frames):
        work()
    return sink.values / (time.perf_counter() - began)


async def through_the_door(frames: int) -> tuple[float, float]:
    """Values and notifications a second over one kept connection, from socket to readings."""
    sink = Count()
    read = intake(sink)
    body = notification("normalized")
    head = f"POST /n HTTP/1.1\r\nHost: hub\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def take(data: bytes, headers: dict[str, str]) -> int:
        del headers
        return 200 if read.called(data, "POST") else 400

    room = Room(path="/n", take=take, refused=lambda reason, first: None, limit=LIMIT, per_s=1e9)
    async with HttpDoors().listen(DoorPlace(host="127.0.0.1", port=0), room) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.perf_counter()
        for _ in range(frames):
            writer.write(head + body)
            await reader.readuntil(b"\r\n\r\n")
        took = time.perf_counter() - began
        writer.close()
    return sink.values / took, frames / took


def main(frames: int) -> None:
    """Print what each costs."""
    for form in ("normalized", "concise", "simplified", "full URIs", "GeoJSON"):
        sink = Count()
        read, body = intake(sink), notification(form)
        print(
            f"{form:20} {rate(sink, lambda read=read, body=body: read.notification(body), frames):10,.0f} values/s"
        )
    sink = Count()
    read, page = intake(sink), json.dumps([entity(n, "normalized") for n in range(100)]).encode()
    print(
        f"{'page of 100':20} {rate(sink, lambda: read.entities(page), max(frames // 10, 1)):10,.0f} values/s"
    )
    values, calls = asyncio.run(through_the_door(frames))
    print(
        f"{'HTTP, one caller':20} {values:10,.0f} values/s   {calls:,.0f} notifications/s of {VALUES} values"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
