"""Search in the journal: by words, names, kinds, people and time, page by page, in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from hub_room import small_site

from console.core.catalogue import Catalogue
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.journal import Journal
from console.hub.ledger.search import RecordPage, RecordQuery, RecordSearch
from console.hub.ledger.vocabulary import Vocabulary, log_words

S = 1_000_000_000
T0 = 1_795_305_600 * S


def made(n: int) -> Record:
    """100 alarms of three pumps; every tenth an act by one of two people, every 25th a system record."""
    kind, who, what = RecordKind.ALARM, "system:process", "ACT"
    if n % 25 == 0:
        kind, who, what = RecordKind.SYSTEM, "system:hub", "START"
    elif n % 10 == 0:
        kind, who, what = RecordKind.ACT, "kim" if n % 20 else "lee", "ACK"
    return Record(
        sequence=0,
        at=T0 + n * S,
        kind=kind,
        who=who,
        subject="hub" if kind is RecordKind.SYSTEM else f"a{n % 3}.high",
        what=what,
        fields={"reason": "Rohr verstopft" if n == 47 else "", "n": str(n)},
    )


def with_records(
    folder: Path, story: Callable[[RecordSearch], None], clock: Callable[[], float] | None = None
) -> None:
    async def told() -> None:
        journal = Journal(folder / "journal.db")
        await journal.append("alarms", [(str(n), Entry(made(n))) for n in range(1, 101)])
        journal.close()

    if not (folder / "journal.db").exists():
        asyncio.run(told())
    words = Vocabulary(Catalogue(small_site()), log_words())
    made_search = RecordSearch(folder / "journal.db", lambda: words, clock or (lambda: 0.0))
    try:
        story(made_search)
    finally:
        made_search.close()


def numbers(page: RecordPage) -> list[int]:
    return [record.sequence for record in page.records]


def test_pages_follow_one_another_without_gap_or_double(tmp_path: Path) -> None:
    def story(search: RecordSearch) -> None:
        found: list[int] = []
        before = 0
        while True:
            page = search.page(RecordQuery(limit=30, before=before))
            found += numbers(page)
            assert len(page.hashes) == len(page.records)
            if not page.truncated:
                break
            before = page.searched_to
        assert found == list(range(100, 0, -1))

    with_records(tmp_path, story)


def test_fields_narrow_what_is_found(tmp_path: Path) -> None:
    def story(search: RecordSearch) -> None:
        def ask(**wanted: object) -> list[int]:
            return numbers(search.page(RecordQuery(limit=200, **wanted)))  # type: ignore[arg-type]

        assert ask(kinds=("act",)) == [90, 80, 70, 60, 40, 30, 20, 10]
        assert ask(kinds=("act", "system")) == [100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10]
        assert ask(kinds=("alarm",), subject="a0")[:3] == [99, 96, 93]
        assert ask(who="kim") == [90, 70, 30, 10]
        assert ask(who="ki") == [90, 70, 30, 10]
        assert ask(who="system:hub") == [100, 75, 50, 25]
        assert ask(start=T0 + 98 * S) == [100, 99, 98]
        assert ask(end=T0 + 3 * S) == [2, 1]
        assert ask(start=T0 + 20 * S, end=T0 + 31 * S, who="kim") == [30]
        assert ask(subject="a1", kinds=("act",)) == [70, 40, 10]
        assert ask(before=3) == [2, 1]
        assert ask(start=T0 + 1000 * S) == []
        assert ask(who="nobody") == []

    with_records(tmp_path, story)


def test_words_are_found_in_the_record_and_in_what_its_parts_are_called(tmp_path: Path) -> None:
    def story(search: RecordSearch) -> None:
        def ask(text: str) -> list[int]:
            return numbers(search.page(RecordQuery(limit=200, text=text)))

        assert ask("verstopft") == [47]
        assert ask("ROHR verst") == [47]
        # Assets are called "pump 0" and so on.
        assert ask("pump acknowledged") == ask("확인") == [90, 80, 70, 60, 40, 30, 20, 10]
        assert ask("hub started") == [100, 75, 50, 25]
        # Names of fields are not content.
        assert ask("sequence") == []
        assert ask("fields") == []
        assert ask("x" * 5000) == []

    with_records(tmp_path, story)


def test_an_answer_comes_after_a_bounded_time_and_says_how_far_it_looked(tmp_path: Path) -> None:
    ticks = iter([0.0, *([1000.0] * 1000)])

    def story(search: RecordSearch) -> None:
        page = search.page(RecordQuery(limit=10, text="verstopft"))
        assert page.records == ()
        assert page.truncated
        assert page.searched_to == 100 - 32 + 1
        rest = search.page(RecordQuery(limit=10, text="verstopft", before=page.searched_to))
        found = list(numbers(rest))
        while rest.truncated:
            rest = search.page(RecordQuery(limit=10, text="verstopft", before=rest.searched_to))
            found += numbers(rest)
        assert found == [47]

    import console.hub.ledger.search as module

    look, module._LOOK = module._LOOK, 32
    try:
        with_records(tmp_path, story, lambda: next(ticks))
    finally:
        module._LOOK = look


def test_late_times_of_devices_are_found_in_their_span(tmp_path: Path) -> None:
    """Times of devices are not in the order of the ledger."""

    def story(search: RecordSearch) -> None:
        async def late() -> None:
            journal = Journal(tmp_path / "journal.db")
            record = Record(
                sequence=0,
                at=T0 + 5 * S,
                kind=RecordKind.ALARM,
                who="system:process",
                subject="a0.high",
                what="RTN",
            )
            await journal.append("alarms", [("x", Entry(record))])
            journal.close()

        asyncio.run(late())
        assert numbers(search.page(RecordQuery(limit=9, end=T0 + 6 * S))) == [101, 5, 4, 3, 2, 1]

    with_records(tmp_path, story)
