"""Every message × role × place against a table written from SECURITY.md, not from the code (SEC-10, SEC-13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import hypothesis.strategies as st
import msgspec
import pytest
from guard_samples import ALARM, sample, where
from hypothesis import given, settings

from console.core.alarm.facts import AckItem
from console.core.command.facts import CommandRequest
from console.core.control import Policy
from console.core.errors import IdentityRefused
from console.core.identity.accounts import Account
from console.core.identity.facts import SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.hub.clock import SetClock
from console.hub.guard import Guard
from console.hub.needs import NEEDS
from console.hub.people.sessions import OpenSession, Sessions
from console.wire import messages as m

ALL: tuple[type[m.Asked], ...] = get_args(m.ToHub)

SELF = {
    "CloseTap",
    "Hello",
    "Pong",
    "ReportSound",
    "SignIn",
    "SignOut",
    "LockSession",
    "UnlockSession",
    "StepUp",
    "ChangePassword",
    "StartDirectorySignIn",
}
"""What everybody may do about themselves."""
LOOK = {
    "Subscribe",
    "QueryLedger",
    "QuerySamples",
    "QueryHistory",
    "QueryOccurrences",
    "QueryHandovers",
    "QueryJournal",
    "QueryLog",
    "FetchFile",
}
READ = {"ReadMentions"}
LOG = {"WriteLog", "OfferFile", "PutFile", "QueryLogPeople"}
ALARMS = {"AckAlarms", "ResetAlarms", "ShelveAlarm", "ShelveAlarms", "UnshelveAlarm"}
CONTROL = {
    "SendCommand",
    "ExecuteCommand",
    "CancelCommand",
    "ResolveCommand",
    "SendGroup",
    "ExecuteGroup",
    "PlaceTag",
    "RemoveTag",
    "TakeArea",
    "ReleaseArea",
    "AnswerTakeover",
    "DraftHandover",
    "ActOnHandover",
    "AcceptHandoverItems",
    "SignHandover",
    "StartProcedure",
    "ActOnRun",
}
OUTAGE = {"SetOutOfService", "EndOutOfService", "StartMaintenance", "EndMaintenance"}
MANAGE = {"QueryAccounts", "PutAccount", "RemoveAccount", "RevokeSessions"}

MAY: dict[Role, set[str]] = {
    Role.VIEWER: LOOK | READ,
    Role.OPERATOR: LOOK | READ | LOG | ALARMS | CONTROL,
    Role.SUPERVISOR: LOOK | READ | LOG | ALARMS | CONTROL | OUTAGE | {"ForceArea", "LockLog"},
    Role.APPROVER: LOOK | READ | {"DecideCommand"},
    Role.ENGINEER: LOOK | READ | OUTAGE | {"RedefineAlarm", "QueryFeed", "OpenTap"},
    Role.SECURITY_ADMIN: MANAGE | {"QueryJournal", "QueryLedger"},
    Role.AUDITOR: LOOK | READ,
}
ANYWHERE = (
    LOOK
    | MANAGE
    | SELF
    | READ
    | (LOG - {"WriteLog"})
    | {"LockLog"}
    | {"RedefineAlarm", "SendGroup", "ExecuteGroup", "QueryFeed", "OpenTap"}
)
"""Not tied to an area: viewing, the hub as a whole, and groups, whose members are judged one by one."""
CLASSED = {"SendCommand", "ExecuteCommand", "DecideCommand", "StartProcedure", "ActOnRun"}
"""Not beyond the class of the grant."""
PASSWORD_AGAIN = {"PutAccount", "RemoveAccount", "SignHandover"}
OVER_AGAIN_C3 = {"SendCommand", "ExecuteCommand", "DecideCommand", "ActOnRun"}


class Screen:
    """A console that shows a session."""

    def __init__(self) -> None:
        self.changes = 0

    def post(self, message: m.Message) -> None:
        del message

    def session_changed(self) -> None:
        self.changes += 1


class Desk:
    """A guard, and one person with one role in area a up to class C1."""

    def __init__(self, *roles: Role, top: CommandClass = CommandClass.C1, stepped: bool = True) -> None:
        self.clock = SetClock()
        self.sessions = Sessions(Policy(), self.clock, lambda _record: None)
        self.guard = Guard(where(), self.sessions, lambda _user: None)
        grants = tuple(Grant(role=role, areas=("a",), top_class=top) for role in roles)
        account = Account(user="kim", name="Kim", person="p1", grants=grants)
        self.session: OpenSession = self.sessions.open(account, "s1")[0]
        self.sessions.attach(self.session, Screen())
        if stepped:
            self.sessions.step_up(self.session)

    def reason(self, message: Any) -> str:
        return self.guard.check(message, self.session).reason


def expected(role: Role, name: str, place: str) -> bool:
    if name == "CreateFirstAccount":
        return False
    if name in SELF:
        return True
    if name not in MAY[role]:
        return False
    if place == "other area":
        return name in ANYWHERE
    return place == "own area" or name not in CLASSED


@pytest.mark.parametrize("place", ["own area", "other area", "class above"])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_message_of_every_role_everywhere(kind: type[m.Asked], role: Role, place: str) -> None:
    """SEC-10, SEC-13."""
    desk = Desk(role)
    area = "b" if place == "other area" else "a"
    message = sample(kind, area, "scrap" if place == "class above" else "beep")
    allowed = desk.reason(message) == ""
    assert allowed == expected(role, kind.__name__, place)


def test_the_table_names_every_message_and_nothing_else() -> None:
    assert set(NEEDS) == set(ALL)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_who_has_no_role_may_nothing_but_what_concerns_the_own_session(kind: type[m.Asked]) -> None:
    """SEC-10: deny by default."""
    assert (Desk().reason(sample(kind, "a")) == "") == (kind.__name__ in SELF)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_a_locked_seat_looks_on_and_does_nothing(kind: type[m.Asked]) -> None:
    """SEC-07: the view stays live; acts and acknowledgements need the password again."""
    desk = Desk(Role.SUPERVISOR, Role.APPROVER, top=CommandClass.C3)
    desk.sessions.lock(desk.session)
    free = LOOK | {
        "Hello",
        "Pong",
        "CloseTap",
        "ReportSound",
        "SignIn",
        "SignOut",
        "UnlockSession",
        "StartDirectorySignIn",
    }
    reason = desk.reason(sample(kind, "a"))
    assert reason == ("" if kind.__name__ in free else reason or "-")
    if kind.__name__ not in free | {"CreateFirstAccount"}:
        assert reason == "SESSION_LOCKED"


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_nobody_is_signed_in_so_nothing_but_signing_in_is_taken(kind: type[m.Asked]) -> None:
    desk = Desk()
    reason = desk.guard.check(sample(kind, "a"), None).reason
    free = {"Hello", "Pong", "SignIn", "SignOut", "StartDirectorySignIn", "CreateFirstAccount"}
    assert reason == ("" if kind.__name__ in free else "NOT_SIGNED_IN")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_what_is_dangerous_needs_the_password_a_short_while_ago(kind: type[m.Asked]) -> None:
    """SEC-14: class C3 and changes of accounts."""
    desk = Desk(*Role, top=CommandClass.C3, stepped=False)
    mild, wild = desk.reason(sample(kind, "a")), desk.reason(sample(kind, "a", "scrap"))
    name = kind.__name__
    assert (mild == "STEP_UP_REQUIRED") == (name in PASSWORD_AGAIN)
    assert (wild == "STEP_UP_REQUIRED") == (name in PASSWORD_AGAIN | OVER_AGAIN_C3)
    desk.sessions.step_up(desk.session)
    assert desk.reason(sample(kind, "a", "scrap")) != "STEP_UP_REQUIRED"
    desk.clock.move(301.0)
    assert (desk.reason(sample(kind, "a", "scrap")) == "STEP_UP_REQUIRED") == (
        name in PASSWORD_AGAIN | OVER_AGAIN_C3
    )


def test_what_nobody_knows_is_only_for_who_may_act_everywhere() -> None:
    """An unknown asset, alarm, command, tag or run tells a stranger to it nothing."""
    desk = Desk(Role.SUPERVISOR, Role.APPROVER, top=CommandClass.C3)
    ghost = CommandRequest(command_id="c", asset="ghost", command="beep")
    for message in (
        m.SendCommand(request="r", command=ghost),
        m.SendCommand(request="r", command=msgspec.structs.replace(ghost, asset="a1", command="ghost")),
        m.ExecuteCommand(request="r", command_id="ghost", token="t"),
        m.DecideCommand(request="r", command_id="ghost", digest="d", approve=True),
        m.RemoveTag(request="r", tag="ghost"),
        m.ActOnRun(request="r", run="ghost", act="abort"),
        m.StartProcedure(request="r", procedure="ghost"),
        m.UnshelveAlarm(request="r", alarm=10_000),
        m.TakeArea(request="r", area="nowhere"),
    ):
        assert desk.reason(message) == "NOT_AUTHORIZED"


def test_of_an_acknowledgement_over_two_areas_the_own_part_is_done() -> None:
    """SEC-13: each occurrence is judged by itself; shelving together is all or none."""
    desk = Desk(Role.OPERATOR)
    items = (AckItem(ALARM["a"], "o", 2), AckItem(ALARM["b"], "o", 2))
    ruling = desk.guard.check(m.AckAlarms(request="r", items=items), desk.session)
    assert isinstance(ruling.message, m.AckAlarms)
    assert ruling.message.items == items[:1]
    assert [(part.subject, part.reason) for part in ruling.refused] == [("a1.high", "NOT_AUTHORIZED")]
    both = m.ShelveAlarms(request="r", items=items, duration_s=60.0, reason="x")
    assert desk.reason(both) == "NOT_AUTHORIZED"


def test_a_procedure_needs_the_right_at_every_place_it_acts_on() -> None:
    desk = Desk(Role.OPERATOR)
    assert desk.reason(m.StartProcedure(request="r", procedure="both")) == "NOT_AUTHORIZED"
    assert desk.reason(m.StartProcedure(request="r", procedure="wild-a", dry=True)) == ""
    assert desk.reason(m.ActOnRun(request="r", run="wild-a", act="abort")) == ""


def test_a_supervisor_is_one_only_where_the_act_is() -> None:
    """Limits of shelving and outages depend on the right in the alarm's own area."""
    desk = Desk(Role.OPERATOR)
    grants = (
        Grant(role=Role.OPERATOR, areas=("a", "b"), top_class=CommandClass.C1),
        Grant(role=Role.SUPERVISOR, areas=("a",), top_class=CommandClass.C1),
    )
    desk.sessions.account_changed("kim", Account(user="kim", name="Kim", person="p1", grants=grants))
    for area, supervisor in (("a", True), ("b", False)):
        message = sample(m.ShelveAlarm, area)
        assert desk.guard.check(message, desk.session).supervisor is supervisor
        assert desk.guard.check(sample(m.RemoveTag, area), desk.session).supervisor is supervisor


def test_a_second_person_at_the_seat_is_judged_by_their_own_rights_and_not_by_those_of_the_seat() -> None:
    """CMD-06: the seat only has to be open; the broker asks `rights` for the person who was proved."""
    desk = Desk(Role.VIEWER)
    decide = sample(m.DecideCommand, "a", "scrap")
    assert desk.reason(decide) == "NOT_AUTHORIZED"
    assert desk.reason(msgspec.structs.replace(decide, user="lee", password="x")) == ""
    desk.sessions.lock(desk.session)
    assert desk.reason(msgspec.structs.replace(decide, user="lee", password="x")) == "SESSION_LOCKED"


def test_time_that_has_come_counts_before_the_next_tick() -> None:
    """SEC-08: a message that arrives between two ticks finds the session ended."""
    desk = Desk(Role.OPERATOR)
    desk.clock.move(13 * 3600.0)
    assert desk.reason(sample(m.AckAlarms, "a")) == "NOT_SIGNED_IN"
    assert desk.session.machine.state is SessionState.ENDED


def test_acting_keeps_a_session_open_and_looking_does_not() -> None:
    """SEC-07: idle is who does nothing, whatever the screen asks for by itself."""
    desk = Desk(Role.OPERATOR)
    for _ in range(4):
        desk.clock.move(600.0)
        assert desk.reason(sample(m.AckAlarms, "a")) == ""
    for _ in range(2):
        desk.clock.move(600.0)
        desk.reason(sample(m.QueryHistory, "a"))
        desk.reason(sample(m.Pong, "a"))
    assert desk.session.machine.state is SessionState.LOCKED


def allowed_set(desk: Desk) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for kind in ALL:
        for area in "ab":
            for command in ("beep", "scrap"):
                if not desk.reason(sample(kind, area, command)):
                    found.add((kind.__name__, area, command))
    return found


MESSAGES = st.tuples(st.sampled_from(ALL), st.sampled_from("ab"), st.sampled_from(("beep", "scrap")))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(Role)), st.lists(MESSAGES, max_size=25))
def test_no_sequence_of_messages_widens_rights(
    role: Role, sent: list[tuple[type[m.Asked], str, str]]
) -> None:
    """I14: rights grow only when somebody else changes the account."""
    desk = Desk(role)
    before = allowed_set(desk)
    acts: dict[type[m.Asked], Callable[[OpenSession], None]] = {
        m.LockSession: desk.sessions.lock,
        m.UnlockSession: desk.sessions.unlock,
        m.StepUp: desk.sessions.step_up,
        m.SignOut: desk.sessions.sign_out,
    }
    for kind, area, command in sent:
        refused = desk.reason(sample(kind, area, command))
        act = acts.get(kind)
        if not refused and act is not None:
            try:
                act(desk.session)
            except IdentityRefused:
                continue
        desk.clock.move(1.0)
    signing_in = {(kind, *rest) for kind, *rest in _out()}
    assert allowed_set(desk) <= before | signing_in


def _out() -> set[tuple[str, str, str]]:
    free = ("Hello", "Pong", "SignIn", "SignOut", "StartDirectorySignIn", "CreateFirstAccount")
    return {(kind, area, command) for kind in free for area in "ab" for command in ("beep", "scrap")}
