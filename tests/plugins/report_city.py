"""A shift of the whole city as samples and records: meters, lines, terminals, people who hand over and write down."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray
from report_room import END, FORMULA, HOUR, MARKUP, NS, T0, _record, act, busy_shift, catalogue, site

from console.core.handover.facts import Change, HandoverFact, HandoverItem, HandoverState, ItemKind, Party
from console.core.handover.paper import HandoverEvent
from console.core.handover.records import event_record, item_records
from console.core.handover.table import HandoverInput
from console.core.journal import Record, RecordKind
from console.core.logbook.entry import LinkKind, LogEntry, LogLink
from console.core.logbook.records import entry_record
from console.core.site import TagKind
from console.report.facts.asset import point_tags
from console.report.facts.energy import meter_tags
from console.report.facts.ground import Ground
from console.report.facts.oee import line_tags
from console.report.facts.turnaround import terminal_tags
from console.report.holdings import Holdings, Trend

SECONDS = (END - T0) // NS
LONG = "가" * 40 + "a" * 99_960
"""100 kB of one word, and more: Hangul has three bytes."""
BIDI = "\u202e정상\u202c\u2066abc\u2069"


def trend(
    tag: str, at: NDArray[np.int64], value: NDArray[np.float64], bad: NDArray[np.bool_] | None = None
) -> Trend:
    """Samples as they are held; `bad` marks rows of bad quality."""
    quality = np.zeros(len(at), np.uint8) if bad is None else np.where(bad, 2, 0).astype(np.uint8)
    return Trend(tag, at.astype("<i8").tobytes(), value.astype("<f8").tobytes(), quality.tobytes())


def steady(tag: str, value: float, *, period: int = 10, start: int = T0, seconds: int = SECONDS) -> Trend:
    """One value all the time."""
    at = start + np.arange(0, seconds, period, dtype=np.int64) * NS
    return trend(tag, at, np.full(len(at), value))


def _wave(tag: str, seed: int) -> Trend:
    point = catalogue().tags[catalogue().tag_index(tag)].tag
    at = T0 + np.arange(0, SECONDS, 20, dtype=np.int64) * NS
    n = np.arange(len(at))
    share = 0.35 + 0.12 * np.sin(n / (170.0 + seed % 60)) + 0.02 * np.sin(n / 7.0 + seed)
    value = point.low + share * (point.high - point.low)
    bad = (n > 700) & (n < 760) if seed % 9 == 4 else np.zeros(len(n), bool)
    return trend(tag, at, value, bad)


def _line(tag: str, seed: int) -> Trend:
    name = tag.rpartition(".")[2]
    at = T0 + np.arange(0, SECONDS, 10, dtype=np.int64) * NS
    n = np.arange(len(at))
    state = np.where((n + 97 * seed) % 500 < 40, 4.0, np.where((n + 31 * seed) % 260 < 22, 2.0, 1.0))
    if name == "state":
        return trend(tag, at, state, (n > 1500) & (n < 1560) if seed % 3 == 0 else None)
    ideal = {"ship-equipment-line": 90.0, "auto-parts-line": 24.0}.get(_type_of(tag), 45.0)
    made = np.cumsum(state == 1.0) * 10.0 / (ideal * (1.04 + 0.03 * (seed % 4)))
    count = np.floor(made if name == "good" else made * 0.02) + 1000.0
    # At noon they begin at 0 again.
    return trend(tag, at, np.where(n > 1800, count - count[1801], count))


def _type_of(tag: str) -> str:
    return catalogue().assets[tag.partition(".")[0]].type


def _terminal(tag: str, seed: int) -> Trend:
    name = tag.rpartition(".")[2]
    at = T0 + np.arange(0, SECONDS, 10, dtype=np.int64) * NS
    n = np.arange(len(at))
    if name.startswith("berth"):
        return trend(tag, at, ((n + 400 * seed) % 1700 < 900).astype(float))
    if name == "moves":
        return trend(tag, at, 4000.0 + np.floor(n * 0.7))
    return trend(tag, at, np.round(14.0 + 9.0 * np.sin(n / 300.0 + seed) + 2.0 * np.sin(n / 9.0)))


def _counter(tag: str, seed: int) -> Trend:
    at = T0 + np.arange(0, SECONDS, 20, dtype=np.int64) * NS
    n = np.arange(len(at))
    value = (5000.0 * (seed + 1) + n * 0.2).astype(np.float64)
    # One of them was exchanged, and begins at 0.
    again = np.where(n > 240, n * 0.2 - 48.2, value).astype(np.float64)
    return trend(tag, at, again if seed % 3 == 0 else value)


def city_trends(asset: str = "suyeong-pump", silent: str = "mieum-dc.total_power") -> tuple[Trend, ...]:
    """Samples of all that the new kinds of reports are told from, and of one asset; one meter says nothing."""
    ground = Ground(Holdings(site=site(), start=T0, end=END, began=0, until=END))
    makers: dict[str, Callable[[str, int], Trend]] = {}
    for tag in point_tags(ground, asset):
        makers[tag] = _wave
    for tag in meter_tags(ground):
        makers[tag] = _counter if tag.endswith(".energy") else _wave
    for tag in line_tags(ground):
        makers[tag] = _line
    for tag in terminal_tags(ground):
        makers[tag] = _terminal
    found = [make(tag, seed) for seed, (tag, make) in enumerate(makers.items()) if tag != silent]
    states = [tag for tag in point_tags(ground, asset) if ground.point(tag).tag.kind is TagKind.DISCRETE]
    return tuple(_pump(t.tag) if t.tag in states else t for t in found)


def _pump(tag: str) -> Trend:
    at = T0 + np.arange(0, SECONDS, 10, dtype=np.int64) * NS
    return trend(tag, at, (np.arange(len(at)) % 700 < 300).astype(float))


def move(
    at: int, place: str, what: str, stage: str, mover: str, *, kind: str = "vessel", name: str = ""
) -> Record:
    """A ship or truck at a zone."""
    fields = {
        "zone": f"{place}-{stage}", "stage": stage, "mover": mover, "mover_kind": kind, "name": name,
    }  # fmt: skip
    return _record(at, RecordKind.MOVE, place, f"ZONE_{what}", who="system:zones", fields=fields)


def visit(
    start: int,
    minutes: tuple[float, float, float],
    mover: str,
    *,
    place: str = "pnit-port",
    kind: str = "vessel",
    name: str = "",
) -> list[Record]:
    """A whole stay: minutes of waiting, of service and of leaving."""
    waits, serves, leaves = (round(m * 60 * NS) for m in minutes)
    times = (start, start + waits, start + waits + serves, start + waits + serves + leaves)
    steps = (("ENTER", "area"), ("ENTER", "service"), ("LEAVE", "service"), ("LEAVE", "area"))
    return [
        move(at, place, what, stage, mover, kind=kind, name=name)
        for at, (what, stage) in zip(times, steps, strict=True)
    ]


def ships_and_trucks() -> list[Record]:
    """Stays of ships at the four terminals and of trucks at two gates, some of which are not seen whole."""
    found: list[Record] = []
    places = ("pnit-port", "hjnc-port", "sinseondae-port", "gamman-port")
    for n in range(10):
        name = f"BUSAN {n}" if n != 3 else "=1+1 <b>RTL \u202e"
        found += visit(
            T0 + n * 35 * 60 * NS, (12.0 + 3 * n, 40.0 + 11 * n % 60, 9.0), f"vessels.urn:mrn:imo:mmsi:44010{n:04d}",
            place=places[n % 4], name=name,
        )  # fmt: skip
    for n in range(24):
        found += visit(
            T0 + n * 17 * 60 * NS, (2.0 + n % 7, 3.0 + n % 4, 4.0), f"vehicles.urn:mrn:gwanje:truck:{n % 9}",
            place=places[n % 2], kind="truck", name=f"TRUCK-{n % 9:02d}",
        )  # fmt: skip
    found.append(
        move(
            T0 + 60 * NS,
            "gamman-port",
            "FOUND",
            "area",
            "vessels.urn:mrn:imo:mmsi:440999999",
            name="ALREADY THERE",
        )
    )
    found.append(
        move(
            T0 + 60 * NS,
            "gamman-port",
            "FOUND",
            "service",
            "vessels.urn:mrn:imo:mmsi:440999999",
            name="ALREADY THERE",
        )
    )
    return [record for record in found if record.at < END]


def people() -> list[Record]:
    """A handover signed by both, entries of the log with a correction, tags that hang and one that was taken down."""
    outgoing = Party(
        who="kim", name="김민수", human="kim", station="seat-1", signed_at=T0 + 300 * NS, proof="password"
    )
    incoming = Party(
        who="lee", name="이서연", human="lee", station="seat-2", signed_at=T0 + 420 * NS, proof="password"
    )
    items = (
        HandoverItem(
            key="standing:eco-pump.x",
            kind=ItemKind.STANDING,
            subject=catalogue().alarms[0].key,
            since=T0 - HOUR,
            text="수위 상승 중",
            accepted_by="lee",
        ),
        HandoverItem(
            key="lockout:choryang-pump",
            kind=ItemKind.LOCKOUT,
            subject="choryang-pump",
            since=T0 - 3 * HOUR,
            until=END,
            text=MARKUP,
            change=Change.STILL,
            accepted_by="lee",
            remark=FORMULA,
        ),
    )
    fact = HandoverFact(
        id="01HANDOVER", state=HandoverState.SIGNED, areas=("eco-delta", "north-port"), outgoing=outgoing,
        incoming=incoming, items=items, count=2, remark="초량 3호기 정비 계속", at=T0, ended_at=T0 + 420 * NS,
    )  # fmt: skip
    event = HandoverEvent(
        what=HandoverInput.BOTH_SIGNED, at=T0 + 420 * NS, who="lee", station="seat-2",
        old=HandoverState.ACCEPTING, new=HandoverState.SIGNED, fact=fact, items=items,
    )  # fmt: skip
    links = (LogLink(LinkKind.ASSET, "eco-pump", "에코델타 배수펌프장"),)
    first = LogEntry(
        id="L1", at=T0 + HOUR, written=T0 + HOUR + 30 * NS, author="lee", author_name="이서연", area="eco-delta",
        text="펌프장 현장 점검 인원 2명 도착. 스크린 협잡물 제거 시작.", links=links,
    )  # fmt: skip
    second = msgspec.structs.replace(
        first, id="L2", at=T0 + 2 * HOUR, written=T0 + 2 * HOUR, text=MARKUP, corrects="L1", area="", links=()
    )
    tags = [
        act(
            "choryang-pump",
            T0 + HOUR,
            "TAG_PLACE",
            tag="t1",
            kind="INHIBIT_ALL",
            text=FORMULA,
            until=str(END + HOUR),
        ),
        act("eco-pump", T0 + 2 * HOUR, "TAG_PLACE", tag="t2", kind="CAUTION", text="점검"),
        act("eco-pump", T0 + 3 * HOUR, "TAG_REMOVE", tag="t2", kind="CAUTION", reason="끝남"),
    ]
    return [
        *item_records(event), event_record(event),
        entry_record(first, "seat-2"), entry_record(second, "seat-2"), *tags,
    ]  # fmt: skip


def city_records(alarms: int = 60) -> list[Record]:
    """All of it, in order of time and numbered."""
    found = sorted((*busy_shift(alarms), *ships_and_trucks(), *people()), key=lambda record: record.at)
    return [msgspec.structs.replace(record, sequence=n) for n, record in enumerate(found, 1)]


def city_holdings(records: list[Record] | None = None, trends: tuple[Trend, ...] | None = None) -> Holdings:
    """The holdings of the shift."""
    every = city_records() if records is None else records
    return Holdings(
        site=site(),
        start=T0,
        end=END,
        began=T0 - HOUR,
        until=END,
        records=tuple(record for record in every if record.at >= T0),
        earlier=tuple(record for record in every if record.at < T0),
        trends=city_trends() if trends is None else trends,
    )
