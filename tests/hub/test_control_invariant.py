"""I8: nothing reaches a device under an inhibiting tag, past an interlock that does not hold on fresh data, or without
authority over the area; on the real services, with a device that only writes down (CMD-07, CMD-08, CMD-09)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from control_room import KIM, LEE, Answer, ControlRoom, Field, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.batch import NS
from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandState
from console.core.command.tags import TagOrder
from console.feeds.base import DeviceCommand
from console.hub.interlocks import Interlocks
from console.hub.person import Person
from console.hub.tags import TagService
from console.wire.messages import CommandConfirm

BOSS = Person("boss", "seat-3", supervisor=True, session="session-boss", identity="boss")
PEOPLE = (KIM, LEE, BOSS)
LIMIT_M = 4.5
PERIOD_S = 5.0


class Witness(Field):
    """Writes down what was sent, and whether it should have been: told anew, from what the test itself did."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, tuple[str, TagKind]] = {}
        self.levels: dict[str, tuple[float, int]] = {}
        self.holder = ""
        self.room: ControlRoom | None = None
        self.wrong: list[str] = []
        self.device = self._look

    def _look(self, command: DeviceCommand, answer: Answer) -> None:
        room = self.room
        assert room is not None
        asset, rises = command.source, command.value != 0.0
        holds = {TagKind.INHIBIT_ALL, TagKind.INHIBIT_ON if rises else TagKind.INHIBIT_OFF}
        if any(place == asset and kind in holds for place, kind in self.tags.values()):
            self.wrong.append(f"tag on {asset}")
        fact = room.broker.fact(command.command_id)
        assert fact is not None
        if fact.request.command == "open":
            level, at = self.levels[asset]
            age_s = (room.clock.at() - at) / NS
            if level >= LIMIT_M or age_s >= 2 * PERIOD_S:
                self.wrong.append(f"interlock of {asset}")
        if fact.by != self.holder:
            self.wrong.append(f"{fact.by} without authority")


class Play:
    """Acts of a script on a room."""

    def __init__(self, room: ControlRoom, witness: Witness) -> None:
        self.room = room
        self.witness = witness
        witness.room = room
        for asset in room.catalogue.assets:
            witness.levels[asset] = (3.0, room.clock.at())

    async def act(self, what: str, who: Person, asset: str, number: int) -> None:
        room, areas = self.room, self.room.desk.areas
        kind = list(TagKind)[number % len(TagKind)]
        waits: dict[str, Callable[[], Awaitable[object]]] = {
            "start": lambda: room.broker.submit(room.request(asset, "start"), who),
            "open": lambda: room.broker.submit(room.request(asset, "open"), who),
            "execute": lambda: self._execute(who),
            "tag": lambda: self.tag(who, asset, kind),
            "untag": lambda: self._untag(who),
            "force": lambda: areas.force("a", "비상", who),
            "release": lambda: areas.release("a", who),
        }
        goes: dict[str, Callable[[], None]] = {
            "level": lambda: self.feel(asset, 2.0 + number),
            "time": lambda: room.move(3.0 * number),
            "fresh": self._fresh,
            "leave": lambda: room.desk.session_ended(who.session),
        }
        if what in waits:
            await waits[what]()
        else:
            goes[what]()
        self.look_at_holder()
        await room.quiet()
        self.look_at_holder()

    def look_at_holder(self) -> None:
        facts = self.room.desk.areas.facts()
        self.witness.holder = facts[0].holder if facts else ""

    async def _execute(self, who: Person) -> None:
        room = self.room
        asked = [m for m in room.told[who.session] if isinstance(m, CommandConfirm)]
        for confirm in asked[-2:]:
            self.look_at_holder()
            await room.broker.execute(confirm.command_id, confirm.token, who)

    async def tag(self, who: Person, asset: str, kind: TagKind) -> None:
        done = await self.room.tags.place(TagOrder(asset=asset, kind=kind, text="점검"), who)
        if not done.reason:
            self.witness.tags[done.subject] = (asset, kind)

    async def _untag(self, who: Person) -> None:
        for tag in list(self.witness.tags)[:1]:
            if not (await self.room.tags.remove(tag, "끝", who)).reason:
                del self.witness.tags[tag]

    def _fresh(self) -> None:
        for one in self.room.catalogue.assets:
            self.feel(one, 3.0)

    def feel(self, asset: str, level: float) -> None:
        self.room.feel(f"{asset}.level", level)
        self.room.feel(f"{asset}.run", 0.0)
        self.room.feel(f"{asset}.opening", 0.0)
        self.witness.levels[asset] = (level, self.room.clock.at())


_WORDS = (
    "start",
    "open",
    "execute",
    "execute",
    "tag",
    "untag",
    "level",
    "time",
    "fresh",
    "force",
    "release",
    "leave",
)
Act = tuple[str, Person, str, int]
SCRIPTS = st.lists(
    st.tuples(
        st.sampled_from(_WORDS), st.sampled_from(PEOPLE), st.sampled_from(["g0", "g1"]), st.integers(0, 4)
    ),
    min_size=3,
    max_size=18,
)


def play(script: list[Act]) -> Witness:
    """The witness after the script."""
    witness = Witness()

    async def story(room: ControlRoom) -> None:
        one = Play(room, witness)
        for what, who, asset, number in script:
            await one.act(what, who, asset, number)

    with tempfile.TemporaryDirectory() as folder:
        told(Path(folder), story, witness)
    return witness


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCRIPTS)
def test_nothing_is_sent_that_a_tag_an_interlock_or_authority_forbids(script: list[Act]) -> None:
    """I8."""
    assert play(script).wrong == []


SENDS: list[Act] = [("open", KIM, "g0", 0), ("execute", KIM, "g0", 0)]
STOPPED: dict[str, list[Act]] = {
    "tag before": [("tag", LEE, "g0", 0), *SENDS],
    "tag between": [SENDS[0], ("tag", LEE, "g0", 0), SENDS[1]],
    "interlock before": [("level", KIM, "g0", 4), *SENDS],
    "interlock between": [SENDS[0], ("level", KIM, "g0", 4), SENDS[1]],
    "stale between": [SENDS[0], ("time", KIM, "g0", 4), SENDS[1]],
    "authority before": [("force", LEE, "g0", 0), *SENDS],
    "authority between": [SENDS[0], ("force", BOSS, "g0", 0), SENDS[1]],
    "session between": [SENDS[0], ("leave", KIM, "g0", 0), SENDS[1]],
}


def test_without_a_hindrance_it_is_sent() -> None:
    """The test above would be worth nothing if nothing were ever sent."""
    witness = play(SENDS)
    assert [command.value for command in witness.sent] == [40.0]
    assert witness.wrong == []


@pytest.mark.parametrize("name", STOPPED)
def test_a_hindrance_before_or_between_stops_it(name: str) -> None:
    """CMD-07: evaluated at select and at execute."""
    witness = play(STOPPED[name])
    assert witness.sent == []


PLANTED: dict[str, tuple[type, str, Callable[..., object]]] = {
    "tag before": (TagService, "blocking", lambda *_: None),
    "interlock between": (Interlocks, "blocking", lambda *_: None),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_seen_by_the_witness(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    where, method, bug = PLANTED[name]
    monkeypatch.setattr(where, method, bug)
    assert play(STOPPED[name]).wrong != []


@pytest.mark.expects_log("command")
def test_a_tag_that_is_hung_while_a_command_is_being_recorded_stops_it(tmp_path: Path) -> None:
    """CMD-08: whoever asks last before the first byte is the tag."""
    witness = Witness()

    async def story(room: ControlRoom) -> None:
        one = Play(room, witness)
        for n in range(20):
            room.feel("g0.run", 0.0)
            room.clock.move(0.1)
            one.feel("g0", 3.0)
            request = room.request("g0", "start")
            sending = asyncio.create_task(room.broker.submit(request, KIM))
            for _ in range(n % 7):
                await asyncio.sleep(0)
            hung = asyncio.create_task(one.tag(LEE, "g0", TagKind.INHIBIT_ALL))
            await sending
            await hung
            await room.quiet()
            one.look_at_holder()
            assert room.state(request) in (CommandState.SENT, CommandState.REJECTED, CommandState.FAILED)
            if room.state(request) is CommandState.SENT:
                room.clock.move(100.0)
                room.broker.withdrawals.expire()
                await room.broker.resolve(request.command_id, "NOT_DONE", "시험", KIM)
            for tag in list(witness.tags):
                await room.tags.remove(tag, "", LEE)
                del witness.tags[tag]

    told(tmp_path, story, witness)
    assert [w for w in witness.wrong if w.startswith("tag")] == []
