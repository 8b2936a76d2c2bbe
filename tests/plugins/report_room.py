"""A data directory as a hub leaves it, written by the hub's own journal and historian."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from console.core.alarm.machine import AlarmInput, Effect
from console.core.batch import NS, Batch
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.journal import Record, RecordKind
from console.core.site import Site
from console.hub.backbone.base import Entry
from console.hub.clock import SetClock
from console.hub.historian.historian import Historian
from console.hub.journal import Journal
from console.hub.ledger.opening import sign_with_own_key
from console.report.store.site_folder import read_site

ROOT = Path(__file__).resolve().parents[2]
_RUN = "import sys; from console.setup import launch, parser; sys.exit(launch.process(parser.parse(sys.argv[1:])))"
EXPORT = (sys.executable, "-c", _RUN)
"""`main.py` as a process, but for the care that it takes of the environment."""
SITE = ROOT / "resources" / "sites" / "busan"
# 2026-11-22 07:00 in Busan: the beginning of the day shift.
T0 = 1_795_298_400 * NS
HOUR = 3600 * NS
END = T0 + 8 * HOUR
FORMULA = '=HYPERLINK("http://evil.example","x")'
MARKUP = '</td><script>alert(1)</script> #eval("1") $x$ *b* _u_ \\ @ref <label> `raw`'

COMMENTS = (FORMULA, MARKUP, "현장 확인 요청함", "")


@cache
def site() -> Site:
    return read_site(SITE)


@cache
def catalogue() -> Catalogue:
    return Catalogue(site())


def _record(at: int, kind: RecordKind, subject: str, what: str, **more: object) -> Record:
    fields = {"who": "system:alarms", **more}
    base = Record(sequence=0, at=at, kind=kind, who="", subject=subject, what=what)
    return msgspec.structs.replace(base, **fields)


def occurrence(
    point: AlarmPoint, at: int, number: int, acked: float = 30.0, lasted: float = 300.0, comment: str = ""
) -> list[Record]:
    """One alarm that comes, is acknowledged and goes; 0 seconds: that does not happen."""
    alarm, name = point.alarm, f"01J{number:023d}"
    base = {"occurrence": name, "value": repr(alarm.limit + 1.25), "limit": repr(alarm.limit)}
    base |= {"priority": str(alarm.priority)}
    new = {"effects": f"{Effect.NEW_OCCURRENCE} {Effect.ANNUNCIATE}", "annunciated": str(at)}
    found = [
        _record(
            at, RecordKind.ALARM, point.key, AlarmInput.ACT, old="A_NORM", new="B_UNACK", fields=base | new
        )
    ]
    if acked:
        fields = base | {"effects": Effect.JOURNAL_ACK, "reason": comment}
        found.append(
            _record(
                at + int(acked * NS),
                RecordKind.ALARM,
                point.key,
                AlarmInput.ACK,
                old="B_UNACK",
                new="C_ACKED",
                who="kim",
                station="seat-1",
                fields=fields,
            )
        )
    if lasted:
        fields = base | {"effects": Effect.JOURNAL_RTN, "rtn_cause": "RETURN_TO_NORMAL"}
        found.append(
            _record(
                at + int(lasted * NS),
                RecordKind.ALARM,
                point.key,
                AlarmInput.RTN,
                old="C_ACKED",
                new="A_NORM",
                fields=fields,
            )
        )
    return found


def command(subject: str, at: int, number: int, end: str = "SUCCEEDED", reason: str = "") -> list[Record]:
    """One command from its request to its end, a second a step."""
    states = ["RECEIVED", "SENT", "EXECUTING", end]
    fields = {"command_id": f"01K{number:023d}", "value": "1.0", "by": "lee"}
    return [
        _record(
            at + i * NS,
            RecordKind.COMMAND,
            subject,
            state,
            who="lee" if i == 0 else "system:commands",
            station="seat-2",
            old=states[i - 1] if i else "",
            new=state,
            result=reason if state == end else "",
            fields=fields,
        )
        for i, state in enumerate(states)
    ]


def feed(name: str, at: int, old: str, new: str, why: str = "") -> Record:
    fields = {"why": why} if why else {}
    return _record(at, RecordKind.FEED, name, "STATE", who="system:feeds", old=old, new=new, fields=fields)


def act(subject: str, at: int, what: str, result: str = "", who: str = "kim", **fields: str) -> Record:
    return _record(at, RecordKind.ACT, subject, what, who=who, station="seat-1", result=result, fields=fields)


def busy_shift(
    alarms: int = 60, first: int = T0, hours: float = 8.0, comments: tuple[str, ...] = COMMENTS
) -> list[Record]:
    """Records of a shift in order of time: alarms, commands, acts, an outage of a feed."""
    points = catalogue().alarms[:40]
    step = int(hours * HOUR) // (alarms + 1)
    found: list[Record] = []
    for n in range(alarms):
        point = points[(n * n + n // 3) % len(points)]
        comment = comments[n % len(comments)]
        ack = 0.0 if n % 17 == 16 else 5.0 + n % 50
        found += occurrence(point, first + (n + 1) * step, n, ack, 20.0 + 37.0 * (n % 20), comment)
    subject = command_subject()
    for n in range(6):
        end, reason = (("SUCCEEDED", ""), ("REJECTED", "BLOCKED_BY_INTERLOCK"), ("FAILED", ""))[n % 3]
        found += command(subject, first + (n + 1) * HOUR, n, end, reason)
    feeds = [one.id for one in site().feeds]
    found += [feed(name, first - 2 * HOUR, "connecting", "live") for name in feeds]
    found += [
        feed(feeds[0], first + HOUR, "live", "down", "silent"),
        feed(feeds[0], first + HOUR + 600 * NS, "down", "live"),
        act(points[0].key, first + HOUR, "ACK", "NOT_ALLOWED", who=FORMULA, detail=MARKUP),
    ]
    return sorted(found, key=lambda record: record.at)


def command_subject() -> str:
    asset = next(a for a in site().assets if catalogue().types[a.type].commands)
    return f"{asset.id}.{catalogue().types[asset.type].commands[0].name}"


def samples(tags: Sequence[int], first: int = T0, seconds: int = 8 * 3600, period: int = 10) -> Batch:
    """Waves with a gap of bad samples in the middle."""
    at = first + np.arange(0, seconds, period, dtype=np.int64) * NS
    n = len(at)
    parts: list[Batch] = []
    for tag in tags:
        point = catalogue().tags[tag].tag
        middle, half = (point.low + point.high) / 2, (point.high - point.low) / 4
        value = middle + half * np.sin(np.arange(n) / (40.0 + tag % 7))
        quality = np.zeros(n, np.uint8)
        quality[n // 2 : n // 2 + n // 20] = 2
        parts.append(Batch(np.full(n, tag, np.uint32), at, value, quality))
    return Batch(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("tag", "at", "value", "quality"))
    )


def write_data(data: Path, records: Sequence[Record], rows: Batch | None = None) -> Path:
    """The directory of a hub that has ended."""
    folder = data / "hub"
    folder.mkdir(parents=True)
    asyncio.run(_journal(folder / "journal.db", records))
    if rows is not None:
        historian = Historian(folder / "history.db", SetClock(at=END), flush_s=3600.0)
        historian.write(rows)
        historian.flush()
        historian.close()
    return data


async def _journal(path: Path, records: Sequence[Record]) -> None:
    os.close(os.open(path, os.O_CREAT, 0o600))
    journal = Journal(path, now=lambda: END)
    try:
        sign_with_own_key(journal)
        for first in range(0, len(records), 500):
            part = [
                (r.fields.get("command_id", r.subject), Entry(r, b"")) for r in records[first : first + 500]
            ]
            await journal.append("alarms", part)
            await journal.sign()
    finally:
        journal.close()


def shift_data(data: Path, alarms: int = 60, comments: tuple[str, ...] = COMMENTS) -> Path:
    """A busy shift, with samples of the tags behind its alarms."""
    tags = sorted({point.tag_index for point in catalogue().alarms[:40]})
    return write_data(data, busy_shift(alarms, comments=comments), samples(tags))
