"""Sessions at the hub: lock, revocation, changed rights, take-over, resumption; over real WebSockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from hub_room import Room, small_site
from people_room import OTHER, PASSWORD, Sitter, at_work, grant, people_room, seated

from console.core.command.facts import CommandRequest
from console.core.control import Policy
from console.core.identity.accounts import Account
from console.core.identity.facts import SessionState
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.hub.clock import SetClock
from console.hub.people.sessions import ALONE_S, MOST_OF_ONE, Sessions
from console.wire.messages import (
    AccountsReply,
    AlarmsChanged,
    Asked,
    Heartbeat,
    LockSession,
    PutAccount,
    QueryAccounts,
    RemoveAccount,
    RevokeSessions,
    SendCommand,
    SignOut,
    SnapshotDone,
    StepUp,
    TakeArea,
    UnlockSession,
)

TAKE = TakeArea(request="", area="a")


async def stepped(room: Room, sitter: Sitter) -> None:
    del room
    assert (await sitter.ask(StepUp(request="", password=PASSWORD))).reason == ""


async def blind(room: Room, sitter: Sitter) -> bool:
    """Whether nothing of the city reaches a seat any more."""
    await sitter.console.until(Heartbeat)
    sitter.console.got.clear()
    sitter.console.batches.clear()
    room.plant.push("a1", "level", 96.0)
    for _ in range(2):
        await sitter.console.until(Heartbeat)
    return sitter.kinds() == {"Heartbeat"} and not sitter.console.batches


def test_a_locked_seat_shows_and_sounds_and_does_nothing_until_the_password(tmp_path: Path) -> None:
    """SEC-07."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            await kim.console.until(SnapshotDone)
            assert (await kim.ask(LockSession(request=""))).reason == ""
            assert (await kim.session(SessionState.LOCKED)).reason == "BY_PERSON"
            room.plant.push("a0", "level", 95.0)
            await kim.console.until(AlarmsChanged)
            assert (await kim.ask(TAKE)).reason == "SESSION_LOCKED"
            assert (await kim.ask(UnlockSession(request="", password=OTHER))).reason == "SIGN_IN_FAILED"
            assert (await kim.ask(UnlockSession(request="", password=PASSWORD))).reason == ""
            assert (await kim.ask(TAKE)).reason == ""
            assert (await kim.ask(UnlockSession(request="", password=PASSWORD))).reason == "NOT_LOCKED"

    asyncio.run(story())


def test_an_idle_seat_locks_itself(tmp_path: Path) -> None:
    """SEC-07."""
    site = msgspec.structs.replace(small_site(), policy=Policy(idle_lock_min=0.02))

    async def story() -> None:
        async with people_room(tmp_path, site) as room, at_work(room, "kim") as kim:
            assert (await kim.session(SessionState.LOCKED)).reason == "IDLE"
            assert (await kim.ask(TAKE)).reason == "SESSION_LOCKED"

    asyncio.run(story())


def test_a_revoked_session_is_dark_within_five_seconds(tmp_path: Path) -> None:
    """SEC-08."""

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "kim", "s1") as kim,
            at_work(room, "root", "s2") as root,
        ):
            await kim.console.until(SnapshotDone)
            token = kim.token()
            async with asyncio.timeout(5.0):
                assert (await root.ask(RevokeSessions(request="", user="kim"))).reason == ""
                assert (await kim.session(SessionState.ENDED)).reason == "SESSION_REVOKED"
            assert (await kim.ask(TAKE)).reason == "NOT_SIGNED_IN"
            assert await blind(room, kim)
            async with seated(room, "s1", token=token) as back:
                await back.session(SessionState.SIGNED_OUT)
            assert (await kim.sign_in("kim")).reason == ""
            await kim.console.until(SnapshotDone)

    asyncio.run(story())


def test_changed_rights_hold_at_once_in_open_sessions(tmp_path: Path) -> None:
    """SEC-13."""

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "lee", "s1") as lee,
            at_work(room, "root", "s2") as root,
        ):
            assert (await lee.ask(TAKE)).reason == ""
            put = PutAccount(request="", user="lee", name="Lee", grants=(grant(Role.VIEWER),))
            assert (await root.ask(put)).reason == "STEP_UP_REQUIRED"
            await stepped(room, root)
            assert (await root.ask(put)).reason == ""
            await lee.session(
                SessionState.ACTIVE, lambda fact: [held.role for held in fact.grants] == [Role.VIEWER]
            )
            assert (await lee.ask(TAKE)).reason == "NOT_AUTHORIZED"
            off = PutAccount(request="", user="lee", name="Lee", enabled=False)
            assert (await root.ask(off)).reason == ""
            await lee.session(SessionState.ENDED)
            assert (await lee.sign_in("lee")).reason == "SIGN_IN_FAILED"

    asyncio.run(story())


def test_accounts_are_listed_made_and_removed_by_who_manages_them(tmp_path: Path) -> None:
    """SEC-10, SEC-14."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "root") as root:
            await stepped(room, root)
            new = PutAccount(
                request="", user="new", name="New", grants=(grant(Role.OPERATOR, "a"),), password=OTHER
            )
            asks: list[tuple[Asked, str]] = [
                (new, ""),
                (PutAccount(request="", user="new2", name="N"), "PASSWORD_TOO_SHORT"),
                (PutAccount(request="", user="bad name", name="N", password=OTHER), "FORMAT"),
                (
                    PutAccount(request="", user="new", name="N", grants=(grant(Role.OPERATOR, "nowhere"),)),
                    "UNKNOWN_AREA",
                ),
                (
                    PutAccount(
                        request="",
                        user="new",
                        name="N",
                        grants=(grant(Role.OPERATOR), grant(Role.SECURITY_ADMIN)),
                    ),
                    "ROLES_CONFLICT",
                ),
                (PutAccount(request="", user="root", name="R"), "LAST_ADMIN"),
                (RemoveAccount(request="", user="root"), "LAST_ADMIN"),
                (RemoveAccount(request="", user="nobody"), "UNKNOWN_ACCOUNT"),
                (RevokeSessions(request="", user="nobody"), "UNKNOWN_ACCOUNT"),
            ]
            for ask, reason in asks:
                assert (await root.ask(ask)).reason == reason
            async with at_work(room, "kim", "s2") as kim:
                assert (await root.ask(RemoveAccount(request="", user="kim"))).reason == ""
                await kim.session(SessionState.ENDED)
            await root.send(QueryAccounts(request="list"))
            reply = await root.console.until(AccountsReply)
            assert {fact.user for fact in reply.accounts} == {"lee", "new", "park", "root", "view"}
            facts = {fact.user: fact for fact in reply.accounts}
            assert (facts["root"].sessions, facts["new"].has_password) == (1, True)
        async with people_room(tmp_path) as room, seated(room) as person:
            assert (await person.sign_in("new", OTHER)).reason == ""
            assert (await person.ask(TAKE)).reason == ""

    asyncio.run(story())


def test_control_is_at_one_console_and_the_older_one_is_told(tmp_path: Path) -> None:
    """SEC-09: one session of a person controls, the others show."""

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "kim", "s1") as first,
            at_work(room, "view", "s3") as viewer,
            at_work(room, "view", "s4") as second_viewer,
        ):
            await first.console.until(SnapshotDone)
            assert (await first.ask(TAKE)).reason == ""
            async with at_work(room, "kim", "s2") as second:
                assert (await first.session(SessionState.LOCKED)).reason == "OTHER_CONSOLE"
                room.plant.push("a0", "level", 95.0)
                await first.console.until(AlarmsChanged)
                assert (await first.ask(TAKE)).reason == "SESSION_LOCKED"
                assert (await second.ask(TAKE)).reason == ""
                assert (await first.ask(UnlockSession(request="", password=PASSWORD))).reason == ""
                assert (await second.session(SessionState.LOCKED)).reason == "OTHER_CONSOLE"
            for watching in (viewer, second_viewer):
                await watching.console.until(SnapshotDone)
                assert (await watching.ask(LockSession(request=""))).reason == ""

    asyncio.run(story())


def test_a_session_goes_on_after_the_link_was_lost_only_with_its_token_at_its_own_station(
    tmp_path: Path,
) -> None:
    """SEC-23: a token is worth nothing elsewhere, nor after the end of its session."""

    async def story() -> None:
        async with people_room(tmp_path) as room:
            async with at_work(room, "kim", "s1") as kim:
                session = await kim.session(SessionState.ACTIVE)
                token = kim.token()
            for station, said in (("s2", token), ("s1", "x" * 43), ("s1", "")):
                async with seated(room, station, token=said) as stranger:
                    await stranger.session(SessionState.SIGNED_OUT)
            async with seated(room, "s1", token=token) as back:
                fact = await back.session(SessionState.ACTIVE)
                assert (fact.user, fact.since) == ("kim", session.since)
                await back.console.until(SnapshotDone)
                async with seated(room, "s1", token=token) as newer:
                    await newer.session(SessionState.ACTIVE)
                    assert (await back.session(SessionState.ENDED)).reason == "OTHER_CONSOLE"
                    assert (await newer.ask(SignOut(request=""))).reason == ""
            async with seated(room, "s1", token=token) as late:
                await late.session(SessionState.SIGNED_OUT)

    asyncio.run(story())


def test_a_restart_of_the_hub_signs_nobody_out_but_whose_session_is_over(tmp_path: Path) -> None:
    """SEC-08: it ends when it would have ended; only the hash of its token was kept."""

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "kim", "s1") as kim,
            at_work(room, "lee", "s2") as lee,
            at_work(room, "view", "s3") as view,
        ):
            before = await kim.session(SessionState.ACTIVE)
            assert (await lee.ask(LockSession(request=""))).reason == ""
            assert (await view.ask(SignOut(request=""))).reason == ""
            tokens = [sitter.token() for sitter in (kim, lee, view)]
        kept = (tmp_path / "hub" / "people.db").read_bytes()
        assert not [token for token in tokens if token.encode() in kept]
        async with (
            people_room(tmp_path) as room,
            seated(room, "s1", token=tokens[0]) as kim,
            seated(room, "s2", token=tokens[1]) as lee,
            seated(room, "s3", token=tokens[2]) as view,
        ):
            after = await kim.session(SessionState.ACTIVE)
            assert (after.user, after.since, after.ends) == ("kim", before.since, before.ends)
            assert (await kim.ask(TAKE)).reason == ""
            assert (await lee.session(SessionState.LOCKED)).user == "lee"
            await view.session(SessionState.SIGNED_OUT)

    asyncio.run(story())


def test_a_dangerous_command_asks_for_the_password_again(tmp_path: Path) -> None:
    """SEC-14."""

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "lee") as lee:
            asked = CommandRequest(command_id="01J0000000000000000000000A", asset="a0", command="scrap")
            send = SendCommand(request="", command=asked)
            assert (await lee.ask(send)).reason == "STEP_UP_REQUIRED"
            assert (await lee.ask(StepUp(request="", password=OTHER))).reason == "SIGN_IN_FAILED"
            await stepped(room, lee)
            assert (await lee.session(SessionState.ACTIVE)).stepped_up_until > 0
            assert (await lee.ask(send)).reason != "STEP_UP_REQUIRED"

    asyncio.run(story())


class Screen:
    """A console that shows a session."""

    def __init__(self) -> None:
        self.told = 0

    def post(self, message: object) -> None:
        self.told += 1

    def session_changed(self) -> None:
        self.told += 1


def registry() -> tuple[Sessions, SetClock, list[str]]:
    clock = SetClock()
    sessions = Sessions(Policy(), clock, lambda _record: None)
    over: list[str] = []
    sessions.ended.append(over.append)
    return sessions, clock, over


def account(user: str, *roles: Role) -> Account:
    grants = tuple(grant(role, top=CommandClass.C1) for role in roles)
    return Account(user=user, name=user, person=user, grants=grants)


def test_a_session_without_its_console_ends_after_a_while() -> None:
    """SEC-08: idle termination from afar."""
    sessions, clock, over = registry()
    session, token = sessions.open(account("kim", Role.VIEWER), "s1")
    screen = Screen()
    sessions.attach(session, screen)
    clock.move(ALONE_S + 1)
    sessions.expire()
    assert over == []
    sessions.detach(session, screen)
    clock.move(ALONE_S - 1)
    sessions.expire()
    assert sessions.resume(token, "s1") is session
    clock.move(2)
    sessions.expire()
    assert over == [session.id]
    assert sessions.resume(token, "s1") is None


def test_an_account_has_so_many_sessions_and_the_oldest_gives_way() -> None:
    """SEC-09."""
    sessions, _, over = registry()
    opened = [sessions.open(account("view", Role.VIEWER), f"s{n}")[0] for n in range(MOST_OF_ONE + 2)]
    assert over == [session.id for session in opened[:2]]
    assert opened[0].machine.reason == "OTHER_CONSOLE"
    assert sessions.count("view") == MOST_OF_ONE


@pytest.mark.parametrize(("roles", "last"), [((Role.VIEWER,), True), ((Role.OPERATOR,), False)])
def test_the_last_position_is_the_one_beside_which_nobody_controls(
    roles: tuple[Role, ...], last: bool
) -> None:
    """SEC-04."""
    sessions, _, _ = registry()
    session, _ = sessions.open(account("kim", *roles), "s2")
    sessions.attach(session, Screen())
    assert sessions.last_position("s1") is last
    assert sessions.last_position("s2")


def test_what_is_told_to_a_session_reaches_its_console_and_no_other() -> None:
    sessions, _, _ = registry()
    session, _ = sessions.open(account("kim", Role.OPERATOR), "s1")
    other, _ = sessions.open(account("lee", Role.OPERATOR), "s2")
    mine, theirs = Screen(), Screen()
    sessions.attach(session, mine)
    sessions.attach(other, theirs)
    assert sessions.tell(session.id, SnapshotDone(sequence=1))
    assert (mine.told, theirs.told) == (1, 0)
    assert sessions.present(session.id)
    sessions.detach(session, mine)
    assert not sessions.present(session.id)
    assert not sessions.tell(session.id, SnapshotDone(sequence=1))
    assert not sessions.tell("nobody", SnapshotDone(sequence=1))
