"""What people left for one another: shift handovers with their items, and entries of the operator log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from console.core.handover.facts import HandoverFact, HandoverItem
from console.core.handover.records import handovers_in
from console.core.journal import Record, RecordKind
from console.core.logbook.entry import Attachment, LogLink
from console.core.logbook.records import CORRECT, is_entry
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Column, ColumnKind, Table

_K = ColumnKind
_HANDOVERS = (
    Column(name="ended", kind=_K.TIME, share=2.1),
    Column(name="state", kind=_K.CODE, words="reports.handover", share=1.4),
    Column(name="area", kind=_K.LABEL, share=2.6),
    Column(name="outgoing", share=1.6),
    Column(name="signed", kind=_K.TIME, share=2.1),
    Column(name="incoming", share=1.6),
    Column(name="countersigned", kind=_K.TIME, share=2.1),
    Column(name="items", kind=_K.NUMBER, share=0.8),
    Column(name="remark", share=3.4),
)
_ITEMS = (
    Column(name="ended", kind=_K.TIME, share=2.1),
    Column(name="item_kind", kind=_K.CODE, words="reports.item", share=1.5),
    Column(name="subject", kind=_K.LABEL, share=3.2),
    Column(name="change", kind=_K.CODE, words="reports.change", share=1.0),
    Column(name="since", kind=_K.TIME, share=2.1),
    Column(name="until", kind=_K.TIME, share=2.1),
    Column(name="detail", share=2.6),
    Column(name="accepted_by", share=1.4),
    Column(name="remark", share=2.6),
)
_LOG = (
    Column(name="time", kind=_K.TIME, share=2.1),
    Column(name="author", share=1.5),
    Column(name="area", kind=_K.LABEL, share=1.9),
    Column(name="text", share=6),
    Column(name="links", share=2.4),
    Column(name="files", share=1.8),
    Column(name="written", kind=_K.TIME, share=2.1),
    Column(name="log_note", kind=_K.CODE, words="reports.log", share=1.3),
)
_LINKS = msgspec.json.Decoder(tuple[LogLink, ...])
_FILES = msgspec.json.Decoder(tuple[Attachment, ...])


def _ended(ground: Ground) -> Sequence[HandoverFact]:
    return handovers_in(ground.of_kind(RecordKind.HANDOVER))


def handover_tables(ground: Ground) -> list[Table]:
    """Handovers that ended in the span, and the items of each."""
    found = _ended(ground)
    source = ground.source(RecordKind.HANDOVER)
    heads = tuple(_handover(one, ground) for one in found)
    items = tuple(_item(one.ended_at, item, ground) for one in found for item in one.items)
    return [
        Table(name="handovers", columns=_HANDOVERS, rows=heads, source=source),
        Table(name="handover_items", columns=_ITEMS, rows=items, source=source),
    ]


def _handover(fact: HandoverFact, ground: Ground) -> tuple[Cell, ...]:
    names = [ground.area_name(area) for area in fact.areas]
    areas = Text(", ".join(name.ko for name in names), ", ".join(name.en for name in names))
    incoming = fact.incoming
    return (
        fact.ended_at,
        fact.state,
        areas,
        fact.outgoing.name or fact.outgoing.who,
        fact.outgoing.signed_at or None,
        incoming.name or incoming.who if incoming is not None else "",
        incoming.signed_at or None if incoming is not None else None,
        fact.count,
        " · ".join(part for part in (fact.remark, fact.reason) if part),
    )


def _item(ended_at: int, item: HandoverItem, ground: Ground) -> tuple[Cell, ...]:
    words = (item.remark, item.question, item.answer)
    return (
        ended_at,
        item.kind,
        ground.subject_name(item.subject),
        item.change,
        item.since or None,
        item.until or None,
        item.text,
        item.accepted_by,
        " · ".join(word for word in words if word),
    )


def log_table(ground: Ground) -> Table:
    """Entries of the operator log; one that was corrected stands beside its correction."""
    entries = sorted(filter(is_entry, ground.of_kind(RecordKind.LOG)), key=lambda record: record.at)
    corrected = {record.old for record in entries if record.what == CORRECT}
    rows = tuple(_entry(record, ground, corrected) for record in entries)
    return Table(name="log", columns=_LOG, rows=rows, source=ground.source(RecordKind.LOG))


def _entry(record: Record, ground: Ground, corrected: set[str]) -> tuple[Cell, ...]:
    fields = record.fields
    area = fields.get("area", "")
    written = fields.get("written", "")
    note = "correction" if record.what == CORRECT else "corrected" if fields.get("id") in corrected else ""
    return (
        record.at,
        fields.get("name", "") or record.who,
        ground.area_name(area) if area else None,
        fields.get("text", ""),
        ", ".join(_links(fields.get("links", ""))),
        ", ".join(_files(fields.get("attachments", ""))),
        int(written) if written.isascii() and written.isdigit() else None,
        note or ("late" if "late" in fields else ""),
    )


def _links(text: str) -> list[str]:
    """What an entry points at, as it was called when it was written."""
    try:
        return [link.label or link.key for link in _LINKS.decode(text)] if text else []
    except msgspec.MsgspecError:
        return []


def _files(text: str) -> list[str]:
    try:
        return [file.name for file in _FILES.decode(text)] if text else []
    except msgspec.MsgspecError:
        return []
