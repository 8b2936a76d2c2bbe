"""Entries and their corrections as they are read, and as the ledger holds them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.journal import Record, RecordKind
from console.core.logbook.entry import Attachment, LinkKind, LogEntry, LogLink
from console.core.logbook.records import (
    entries_of,
    entry_of,
    entry_record,
    is_entry,
    lock_record,
    locked_until,
    read_record,
)
from console.core.logbook.threads import threads


def entry(name: str, at: int = 100, **more: object) -> LogEntry:
    fields: dict[str, object] = {
        "id": name,
        "at": at,
        "written": at,
        "author": "kim",
        "author_name": "김 주임",
        "area": "a",
        "text": f"text of {name}",
    }
    return LogEntry(**{**fields, **more})  # type: ignore[arg-type]


def test_versions_stand_together_in_the_order_they_were_written() -> None:
    first, second, third = entry("1"), entry("2", corrects="1"), entry("3", corrects="2")
    (thread,) = threads([third, first, second])
    assert [version.id for version in thread.versions] == ["1", "2", "3"]
    assert (thread.root, thread.current, thread.of, thread.later) == (first, third, None, None)


def test_a_correction_of_a_locked_entry_stands_by_itself_and_both_point_at_each_other() -> None:
    old = entry("1", 100, locked=True)
    new = entry("2", 900, corrects="1", late=True)
    later, earlier = threads([old, new])
    assert (later.root, later.of) == (new, old)
    assert (earlier.root, earlier.later) == (old, new)


def test_a_correction_without_what_it_corrects_is_still_shown() -> None:
    (thread,) = threads([entry("2", corrects="1")])
    assert thread.current.id == "2"


def test_the_newest_time_comes_first() -> None:
    found = threads([entry("1", 100), entry("2", 300), entry("3", 200)])
    assert [thread.root.id for thread in found] == ["2", "3", "1"]


@given(st.lists(st.integers(0, 30), max_size=30), st.randoms())
def test_every_entry_is_shown_exactly_once_whatever_order_it_came_in(
    parents: list[int], random: object
) -> None:
    made: list[LogEntry] = []
    taken: set[str] = set()
    for n, parent in enumerate(parents):
        corrects = str(parent) if parent < n and str(parent) not in taken else ""
        taken.add(corrects)
        made.append(entry(str(n), n, corrects=corrects, late=bool(corrects) and n % 3 == 0))
    random.shuffle(made)  # type: ignore[attr-defined]
    shown = [version.id for thread in threads(made) for version in thread.versions]
    assert sorted(shown) == sorted(item.id for item in made)


FULL = entry(
    "9",
    links=(LogLink(LinkKind.CHART, "1/2/a.b", "수위"), LogLink(LinkKind.ALARM, "a0.high", "높음")),
    attachments=(Attachment("사진.png", "image/png", 3, "f" * 64),),
    mentions=("lee", "park"),
    corrects="8",
    late=True,
)


@pytest.mark.parametrize("whole", [FULL, entry("1", text="두 줄\n=1+1")])
def test_an_entry_is_read_back_from_its_record_whole(whole: LogEntry) -> None:
    record = entry_record(whole, "seat-1")
    assert is_entry(record)
    assert entry_of(record) == whole
    assert (record.kind, record.who, record.at, record.station) == (RecordKind.LOG, "kim", whole.at, "seat-1")


def test_the_record_is_about_what_the_entry_points_at_else_about_its_area() -> None:
    assert entry_record(FULL, "").subject == "a0.high"
    assert entry_record(entry("1"), "").subject == "a"


def test_records_alone_say_which_entries_were_closed() -> None:
    records = [
        entry_record(entry("1", 100), ""),
        entry_record(entry("2", 300), ""),
        lock_record(200, 310, "boss", 1),
        entry_record(entry("3", 150, late=True), ""),
        read_record("1", 320, "lee", "s"),
    ]
    assert [(item.id, item.locked) for item in entries_of(records)] == [
        ("1", True),
        ("2", False),
        ("3", False),
    ]
    assert [locked_until(record) for record in records] == [0, 0, 200, 0, 0]


@pytest.mark.parametrize("change", [{"written": "x"}, {"links": "["}, {"attachments": "{}"}])
def test_a_record_that_was_tampered_with_is_named(change: dict[str, str]) -> None:
    good = entry_record(FULL, "")
    bad = msgspec.structs.replace(good, fields={**good.fields, **change})
    with pytest.raises(ValueError, match="is no entry"):
        entry_of(bad)


def test_a_record_without_its_fields_is_named() -> None:
    with pytest.raises(ValueError, match="is no entry"):
        entry_of(Record(sequence=7, at=1, kind=RecordKind.LOG, who="kim", what="LOG_WRITE"))
