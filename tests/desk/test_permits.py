"""What stands in the way of a command, judged by the boards before it is pressed."""

from __future__ import annotations

import time

import msgspec
import pytest

from console.core.batch import batch_of
from console.core.catalogue import Catalogue
from console.core.command.control_facts import LeaseFact, TagFact, TagKind
from console.core.control import Interlock
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass, CommandDef, ParamDef
from console.core.words import Text
from console.desk.office import Office
from console.desk.permits import Obstacle
from tests.client.small_city import PUMP, SITE

LOCK = Interlock(when="level < 4.5", label=Text("수위 한계", "Level limit"))
GATE = ParamDef(name="level", label=Text("수위", "Level"), unit="m", high=6.0)
COMMANDS = (
    CommandDef(name="start", label=Text("기동", "Start"), value=1.0, feedback_tag="run", interlocks=(LOCK,)),
    CommandDef(name="stop", label=Text("정지", "Stop"), value=0.0, feedback_tag="run", opens=False),
    CommandDef(name="set", label=Text("설정", "Set"), params=(GATE,), feedback_tag="level"),
)
OPERATOR = Grant(role=Role.OPERATOR, areas=("north",), top_class=CommandClass.C1)


@pytest.fixture
def city(office: Office) -> Office:
    """Suyeong with three commands, one of them with an interlock; level 2.5 m, stopped, fresh."""
    site = msgspec.structs.replace(SITE, types=(msgspec.structs.replace(PUMP, commands=COMMANDS),))
    office.catalogue.push(Catalogue(site), "other")
    feed(office, level=2.5, run=0.0)
    return office


def feed(office: Office, level: float, run: float, age_s: float = 0.0, quality: int = 0) -> None:
    at = time.time_ns() - int(age_s * 1e9)
    office.values.push(batch_of([0, 1], [at, at], [level, run], [quality, quality]))


def tag(office: Office, kind: TagKind, key: str = "t") -> None:
    made = TagFact(id=key, asset="suyeong", kind=kind, text="x", owner="lee", owner_name="Lee", at=1)
    office.tags.push([made])


def reason(office: Office, name: str, value: float | None = None) -> str:
    found = office.permits.obstacle("suyeong", name, value)
    return found.reason if found is not None else ""


def test_nothing_stands_in_the_way_of_an_ordinary_command(city: Office) -> None:
    assert [reason(city, name) for name in ("start", "stop", "set")] == ["", "", ""]
    assert reason(city, "unknown") == "UNKNOWN_COMMAND"


def test_a_verb_that_would_change_nothing_says_so_while_its_value_is_fresh(city: Office) -> None:
    """CMD-14: what the hub would answer, said before the press."""

    def idle(name: str) -> str:
        found = city.permits.idle("suyeong", name)
        return found.reason if found is not None else ""

    assert [idle(name) for name in ("start", "stop", "set")] == ["", "ALREADY_IN_STATE", ""]
    feed(city, level=2.5, run=1.0)
    assert [idle("start"), idle("stop")] == ["ALREADY_IN_STATE", ""]
    feed(city, level=2.5, run=1.0, quality=2)
    assert idle("start") == "STALE_FEEDBACK"
    assert idle("unknown") == "UNKNOWN_COMMAND"


@pytest.mark.parametrize(
    ("kind", "blocked"),
    [
        (TagKind.INHIBIT_ALL, {"start", "stop", "set"}),
        (TagKind.INHIBIT_ON, {"start"}),
        (TagKind.INHIBIT_OFF, {"stop"}),
        (TagKind.CAUTION, set[str]()),
        (TagKind.INFO, set[str]()),
    ],
)
def test_a_tag_blocks_what_its_kind_says(city: Office, kind: TagKind, blocked: set[str]) -> None:
    """CMD-08; a value that is not typed yet is not judged before it is."""
    tag(city, kind)
    assert {name for name in ("start", "stop", "set") if reason(city, name)} == blocked


def test_a_typed_value_is_judged_by_its_direction(city: Office) -> None:
    tag(city, TagKind.INHIBIT_ON)
    assert reason(city, "set", 3.0) == "BLOCKED_BY_TAG"
    assert reason(city, "set", 2.0) == ""
    tag(city, TagKind.INHIBIT_OFF, "t2")
    assert reason(city, "set") == "BLOCKED_BY_TAG"


def test_a_direction_that_nobody_knows_is_held_by_any_inhibition(city: Office) -> None:
    tag(city, TagKind.INHIBIT_OFF)
    feed(city, level=2.5, run=0.0, quality=3)
    assert reason(city, "start") == "BLOCKED_BY_TAG"


def test_an_interlock_blocks_and_says_what_it_protects(city: Office) -> None:
    """CMD-07."""
    feed(city, level=5.0, run=0.0)
    assert city.permits.obstacle("suyeong", "start") == Obstacle("BLOCKED_BY_INTERLOCK", "Level limit")
    assert reason(city, "stop") == ""


@pytest.mark.parametrize(("age_s", "quality"), [(60.0, 0), (-60.0, 0), (0.0, 4)])
def test_an_interlock_on_old_or_bad_data_blocks(city: Office, age_s: float, quality: int) -> None:
    """CMD-07: fail closed."""
    feed(city, level=1.0, run=0.0, age_s=age_s, quality=quality)
    assert reason(city, "start") == "STALE_FEEDBACK"


def test_an_interlock_that_cannot_be_read_blocks(office: Office) -> None:
    broken = msgspec.structs.replace(
        COMMANDS[0], interlocks=(Interlock(when="no_such < 1", label=LOCK.label),)
    )
    site = msgspec.structs.replace(SITE, types=(msgspec.structs.replace(PUMP, commands=(broken,)),))
    office.catalogue.push(Catalogue(site), "other")
    feed(office, level=1.0, run=0.0)
    assert reason(office, "start") == "STALE_FEEDBACK"


def test_the_area_of_another_person_is_closed_and_says_whose_it_is(city: Office) -> None:
    """CMD-09."""
    city.session.push(SessionFact(state=SessionState.ACTIVE, user="hong", grants=(OPERATOR,)))
    city.areas.push([LeaseFact(area="north", holder="lee", holder_name="Lee")])
    assert city.permits.obstacle("suyeong", "start") == Obstacle("AUTHORITY_HELD_BY_OTHER", "Lee")
    city.areas.push([LeaseFact(area="north", holder="hong")])
    assert reason(city, "start") == ""


@pytest.mark.parametrize(
    ("state", "grants", "said"),
    [
        (SessionState.LOCKED, (OPERATOR,), "SESSION_LOCKED"),
        (SessionState.SIGNED_OUT, (), "NOT_SIGNED_IN"),
        (SessionState.ACTIVE, (), "NOT_AUTHORIZED"),
        (SessionState.ACTIVE, (OPERATOR,), ""),
    ],
)
def test_who_sits_there_counts(
    city: Office, state: SessionState, grants: tuple[Grant, ...], said: str
) -> None:
    city.session.push(SessionFact(state=state, user="hong", grants=grants))
    assert reason(city, "start") == said
