"""What an entry may hold, and who may correct what: nothing is ever erased."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import LogRefused
from console.core.logbook.entry import Attachment, LinkKind, LogDraft, LogEntry, LogLink, same_words
from console.core.logbook.reasons import LogReason
from console.core.logbook.rules import (
    AHEAD_NS,
    LINES_MAX,
    LINKS_MAX,
    OLDEST_NS,
    TEXT_MAX,
    Corrector,
    check_correction,
    check_draft,
    check_time,
)

R = LogReason
NOW = 1_800_000_000_000_000_000
ID = "01JD0000000000000000000000"
OTHER = "01JD0000000000000000000001"
SHA = "a" * 64


def draft(**more: object) -> LogDraft:
    fields: dict[str, object] = {"id": ID, "at": NOW, "area": "a", "text": "펌프 2호기 수동 기동"}
    return LogDraft(**{**fields, **more})  # type: ignore[arg-type]


def entry(**more: object) -> LogEntry:
    fields: dict[str, object] = {
        "id": OTHER,
        "at": NOW - 100,
        "written": NOW - 50,
        "author": "kim",
        "author_name": "Kim",
        "area": "a",
        "text": "old words",
    }
    return LogEntry(**{**fields, **more})  # type: ignore[arg-type]


def reason(**more: object) -> str:
    """Why a draft is refused; empty when it is taken."""
    try:
        check_draft(draft(**more), NOW, {"a"})
    except LogRefused as refused:
        return refused.reason_code
    return ""


def link(kind: LinkKind, key: str, label: str = "x") -> tuple[LogLink, ...]:
    return (LogLink(kind, key, label),)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, ""),
        ({"id": "x"}, R.LOG_ID),
        ({"id": "../../etc/passwd"}, R.LOG_ID),
        ({"corrects": "'; DROP"}, R.LOG_ID),
        ({"text": ""}, R.LOG_EMPTY),
        ({"text": " \n\t\r\n "}, R.LOG_EMPTY),
        ({"text": "x" * TEXT_MAX}, ""),
        ({"text": "x" * (TEXT_MAX + 1)}, R.LOG_LONG),
        ({"text": "x\n" * LINES_MAX + "x"}, R.LOG_LONG),
        ({"text": "one\ntwo\tthree"}, ""),
        ({"text": "a\x1b[31mred"}, R.LOG_CHARACTERS),
        ({"text": "a\x00b"}, R.LOG_CHARACTERS),
        ({"text": "exe\u202egnp"}, R.LOG_CHARACTERS),
        ({"text": "zero\u200bwidth"}, R.LOG_CHARACTERS),
        ({"text": "<b>bold</b> ${x} =1+1"}, ""),
        ({"at": NOW + AHEAD_NS}, ""),
        ({"at": NOW + AHEAD_NS + 1}, R.LOG_FUTURE),
        ({"at": NOW - OLDEST_NS}, ""),
        ({"at": NOW - OLDEST_NS - 1}, R.LOG_OLD),
        ({"at": -(2**63)}, R.LOG_OLD),
        ({"area": ""}, ""),
        ({"area": "nowhere"}, R.LOG_AREA),
        ({"links": link(LinkKind.ALARM, "ps1.level-high")}, ""),
        ({"links": link(LinkKind.ALARM, "ps1")}, R.LOG_LINK),
        ({"links": link(LinkKind.ASSET, "ps1")}, ""),
        ({"links": link(LinkKind.ASSET, "a b")}, R.LOG_LINK),
        ({"links": link(LinkKind.ASSET, "ps1", "evil\u202e")}, R.LOG_LINK),
        ({"links": link(LinkKind.CHART, f"{NOW - 1}/{NOW}/ps1.level,ps2.level")}, ""),
        ({"links": link(LinkKind.CHART, f"{NOW}/{NOW}/ps1.level")}, R.LOG_LINK),
        ({"links": link(LinkKind.CHART, f"{NOW - 1}/{'9' * 19}/ps1.level")}, R.LOG_LINK),
        ({"links": link(LinkKind.MAP, "35.1,129.05")}, ""),
        ({"links": link(LinkKind.MAP, "95,129")}, R.LOG_LINK),
        ({"links": link(LinkKind.MAP, "nan,129")}, R.LOG_LINK),
        ({"links": link(LinkKind.COMMAND, ID)}, ""),
        ({"links": link(LinkKind.ASSET, "x" * 201)}, R.LOG_LINK),
        ({"links": link(LinkKind.ASSET, "x") * 2}, R.LOG_LINK),
        ({"links": tuple(LogLink(LinkKind.ASSET, f"a{n}") for n in range(LINKS_MAX + 1))}, R.LOG_LINK),
        ({"attachments": (Attachment("a.exe", "image/png", 1, SHA),)}, R.FILE_KIND),
        ({"attachments": (Attachment("a.png", "image/png", 1, "../x"),)}, R.FILE_DAMAGED),
    ],
)
def test_a_draft_is_taken_or_the_first_fault_is_named(more: dict[str, object], code: str) -> None:
    assert reason(**more) == code


def test_lines_and_letters_are_kept_one_way() -> None:
    kept = check_draft(draft(text="  \u1109\u116e\u110b\u1171  \r\n두 번째 \r끝  \n\n"), NOW, {"a"})
    assert kept.text == "수위\n두 번째\n끝"


@given(st.text(max_size=200))
def test_what_is_taken_is_taken_again_unchanged_so_that_a_resend_is_the_same_entry(text: str) -> None:
    try:
        kept = check_draft(draft(text=text), NOW, {"a"})
    except LogRefused as refused:
        assert refused.reason_code in {R.LOG_EMPTY, R.LOG_CHARACTERS, R.LOG_LONG}
        return
    again = check_draft(kept, NOW, {"a"})
    assert again == kept
    assert all(sign.isprintable() or sign in "\n\t" for sign in kept.text)


def refusal(new: LogDraft, old: LogEntry | None, corrected: bool, by: Corrector) -> str:
    try:
        check_correction(new, old, corrected, by)
    except LogRefused as refused:
        return refused.reason_code
    return ""


AUTHOR, OTHER_ONE, BOSS = Corrector("kim"), Corrector("lee"), Corrector("park", supervisor=True)


@pytest.mark.parametrize(
    ("old", "corrected", "by", "code"),
    [
        (entry(), False, AUTHOR, ""),
        (entry(), False, BOSS, ""),
        (entry(), False, OTHER_ONE, R.LOG_NOT_AUTHOR),
        (entry(), True, AUTHOR, R.LOG_CORRECTED),
        (entry(locked=True), False, OTHER_ONE, ""),
        (entry(locked=True), True, OTHER_ONE, R.LOG_CORRECTED),
        (None, False, AUTHOR, R.LOG_UNKNOWN),
        (entry(id=ID), False, AUTHOR, R.LOG_UNKNOWN),
        (entry(at=NOW, text="펌프 2호기 수동 기동"), False, AUTHOR, R.LOG_SAME),
        (entry(locked=True, text="펌프 2호기 수동 기동"), False, AUTHOR, R.LOG_SAME),
        (entry(text="펌프 2호기 수동 기동"), False, AUTHOR, ""),
    ],
)
def test_corrections_form_one_chain_and_a_locked_entry_is_not_touched(
    old: LogEntry | None, corrected: bool, by: Corrector, code: str
) -> None:
    assert refusal(draft(corrects=OTHER), old, corrected, by) == code


@pytest.mark.parametrize(
    ("at", "old", "closed", "late"),
    [
        (NOW, None, 0, False),
        (NOW, None, NOW, True),
        (NOW, None, NOW - 1, False),
        (NOW - 100, entry(), NOW - 200, False),
        (NOW, entry(locked=True), NOW - 50, True),
        # Came later into closed time, and is corrected by its author: the first one says that it was late.
        (NOW - 100, entry(late=True), NOW, False),
    ],
)
def test_what_is_added_to_a_closed_shift_is_marked_late(
    at: int, old: LogEntry | None, closed: int, late: bool
) -> None:
    assert check_time(draft(at=at), old, closed) is late


def test_a_correction_moves_no_open_entry_into_a_closed_shift() -> None:
    with pytest.raises(LogRefused) as refused:
        check_time(draft(at=NOW - 200), entry(at=NOW - 100), NOW - 150)
    assert refused.value.reason_code == R.LOG_CLOSED


def test_a_resend_is_told_from_another_draft_with_the_same_id() -> None:
    new = draft()
    taken = entry(id=new.id, at=new.at, text=new.text)
    assert same_words(taken, new)
    for change in ({"text": "x"}, {"at": NOW - 1}, {"area": ""}, {"corrects": OTHER}):
        assert not same_words(taken, msgspec.structs.replace(new, **change))
