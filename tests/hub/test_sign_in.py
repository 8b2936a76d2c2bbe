"""Signing in, what a seat sees before and after, and what the journal says; over real WebSockets."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

import msgspec
import pytest
from hub_room import SECRET, Room, hub_room
from people_room import OTHER, PASSWORD, at_work, people_room, seated

from console.core.errors import IdentityRefused
from console.core.identity.facts import SessionState
from console.core.identity.roles import Role
from console.core.journal import Record
from console.hub.people.hashing import Hasher
from console.hub.people.people import Wish
from console.hub.people.records import Origin
from console.wire.messages import (
    ChangePassword,
    CreateFirstAccount,
    Heartbeat,
    LockSession,
    PutAccount,
    QueryHistory,
    SignOut,
    SnapshotDone,
    StartDirectorySignIn,
    Subscribe,
    TakeArea,
    Welcome,
)

QUIET = {"Challenge", "Welcome", "SessionChanged", "Heartbeat", "ActReply", "HistoryDone"}


async def records(room: Room, what: str) -> list[Record]:
    await room.hub.people.book.settled()
    return [record for record in await room.hub.records("", 500) if record.what == what]


def test_before_sign_in_a_seat_is_told_nothing_about_the_city(tmp_path: Path) -> None:
    """SEC-01, SEC-13: no snapshot, no telemetry, no event, and nothing is taken but signing in."""

    async def story() -> None:
        async with people_room(tmp_path) as room, seated(room) as nobody:
            fact = await nobody.session(SessionState.SIGNED_OUT)
            assert (fact.needs_first_account, fact.user) == (False, "")
            room.plant.push("a0", "level", 95.0)
            await nobody.send(Subscribe(all_tags=True))
            await nobody.send(QueryHistory(request=7, tags=(0,), start=0, end=1))
            assert (await nobody.ask(TakeArea(request="", area="a"))).reason == "NOT_SIGNED_IN"
            for _ in range(2):
                await nobody.console.until(Heartbeat)
            assert nobody.kinds() <= QUIET
            assert (nobody.console.batches, nobody.console.frames) == ([], [])
            refused = await records(room, "REFUSED")
            assert {record.fields["asked"] for record in refused} == {"QueryHistory", "TakeArea"}
            assert {record.result for record in refused} == {"NOT_SIGNED_IN"}

    asyncio.run(story())


def test_who_signs_in_sees_the_city_and_every_act_says_who_and_where(tmp_path: Path) -> None:
    """SEC-01, SEC-15."""

    async def story() -> None:
        async with people_room(tmp_path) as room, seated(room, "desk 4") as kim:
            assert (await kim.sign_in(" KIM ")).reason == ""
            fact = await kim.session(SessionState.ACTIVE)
            assert (fact.user, fact.name, fact.passwordless) == ("kim", "KIM", False)
            assert fact.since < fact.locks < fact.ends
            welcome = await kim.console.until(Welcome)
            assert welcome.full
            await kim.console.until(SnapshotDone)
            assert (await kim.ask(TakeArea(request="", area="a"))).reason == ""
            signed = (await records(room, "SIGN_IN"))[0]
            assert (signed.who, signed.station, signed.result) == ("kim", "desk 4", "")
            assert 0 < room.hub.people.known("kim").last_sign_in <= signed.at

    asyncio.run(story())


def test_a_failed_sign_in_never_says_what_was_wrong(tmp_path: Path) -> None:
    """SEC-06; what was typed as a name is not recorded: it may be the password."""

    async def story() -> None:
        async with people_room(tmp_path) as room, seated(room) as nobody:
            await room.hub.people.put(
                Wish(user="gone", name="G", password=OTHER, enabled=False), Origin(who="test")
            )
            for user, password in (("kim", OTHER), ("gone", OTHER), ("secret typed here", PASSWORD)):
                assert (await nobody.sign_in(user, password)).reason == "SIGN_IN_FAILED"
            failed = await records(room, "SIGN_IN")
            assert sorted(record.who for record in failed) == ["gone", "kim", "unknown"]
            assert {record.result for record in failed} == {"SIGN_IN_FAILED"}

    asyncio.run(story())


def test_after_some_failures_one_has_to_wait_and_a_right_password_in_time_gets_in(tmp_path: Path) -> None:
    """SEC-04."""

    async def story() -> None:
        async with people_room(tmp_path) as room, seated(room) as nobody:
            reasons = [(await nobody.sign_in("kim", OTHER)).reason for _ in range(4)]
            assert reasons == ["SIGN_IN_FAILED"] * 3 + ["TRY_LATER"]
            assert (await nobody.sign_in("kim")).reason == "TRY_LATER"
            await asyncio.sleep(1.1)
            assert (await nobody.sign_in("kim")).reason == ""

    asyncio.run(story())


def test_a_new_hub_has_no_account_and_its_first_is_made_with_a_code_from_its_own_folder(
    tmp_path: Path,
) -> None:
    """SEC-01: no default account; the code is in a file of the owner and never in the log."""

    async def story() -> None:
        async with people_room(tmp_path, people=False) as room, seated(room) as nobody:
            assert (await nobody.session(SessionState.SIGNED_OUT)).needs_first_account
            file = tmp_path / "hub" / "setup-code"
            assert file.stat().st_mode & 0o077 == 0
            code = file.read_text().strip()
            first = CreateFirstAccount(request="", code="", user="root", name="Root", password=PASSWORD)
            assert (await nobody.ask(first)).reason == "SETUP_CODE"
            first = msgspec.structs.replace(first, code=code.lower())
            weak = msgspec.structs.replace(first, password="password1234")
            assert (await nobody.ask(weak)).reason == "PASSWORD_KNOWN"
            assert (await nobody.ask(first)).reason == ""
            fact = await nobody.session(SessionState.ACTIVE)
            assert [held.role for held in fact.grants] == [Role.SECURITY_ADMIN]
            assert not file.exists()
            async with seated(room, "s2") as other:
                again = msgspec.structs.replace(first, user="eve")
                assert (await other.ask(again)).reason == "SETUP_CODE"

    asyncio.run(story())


def test_who_manages_accounts_gets_the_list_of_areas_and_sees_nothing_of_the_city(tmp_path: Path) -> None:
    """SEC-10: an administrator neither acts on the city nor watches it."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "root") as root:
            room.plant.push("a0", "level", 95.0)
            for _ in range(2):
                await root.console.until(Heartbeat)
            assert "SiteHead" in root.kinds()
            assert not root.kinds() & {"AlarmsChanged", "CommandsChanged", "FeedsChanged", "MoversChanged"}
            assert root.console.batches == []
            assert (await root.ask(TakeArea(request="", area="a"))).reason == "NOT_AUTHORIZED"

    asyncio.run(story())


def test_quick_shift_change_keeps_the_picture_and_names_the_new_person(tmp_path: Path) -> None:
    """SEC-07: no second snapshot; the one who left is signed out."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as seat:
            await seat.console.until(SnapshotDone)
            first = seat.token()
            seat.console.got.clear()
            assert (await seat.sign_in("lee")).reason == ""
            assert (await seat.session(SessionState.ACTIVE)).user == "lee"
            assert (await seat.ask(TakeArea(request="", area="a"))).reason == ""
            assert "Welcome" not in seat.kinds()
            assert [record.who for record in await records(room, "SIGN_OUT")] == ["kim"]
            async with seated(room, token=first) as late:
                assert (await late.session(SessionState.SIGNED_OUT)).user == ""

    asyncio.run(story())


def test_signing_out_ends_the_view(tmp_path: Path) -> None:
    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            await kim.console.until(SnapshotDone)
            assert (await kim.ask(SignOut(request=""))).reason == ""
            await kim.session(SessionState.SIGNED_OUT)
            await kim.console.until(Heartbeat)
            kim.console.got.clear()
            kim.console.batches.clear()
            room.plant.push("a0", "level", 95.0)
            for _ in range(2):
                await kim.console.until(Heartbeat)
            assert kim.kinds() == {"Heartbeat"}
            assert kim.console.batches == []

    asyncio.run(story())


def test_one_changes_the_own_password_and_the_old_one_is_worth_nothing(tmp_path: Path) -> None:
    """SEC-03."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            change = ChangePassword(request="", old=OTHER, new=OTHER)
            assert (await kim.ask(change)).reason == "SIGN_IN_FAILED"
            right = msgspec.structs.replace(change, old=PASSWORD)
            short = msgspec.structs.replace(right, new="short")
            assert (await kim.ask(short)).reason == "PASSWORD_TOO_SHORT"
            assert (await kim.ask(right)).reason == ""
            async with seated(room, "s2") as other:
                assert (await other.sign_in("kim")).reason == "SIGN_IN_FAILED"
                assert (await other.sign_in("kim", OTHER)).reason == ""

    asyncio.run(story())


def test_passwords_tokens_and_codes_are_in_no_record_and_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-33 for sign-in: a canary looked for in everything that is written."""
    caplog.set_level("DEBUG")
    kept = ""

    async def story() -> None:
        nonlocal kept
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            await kim.ask(ChangePassword(request="", old=PASSWORD, new=OTHER))
            await kim.sign_in("typed-into-the-wrong-field", "x")
            kept = kim.token()

    asyncio.run(story())
    written = {path.name: path.read_bytes() for path in (tmp_path / "hub").iterdir() if path.is_file()}
    for canary in (PASSWORD, OTHER, kept, "typed-into-the-wrong-field"):
        assert [name for name, data in written.items() if canary.encode() in data] == []
        assert canary not in caplog.text
    hashed = [name for name, data in written.items() if b"$argon2id$" in data]
    assert hashed == ["people.db"]
    assert (tmp_path / "hub" / "people.db").stat().st_mode & 0o077 == 0


def test_hashes_are_argon2id_of_today_and_older_ones_are_made_anew(tmp_path: Path) -> None:
    """SEC-03: at least 19 MiB and two passes."""

    async def story() -> None:
        async with people_room(tmp_path) as room:
            people = room.hub.people
            weak = Hasher(memory_kib=1024, time_cost=1)
            old = await weak.make(PASSWORD)
            weak.close()
            people.prover.vault.put("kim", old, 0)
            await people.sign_in("kim", PASSWORD, "s1")
            new = people.prover.vault.get("kim")
            assert new.startswith("$argon2id$v=19$m=19456,t=2,")
            assert new != old
            await people.sign_in("kim", PASSWORD, "s1")
            assert people.prover.vault.get("kim") == new

    asyncio.run(story())


def test_a_password_of_the_sites_own_list_is_refused(tmp_path: Path) -> None:
    """SEC-03: the list of breached passwords is looked up offline."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            file = tmp_path / "hub" / "breached.txt"
            file.write_text("0000000000AB:3\n3E2B33B0F0\n", encoding="ascii")
            change = ChangePassword(request="", old=PASSWORD, new=OTHER)
            file.write_text(f"0000000000AB:3\n{_sha1(OTHER)}:77\nFFFFFFFFFF\n", encoding="ascii")
            assert (await kim.ask(change)).reason == "PASSWORD_KNOWN"

    asyncio.run(story())


def _sha1(text: str) -> str:
    import hashlib

    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def test_a_second_person_is_proved_for_one_decision_and_gets_no_session(tmp_path: Path) -> None:
    """CMD-06: approval over the shoulder."""

    async def story() -> None:
        async with people_room(tmp_path) as room:
            who = await room.hub.people.prove("park", PASSWORD, "s1")
            assert (who.user, who.session) == ("park", "")
            assert room.hub.sessions.count("park") == 0
            with pytest.raises(IdentityRefused) as refused:
                await room.hub.people.prove("park", OTHER, "s1")
            assert refused.value.reason_code == "SIGN_IN_FAILED"
            assert [record.result for record in await records(room, "PROVED")] == ["SIGN_IN_FAILED", ""]

    asyncio.run(story())


def test_a_single_seat_is_signed_in_without_a_password_and_says_so(tmp_path: Path) -> None:
    """The embedded hub: no lock, no accounts, and an account may still sign in and out at it."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, seated(room, user="hong") as seat:
            fact = await seat.session(SessionState.ACTIVE)
            assert (fact.user, fact.passwordless, fact.locks, fact.ends) == ("hong", True, 0, 0)
            await seat.console.until(SnapshotDone)
            assert (await seat.ask(LockSession(request=""))).reason == "NO_PASSWORD"
            assert (await seat.ask(SignOut(request=""))).reason == "NO_PASSWORD"
            put = PutAccount(request="", user="x", name="X", password=PASSWORD)
            assert (await seat.ask(put)).reason == "NOT_AUTHORIZED"
            assert not (tmp_path / "hub" / "setup-code").exists()
            await room.hub.people.put(Wish(user="lee", name="Lee", password=PASSWORD), Origin(who="test"))
            assert (await seat.sign_in("lee")).reason == ""
            assert not (await seat.session(SessionState.ACTIVE)).passwordless
            assert (await seat.ask(SignOut(request=""))).reason == ""
            fact = await seat.session(SessionState.ACTIVE, lambda fact: fact.passwordless)
            assert fact.user == "hong"

    asyncio.run(story())


def test_nobody_at_a_single_seat_is_recorded_as_the_hub_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, seated(room, user="system:hub") as seat:
            assert (await seat.session(SessionState.ACTIVE)).user == "operator"

    asyncio.run(story())


def test_without_a_directory_the_answer_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with people_room(tmp_path) as room, seated(room) as nobody:
            assert (await nobody.ask(StartDirectorySignIn(request=""))).reason == "NO_DIRECTORY"

    asyncio.run(story())


def test_where_everybody_signs_in_the_city_is_read_over_http_with_a_session_that_may_see_it(
    tmp_path: Path,
) -> None:
    """SEC-13: the launch secret alone lets a seat connect and reads counters, nothing of the city."""

    def status(room: Room, path: str, bearer: str) -> int:
        line = http.client.HTTPConnection(room.url.split("/")[2], timeout=5)
        try:
            line.request("GET", path, headers={"Authorization": f"Bearer {bearer}"})
            return line.getresponse().status
        finally:
            line.close()

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "view") as view,
            at_work(room, "root", "s2") as root,
        ):
            asks = [
                ("/api/v1/alarms", SECRET, 401),
                ("/metrics", SECRET, 200),
                ("/api/v1/alarms", view.token(), 200),
                ("/api/v1/alarms", root.token(), 401),
                ("/api/v1/alarms", "", 401),
            ]
            for path, bearer, expected in asks:
                assert await asyncio.to_thread(status, room, path, bearer) == expected
            token = view.token()
            assert (await view.ask(SignOut(request=""))).reason == ""
            assert await asyncio.to_thread(status, room, "/api/v1/alarms", token) == 401

    asyncio.run(story())
