"""The operator log of the hub: durable before the answer, never erased, found again, closed at shift end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from log_room import BOSS, KIM, LEE, PNG, LogRoom, log_room, told

from console.core.journal import RecordKind
from console.core.logbook.entry import LinkKind, LogLink
from console.core.logbook.query import LogQuery
from console.core.logbook.reasons import LogReason
from console.core.logbook.records import entries_of
from console.hub.clock import SetClock

R = LogReason
EVERYTHING = LogQuery(limit=200)


async def texts(room: LogRoom, **query: object) -> list[str]:
    page = await room.log.search(LogQuery(limit=200, **query))  # type: ignore[arg-type]
    return [entry.text for entry in page.entries]


def test_an_entry_is_in_the_journal_when_it_is_answered_and_every_console_is_told(tmp_path: Path) -> None:
    """CMD-02 in kind: durable before the answer."""

    async def story(room: LogRoom) -> None:
        done = await room.write(links=(LogLink(LinkKind.ALARM, "a0.high", "높음"),))
        assert done.reason == ""
        (record,) = room.journal.since(0)
        assert (record.kind, record.what, record.who) == (RecordKind.LOG, "LOG_WRITE", "kim")
        assert record.subject == "a0.high"
        assert record.fields["text"] == "펌프 2호기 수동 기동"
        (change,) = room.told()
        assert [entry.id for entry in change.entries] == [done.subject]
        assert change.entries[0].author_name == "김 주임"

    told(tmp_path, story)


def test_a_resend_never_doubles_an_entry_nor_does_one_in_the_same_moment(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        draft = room.draft()
        together = await asyncio.gather(*(room.log.write(draft, KIM) for _ in range(5)))
        again = await room.log.write(draft, KIM)
        room.clock.move(40 * 86400.0)
        late = await room.log.write(draft, KIM)
        assert {outcome.reason for outcome in (*together, again, late)} == {""}
        assert len(room.journal.since(0)) == 1
        assert len(room.told()) == 1

    told(tmp_path, story)


def test_an_id_that_is_taken_is_not_given_to_other_words_or_another_person(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        draft = room.draft()
        await room.log.write(draft, KIM)
        other = await room.log.write(msgspec.structs.replace(draft, text="x"), KIM)
        thief = await room.log.write(draft, LEE)
        assert (other.reason, thief.reason) == (R.LOG_ID, R.LOG_ID)

    told(tmp_path, story)


def test_corrections_erase_nothing_and_form_one_chain(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        first = await room.write("수위 3.1 m")
        second = await room.write("수위 4.1 m", corrects=first.subject)
        fork = await room.write("수위 5.1 m", corrects=first.subject)
        other = await room.write("수위 6.1 m", LEE, corrects=second.subject)
        boss = await room.write("수위 4.2 m", BOSS, corrects=second.subject)
        assert [done.reason for done in (second, fork, other, boss)] == [
            "",
            R.LOG_CORRECTED,
            R.LOG_NOT_AUTHOR,
            "",
        ]
        assert await texts(room) == ["수위 4.2 m", "수위 4.1 m", "수위 3.1 m"]
        page = await room.log.search(LogQuery(text="3.1"))
        assert [entry.text for entry in page.entries] == ["수위 3.1 m"]
        assert {entry.text for entry in page.related} == {"수위 4.1 m", "수위 4.2 m"}

    told(tmp_path, story)


def test_two_corrections_in_the_same_moment_do_not_fork_the_chain(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        first = await room.write("수위 3.1 m")
        drafts = [room.draft(f"수위 {n} m", corrects=first.subject) for n in range(3)]
        done = await asyncio.gather(*(room.log.write(draft, KIM) for draft in drafts))
        assert sorted(outcome.reason for outcome in done) == ["", R.LOG_CORRECTED, R.LOG_CORRECTED]

    told(tmp_path, story)


def test_a_closed_shift_is_corrected_by_a_further_entry_only(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        first = await room.write("수위 3.1 m")
        room.clock.move(10)
        assert await room.log.lock(room.clock.at(), "boss") == 1
        assert await room.log.lock(room.clock.at(), "boss") == 0
        late = await room.write("빠뜨린 일", at=room.clock.at() - 5_000_000_000)
        further = await room.write("수위는 4.1 m였음", LEE, corrects=first.subject)
        page = await room.log.search(EVERYTHING)
        marks = {entry.text: (entry.locked, entry.late) for entry in page.entries}
        assert (late.reason, further.reason) == ("", "")
        assert marks == {
            "수위 3.1 m": (True, False),
            "빠뜨린 일": (False, True),
            "수위는 4.1 m였음": (False, True),
        }
        assert room.told()[1].locked_until == room.log.locked_until
        assert room.journal.since(0)[1].what == "LOG_LOCK"

    told(tmp_path, story)


def test_a_shift_that_is_to_come_is_not_closed(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        await room.write()
        await room.log.lock(2**62, "boss")
        assert room.log.locked_until == room.clock.at()

    told(tmp_path, story)


def test_entries_between_two_times_are_those_of_the_areas_and_of_the_whole_site(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        await room.write("in area")
        await room.write("whole site", area="")
        since, until = room.clock.at() - 2_000_000_000, room.clock.at() + 1
        assert [e.text for e in await room.log.entries(since, until, frozenset())] == [
            "in area",
            "whole site",
        ]
        assert [e.text for e in await room.log.entries(since, until, frozenset({"b"}))] == ["whole site"]
        assert await room.log.entries(until, until + 1, frozenset()) == ()

    told(tmp_path, story)


async def a_day(room: LogRoom) -> None:
    """Some entries to look for."""
    alarm, asset = (
        LogLink(LinkKind.ALARM, "a1.high", "유입 수위 높음"),
        LogLink(LinkKind.ASSET, "a0", "수영 펌프장"),
    )
    await room.write("배수펌프 점검 완료 @lee에게 인계", links=(alarm,))
    await room.write("Generator test, 30 minutes", LEE)
    await room.write("순찰 이상 없음", area="", links=(asset,))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "펌프"}, {"배수펌프 점검 완료 @lee에게 인계", "순찰 이상 없음"}),
        ({"text": "유입"}, {"배수펌프 점검 완료 @lee에게 인계"}),
        ({"text": "GENERATOR min"}, {"Generator test, 30 minutes"}),
        ({"text": "없음 순찰"}, {"순찰 이상 없음"}),
        ({"text": '" OR 1=1 --'}, set[str]()),
        ({"text": "!!!"}, set[str]()),
        ({"author": "lee"}, {"Generator test, 30 minutes"}),
        ({"author": "대리"}, {"Generator test, 30 minutes"}),
        ({"author": "%"}, set[str]()),
        ({"area": "a", "text": "인계"}, {"배수펌프 점검 완료 @lee에게 인계"}),
        ({"link": "a1.high"}, {"배수펌프 점검 완료 @lee에게 인계"}),
        ({"link": "a1"}, {"배수펌프 점검 완료 @lee에게 인계"}),
        ({"link": "a0"}, {"순찰 이상 없음"}),
        ({"link": "a"}, set[str]()),
        ({"mention": "lee"}, {"배수펌프 점검 완료 @lee에게 인계"}),
        ({"mention": "kim"}, set[str]()),
        ({"end": 1}, set[str]()),
    ],
)
def test_entries_are_found_by_everything_one_may_look_for(
    tmp_path: Path, query: dict[str, object], found: set[str]
) -> None:
    async def story(room: LogRoom) -> None:
        await a_day(room)
        assert set(await texts(room, **query)) == found

    told(tmp_path, story)


def test_pages_follow_one_another_without_gap_or_double_also_within_one_instant(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        at = room.clock.at()
        for n in range(23):
            await room.log.write(room.draft(f"n{n}", at=at), KIM)
        seen: list[str] = []
        query = LogQuery(limit=5)
        while True:
            page = await room.log.search(query)
            seen += [entry.id for entry in page.entries]
            if not page.more:
                break
            query = LogQuery(limit=5, before_at=page.entries[-1].at, before_id=page.entries[-1].id)
        assert len(seen) == 23
        assert seen == sorted(set(seen), reverse=True)

    told(tmp_path, story)


def test_who_is_meant_has_it_unread_until_it_is_read_and_that_is_kept(tmp_path: Path) -> None:
    async def story() -> None:
        async with log_room(tmp_path) as room:
            done = await room.write("@lee 확인, @kim 본인, @nobody")
            assert await texts(room, mention="lee", unread=True) == ["@lee 확인, @kim 본인, @nobody"]
            assert await texts(room, mention="kim", unread=True) == []
            assert (await room.log.read_mentions((done.subject,), BOSS)).reason == ""
            assert len(room.journal.since(0)) == 1
            await room.log.read_mentions((done.subject, "x"), LEE)
            assert room.told()[-1].read == (done.subject,)
            assert await texts(room, mention="lee", unread=True) == []
        async with log_room(tmp_path) as room:
            assert await texts(room, mention="lee", unread=True) == []
            assert await texts(room, mention="lee") == ["@lee 확인, @kim 본인, @nobody"]

    asyncio.run(story())


@pytest.mark.expects_log("app")
def test_the_index_is_made_anew_from_the_journal_when_it_is_lost_damaged_or_behind(tmp_path: Path) -> None:
    async def everything(room: LogRoom) -> object:
        return await room.log.search(EVERYTHING), await texts(room, text="펌프"), room.log.locked_until

    async def story() -> None:
        index = tmp_path / "logbook" / "index.db"
        async with log_room(tmp_path) as room:
            await a_day(room)
            first = await room.write("수위 3.1 m")
            await room.log.lock(room.clock.at(), "boss")
            await room.write("수위는 4.1 m였음", corrects=first.subject)
            whole = await everything(room)
        index.unlink()
        async with log_room(tmp_path) as room:
            assert await everything(room) == whole
        index.write_bytes(b"no database at all" * 500)
        async with log_room(tmp_path) as room:
            assert await everything(room) == whole
        # Pages in the middle: it opens, and only what is asked of it fails.
        data = bytearray(index.read_bytes())
        data[8192:-4096] = b"\xff" * (len(data) - 8192 - 4096)
        index.write_bytes(data)
        async with log_room(tmp_path) as room:
            await room.write("손상 뒤의 기록")
            assert "손상 뒤의 기록" in {record.fields.get("text") for record in room.journal.since(0)}

    asyncio.run(story())


def test_the_ledger_alone_tells_the_whole_log(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        await a_day(room)
        await room.log.lock(room.clock.at(), "boss")
        page = await room.log.search(EVERYTHING)
        assert entries_of(room.journal.since(0)) == list(reversed(page.entries))

    told(tmp_path, story)


def test_an_entry_whose_file_has_not_come_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    async def story(room: LogRoom) -> None:
        item = room.upload()
        assert (await room.write(attachments=(item,))).reason == ""
        missing = msgspec.structs.replace(item, sha256="1" * 64)
        shorter = msgspec.structs.replace(item, size=item.size - 1)
        renamed = msgspec.structs.replace(item, name="a.pdf", media="application/pdf")
        for bad, reason in ((missing, R.FILE_MISSING), (shorter, R.FILE_DAMAGED), (renamed, R.FILE_KIND)):
            assert (await room.write(attachments=(bad,))).reason == reason
        assert len(room.journal.since(0)) == 1
        assert room.log.files.read(item.sha256, 0)[: len(PNG)] == PNG[: 256 * 1024]

    told(tmp_path, story)


def test_after_a_restart_files_that_no_entry_names_are_gone_and_the_others_are_whole(tmp_path: Path) -> None:
    async def story() -> None:
        async with log_room(tmp_path, SetClock()) as room:
            named = room.upload()
            await room.write(attachments=(named,))
            room.upload(PNG + b"x")
            room.log.files.offer("kim", "2" * 64, 100, "b.png")
            room.log.files.put("kim", "2" * 64, 0, PNG[:50])
            assert len(room.kept()) == 3
        async with log_room(tmp_path) as room:
            assert [path.name for path in room.kept()] == [named.sha256]

    asyncio.run(story())
