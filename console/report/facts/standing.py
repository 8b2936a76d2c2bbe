"""What held things in another state than usual: shelves, out of service, maintenance, tags, changed definitions."""

from __future__ import annotations

import msgspec

from console.core.journal import Record, RecordKind
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Column, ColumnKind, Figure, Source, Table

_K = ColumnKind
_COLUMNS = (
    Column(name="act", kind=_K.CODE, words="log.what", share=1.8),
    Column(name="subject", kind=_K.LABEL, share=3.2),
    Column(name="since", kind=_K.TIME, share=2.1),
    Column(name="who", share=1.4),
    Column(name="until", kind=_K.TIME, share=2.1),
    Column(name="ended", kind=_K.TIME, share=2.1),
    Column(name="detail", share=3.4),
)
_FAMILIES: dict[str, tuple[str, bool]] = {
    "SHELVE": ("shelf", True),
    "SHELVE_TIMED": ("shelf", True),
    "SHELVE_ONESHOT": ("shelf", True),
    "UNSHELVE": ("shelf", False),
    "OOS_ON": ("oos", True),
    "OOS_OFF": ("oos", False),
    "REDEFINE": ("redefined", True),
    "REDEFINED": ("redefined", True),
    "REDEFINE_OVER": ("redefined", False),
    "MAINTENANCE_ON": ("maintenance", True),
    "MAINTENANCE_OFF": ("maintenance", False),
    "TAG_PLACE": ("tag", True),
    "TAG_REMOVE": ("tag", False),
    "AREA_FORCE": ("force", True),
}
"""What begins a stretch of which kind, and what ends it."""
_NO_END = frozenset({"force"})
MAINTENANCE = frozenset({"oos", "maintenance", "tag"})


class Stretch(msgspec.Struct, frozen=True):
    """One of them: the record that began it, and UTC ns of its end (0: it stands)."""

    family: str
    record: Record
    ended: int = 0


def stretches(ground: Ground) -> list[Stretch]:
    """Those that began in the span or reach into it, in order of time."""
    held = ground.holdings
    found: list[Stretch] = []
    standing: dict[tuple[str, str, str], Stretch] = {}
    for record in (*held.earlier, *held.records):
        known = mode_key(record)
        if known is None:
            continue
        key, begins = known
        family = key[0]
        before = standing.pop(key, None)
        if before is not None:
            found.append(msgspec.structs.replace(before, ended=record.at))
        if begins and family in _NO_END:
            found.append(Stretch(family, record, record.at))
        elif begins:
            standing[key] = Stretch(family, record)
    found += standing.values()
    within = [one for one in found if not one.ended or one.ended >= ground.start]
    return sorted(within, key=lambda one: (one.record.at, one.record.sequence))


def mode_key(record: Record) -> tuple[tuple[str, str, str], bool] | None:
    """What a record begins (True) or ends, as family, subject and tag; None for any other record."""
    family, begins = _FAMILIES.get(record.what, ("", False))
    if not family or record.result or record.kind not in (RecordKind.ACT, RecordKind.ALARM):
        return None
    # Several tags may hang on one asset.
    return (family, record.subject, record.fields.get("tag", "") if family == "tag" else ""), begins


def mode_table(ground: Ground, found: list[Stretch], name: str = "modes") -> Table:
    """One row each; one that stands has no end."""
    rows = tuple(_cells(one, ground) for one in found)
    return Table(name=name, columns=_COLUMNS, rows=rows, source=mode_source(ground))


def mode_source(ground: Ground) -> Source:
    """Acts and transitions of alarms."""
    return ground.source(RecordKind.ACT, RecordKind.ALARM)


def mode_figures(ground: Ground, found: list[Stretch]) -> list[Figure]:
    """How many stand at the end."""
    standing = [one.family for one in found if not one.ended]
    source = mode_source(ground)
    return [
        Figure(name="tags_standing", value=standing.count("tag"), source=source),
        Figure(name="oos_standing", value=standing.count("oos"), source=source),
        Figure(name="shelved_standing", value=standing.count("shelf"), source=source),
    ]


def _cells(one: Stretch, ground: Ground) -> tuple[Cell, ...]:
    record, fields = one.record, one.record.fields
    until = fields.get("until", "")
    words = (fields.get("text", ""), fields.get("reason", ""), fields.get("comment", ""))
    return (
        record.what,
        ground.subject_name(record.subject),
        record.at,
        record.who,
        int(until) if until.isascii() and until.isdigit() and int(until) else None,
        one.ended or None,
        " · ".join(dict.fromkeys(word for word in words if word)),
    )
