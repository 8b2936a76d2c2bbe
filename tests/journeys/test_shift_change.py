"""The change of shift at a real hub: two seats, one seat, a hub killed midway, and who answers then."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from people_seat import PersonSeat, command_id
from town import PROGRAM, Town

from console.core.command.control_facts import LeaseFact, TagKind
from console.core.handover.facts import Change, Duty, HandoverFact, HandoverState, ItemKind, Seen
from console.core.logbook.entry import LogDraft
from console.wire.messages import (
    AcceptHandoverItems,
    ActOnHandover,
    Asked,
    DraftHandover,
    HandoversChanged,
    HandoversReply,
    LeasesChanged,
    LogChanged,
    PlaceTag,
    QueryHandovers,
    SendCommand,
    SignHandover,
    SignIn,
    TakeArea,
    WriteLog,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

PASSWORDS = {name: f"{name} 바다 위 갈매기 일곱 마리" for name in ("kim", "lee")}
PUMP = "eco-pump"
S = HandoverState


class AccountTown(Town):
    """Its hub wants accounts."""

    def hub_words(self) -> list[str]:
        return [*super().hub_words(), "--sign-in", "accounts"]


class ShiftSeat(PersonSeat):
    """A seat that follows handovers and leases."""

    def __init__(self, url: str, secret: str, user: str, station: str) -> None:
        super().__init__(url, secret, user, PASSWORDS[user], station)
        self.handovers: dict[str, HandoverFact] = {}
        self.duties: dict[str, Duty] = {}
        self.leases: dict[str, LeaseFact] = {}
        self.locked_until = 0

    def _keep(self, message: object) -> None:
        super()._keep(message)
        match message:
            case HandoversChanged():
                self.handovers.update({fact.id: fact for fact in message.handovers})
                self.duties.update({duty.area: duty for duty in message.duties})
            case LeasesChanged():
                self.leases.update({fact.area: fact for fact in message.leases})
            case LogChanged():
                self.locked_until = max(self.locked_until, message.locked_until)
            case _:
                pass

    def new(self) -> str:
        return command_id()

    def act(self, handover: str, act: str, **fields: str) -> str:
        plain = ActOnHandover(request=self.new(), handover=handover, act=act)
        return self.ask(msgspec.structs.replace(plain, **fields)).reason

    def known(self, handover: str, state: HandoverState) -> HandoverFact:
        """The handover once it is in a state."""
        self.until(f"handover {state}", lambda: self._state(handover) is state)
        return self.handovers[handover]

    def _state(self, handover: str) -> HandoverState | None:
        fact = self.handovers.get(handover)
        return fact.state if fact is not None else None

    def accept(self, handover: str, most: int) -> list[str]:
        """Accept at most so many items, one by one; the keys whose acceptance was answered."""
        done: list[str] = []
        for item in self.handovers[handover].items:
            if len(done) == most:
                break
            if not item.done:
                seen = (Seen(item.key, item.mark),)
                message = AcceptHandoverItems(request=self.new(), handover=handover, seen=seen)
                if not self.ask(message).reason:
                    done.append(item.key)
        return done

    def sign(self, handover: str, user: str) -> str:
        """Sign what is shown now, as often as the city changes the list meanwhile."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            digest = self.handovers[handover].digest
            message = SignHandover(
                request=self.new(), handover=handover, digest=digest, password=PASSWORDS[user]
            )
            reason = self.ask(message).reason
            if reason not in ("LIST_CHANGED", "ITEMS_LEFT"):
                return reason
            self.accept(handover, 1000)
        return "never"

    def whole(self, handover: str) -> HandoverFact:
        """The handover with its items, as the ledger has it."""
        request = self.new()
        self.send(QueryHandovers(request=request, handover=handover))
        (found,) = self.wait_for(HandoversReply, lambda reply: reply.request == request).handovers
        return found


def _account(data: Path, user: str) -> None:
    words = [*PROGRAM, "hub", "account", "add", user, "--data", str(data), "--name", user.title()]
    words += ["--role", "operator:*:C2", "--stdin"]
    done = subprocess.run(words, input=PASSWORDS[user] + "\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountTown]:
    """City and hub with two operators."""
    folder = tmp_path_factory.mktemp("shift-change")
    made = AccountTown(folder)
    for user in PASSWORDS:
        _account(made.data, user)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def _seat(town: Town, user: str, station: str = "") -> ShiftSeat:
    return ShiftSeat(town.url, town.secret, user, station or f"seat-{user}")


def _ok(seat: ShiftSeat, message: Asked) -> str:
    """Ask for an act that has to be done; its subject."""
    result = seat.ask(message)
    assert result.reason == "", result
    return result.subject


def test_a_shift_is_handed_over_between_two_seats_though_the_hub_is_killed_midway(town: AccountTown) -> None:
    """Nothing that was answered is lost, nothing is done twice, and responsibility moves once."""
    with _seat(town, "kim") as kim, _seat(town, "lee") as lee:
        area = kim.catalogue.assets[PUMP].area
        _ok(kim, TakeArea(request="t", area=area))
        _ok(kim, PlaceTag(request="p", asset=PUMP, kind=TagKind.INHIBIT_ALL, text="임펠러 교체"))
        draft = LogDraft(id=kim.new(), at=time.time_ns(), area=area, text="2호 펌프 소음")
        _ok(kim, WriteLog(request="w", draft=draft))
        handover = _ok(kim, DraftHandover(request="d", areas=(area,)))
        fact = kim.known(handover, S.DRAFTED)
        kinds = {item.kind for item in fact.items}
        assert {ItemKind.LOCKOUT, ItemKind.NOTE} <= kinds
        lockout = next(item for item in fact.items if item.kind is ItemKind.LOCKOUT)
        assert kim.act(handover, "remark", key=lockout.key, text="부품 내일 도착") == ""
        assert kim.act(handover, "remark", text="조용한 밤") == ""
        assert kim.act(handover, "offer", to="lee") == ""
        assert kim.act(handover, "take_up") in {"SAME_PERSON", "OTHER_PERSON_NAMED"}
        lee.known(handover, S.OFFERED)
        assert lee.act(handover, "take_up") == ""
        lee.known(handover, S.ACCEPTING)
        answered = lee.accept(handover, 1)
        assert len(answered) == 1
    town.kill_hub()
    town.start_hub()
    with _seat(town, "kim") as kim, _seat(town, "lee") as lee:
        fact = lee.known(handover, S.ACCEPTING)
        assert (fact.remark, fact.outgoing.signed_at) == ("조용한 밤", 0)
        assert {item.key for item in fact.items if item.done} >= set(answered)
        assert next(item for item in fact.items if item.kind is ItemKind.LOCKOUT).remark == "부품 내일 도착"
        lee.accept(handover, 1000)
        wrong = SignHandover(request="s", handover=handover, digest=fact.digest, password="not the password")
        assert kim.ask(wrong).reason == "SIGN_IN_FAILED"
        assert kim.sign(handover, "kim") == ""
        assert lee.sign(handover, "lee") == ""
        lee.until("everything has followed", lambda: lee.handovers[handover].settled)
        done = lee.handovers[handover]
        assert (done.state, done.moved, done.locked >= 1) == (S.SIGNED, (area,), True)
        lee.until("the lease", lambda: lee.leases[area].holder == "lee")
        lee.until("the log is closed", lambda: lee.locked_until >= done.ended_at)
        assert lee.duties[area].who == "lee"
        refused = kim.ask(SendCommand(request="c", command=kim.order("eco-light-1", "dim", 50.0))).reason
        assert refused == "AUTHORITY_HELD_BY_OTHER"
        whole = kim.whole(handover)
        assert whole.incoming is not None
        assert {item.accepted_by for item in whole.items} == {"Lee"}
        assert (whole.outgoing.proof, whole.incoming.proof) == ("password", "password")
        _check_ledger(town)


def test_at_one_seat_the_quick_shift_change_keeps_what_was_signed(town: AccountTown) -> None:
    """Both persons at one console: who signed and left has signed; the next one takes over alone at the keyboard."""
    with _seat(town, "lee", "desk-1") as desk:
        area = desk.catalogue.assets[PUMP].area
        handover = _ok(desk, DraftHandover(request="d", areas=(area,)))
        fact = desk.known(handover, S.DRAFTED)
        changes = {item.kind: item.change for item in fact.items}
        assert changes[ItemKind.LOCKOUT] is Change.STILL
        assert ItemKind.NOTE not in changes
        assert desk.act(handover, "offer") == ""
        assert desk.sign(handover, "lee") == ""
        _ok(desk, SignIn(request="change", user="kim", password=PASSWORDS["kim"]))
        desk.until("kim sits here", lambda: desk.session is not None and desk.session.user == "kim")
        desk.until("lee has left", lambda: desk.handovers[handover].left_at > 0)
        assert desk.act(handover, "take_up") == ""
        desk.known(handover, S.ACCEPTING)
        desk.accept(handover, 1000)
        assert desk.sign(handover, "kim") == ""
        desk.until("everything has followed", lambda: desk.handovers[handover].settled)
        done = desk.handovers[handover]
        assert (done.state, desk.duties[area].who) == (S.SIGNED, "kim")
        desk.until("the lease", lambda: desk.leases[area].holder == "kim")


def _check_ledger(town: AccountTown) -> None:
    """The chain holds, with every item and both signatures in it (SEC-16)."""
    words = [*PROGRAM, "ledger", "verify", str(town.data)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
