"""Who holds which area: seen in tree, tiles and status strip; taken, asked for, handed over and forced."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from console.core.command.control_facts import LeaseFact
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.wire.messages import AnswerTakeover, ForceArea, ReleaseArea, TakeArea
from tests.widgets.conftest import NS, Screen, Seat
from tests.widgets.payload_city import IMG
from widgets.areas.authority import AreaLine, AuthoritySheet, ForceSheet
from widgets.areas.panel import AreaPanel


def sign_in(seat: Seat, user: str = "hong", role: Role = Role.OPERATOR) -> None:
    grant = Grant(role=role, areas=("*",), top_class=CommandClass.C3)
    fact = SessionFact(state=SessionState.ACTIVE, user=user, name=user, grants=(grant,))
    seat.office.session.push(fact)


def held(area: str, holder: str, wanted: str = "") -> LeaseFact:
    now = time.time_ns()
    return LeaseFact(
        area=area,
        holder=holder,
        holder_name=holder.title(),
        station="desk-2",
        since=now - 60 * NS,
        wanted_by=wanted,
        wanted_name=wanted.title(),
        wanted_until=now + 30 * NS if wanted else 0,
    )


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot) -> AreaPanel:
    made = AreaPanel(seat.office)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def sheet(panel: AreaPanel, area: str = "b") -> AuthoritySheet:
    panel.authority.show_area(area)
    found = panel.authority.open_sheet
    assert found is not None
    return found


def acts(line: AreaLine) -> list[str]:
    return [b.text() for b in (line.first, line.second) if b.isVisibleTo(line)]


def test_a_free_area_is_taken_and_given_back(seat: Seat, panel: AreaPanel):
    sign_in(seat)
    line = sheet(panel).lines["b"]
    assert (line.holder.text(), acts(line)) == ("Nobody", ["Take"])
    line.first.click()
    assert seat.sent_of(TakeArea)[0].area == "b"
    seat.office.areas.push([held("b", "hong")])
    assert line.holder.text().startswith("Yours since")
    assert acts(line) == ["Release"]
    line.first.click()
    assert seat.sent_of(ReleaseArea)[0].area == "b"


def test_the_sheet_of_areas_opens_again_after_it_was_closed(seat: Seat, panel: AreaPanel):
    first = sheet(panel)
    assert sheet(panel) is first
    first.leave.click()
    assert panel.authority.open_sheet is None
    assert sheet(panel) is not first


def test_the_area_of_another_is_asked_for_and_the_wish_withdrawn(seat: Seat, panel: AreaPanel):
    sign_in(seat)
    seat.office.areas.push([held("b", "lee")])
    line = sheet(panel).lines["b"]
    assert line.holder.text().startswith("Lee since")
    assert acts(line) == ["Ask for it"]
    line.first.click()
    assert len(seat.sent_of(TakeArea)) == 1
    seat.office.areas.push([held("b", "lee", wanted="hong")])
    assert acts(line) == ["Withdraw request"]
    line.first.click()
    assert len(seat.sent_of(ReleaseArea)) == 1


def test_the_holder_hands_over_or_refuses(seat: Seat, panel: AreaPanel):
    sign_in(seat)
    seat.office.areas.push([held("b", "hong", wanted="lee")])
    line = sheet(panel).lines["b"]
    assert acts(line) == ["Hand over", "Refuse"]
    line.first.click()
    line.second.click()
    assert [m.grant for m in seat.sent_of(AnswerTakeover)] == [True, False]


def test_only_a_supervisor_takes_by_force_and_says_why(seat: Seat, panel: AreaPanel):
    """SEC-11."""
    sign_in(seat, role=Role.SUPERVISOR)
    seat.office.areas.push([held("b", "lee")])
    line = sheet(panel).lines["b"]
    assert acts(line) == ["Ask for it", "Take by force…"]
    line.second.click()
    force = next(w for w in panel.window().findChildren(ForceSheet))
    assert not force.do.isEnabled()
    force.reason.setText("Lee has left the room")
    force.do.click()
    (message,) = seat.sent_of(ForceArea)
    assert (message.area, message.reason) == ("b", "Lee has left the room")


def test_who_may_not_hold_areas_only_reads(seat: Seat, panel: AreaPanel):
    sign_in(seat, role=Role.VIEWER)
    seat.office.areas.push([held("b", "lee")])
    assert acts(sheet(panel).lines["b"]) == []


def test_the_holder_stands_on_the_tile_and_in_its_spoken_words(seat: Seat, panel: AreaPanel):
    seat.office.areas.push([held("b", "lee")])
    assert panel.tiles["b"].texts.mode == "Held by Lee"
    assert "Held by Lee" in panel.tiles["b"].accessibleName()


def test_the_holder_is_called_with_a_countdown_on_every_screen(screen: Screen):
    """CMD-09, HMI-08."""
    seat, bar = screen.seat, screen.window.call_bar
    sign_in(seat)
    assert not bar.isVisible()
    seat.office.areas.push([held("a", "hong", wanted="lee")])
    assert bar.isVisible()
    assert bar.text.text.startswith(f"Lee asks for {IMG}")
    assert bar.text.text.endswith(("30 s", "29 s"))
    bar.no.click()
    assert [m.grant for m in seat.sent_of(AnswerTakeover)] == [False]
    seat.office.areas.push([held("a", "hong")])
    assert not bar.isVisible()


def test_the_status_strip_names_the_areas_of_this_person(screen: Screen):
    sign_in(screen.seat)
    strip = screen.window.status
    assert strip.areas.text() == "No area held"
    screen.seat.office.areas.push([held("b", "hong"), held("a", "lee")])
    assert strip.areas.text() == "Holding B"
