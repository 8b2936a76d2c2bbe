"""A hub writes down when ships and trucks come to the places of the site and leave them."""

from __future__ import annotations

from console.core.journal import Record, RecordKind
from console.core.reporting import Zone, ZoneStage
from console.core.words import Text
from console.feeds.base import MoverFacts, Position
from console.hub.backbone.base import Entry
from console.hub.clock import SetClock
from console.hub.movers import MoverRegistry
from console.hub.ring import EventRing
from console.hub.visits import VisitDesk

ZONE = Zone(
    id="pnit-waters", label=Text("수역", "Waters"), place="pnit-port", stage=ZoneStage.AREA, movers="vessel",
    lat=35.0, lon=129.0, radius_m=1000.0,
)  # fmt: skip


class _Recorder:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def put(self, entries: list[tuple[str, Entry]]) -> None:
        self.records += [entry.record for _, entry in entries]


def _desk(zones: list[Zone]) -> tuple[MoverRegistry, _Recorder]:
    movers, recorder = MoverRegistry(EventRing()), _Recorder()
    VisitDesk(zones, movers, recorder, SetClock(at=99))  # type: ignore[arg-type]
    movers.movers("ais", [MoverFacts("ship", "vessel", "BUSAN <b>", {})])
    return movers, recorder


def test_coming_and_going_are_records_about_the_place() -> None:
    movers, recorder = _desk([ZONE])
    for at, lat in ((1, 36.0), (2, 35.0), (3, 36.0), (4, 35.0)):
        movers.positions([Position("ship", lat, 129.0, None, None, at)], 77)
    movers.gone(["ship", "nobody"])
    assert [(r.what, r.at) for r in recorder.records] == [
        ("ZONE_ENTER", 2), ("ZONE_LEAVE", 3), ("ZONE_ENTER", 4), ("ZONE_LOST", 99),
    ]  # fmt: skip
    first = recorder.records[0]
    assert (first.kind, first.subject, first.who) == (RecordKind.MOVE, "pnit-port", "system:zones")
    assert first.fields == {
        "zone": "pnit-waters", "stage": "area", "mover": "ship", "mover_kind": "vessel", "name": "BUSAN <b>",
    }  # fmt: skip


def test_without_zones_nobody_listens() -> None:
    movers, recorder = _desk([])
    movers.positions([Position("ship", 35.0, 129.0, None, None, 1)], 77)
    movers.gone(["ship"])
    assert movers.moved_listener is None
    assert recorder.records == []
