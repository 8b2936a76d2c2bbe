"""Every view of commands, tags, areas and procedures walked over: names, sizes, clipping, literal texts, themes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from console.core.catalogue import Catalogue
from console.core.command.control_facts import LeaseFact, RunState, StepState, TagKind
from console.core.command.facts import CommandFact, CommandState
from console.core.control import Policy
from console.core.identity.roles import Role
from console.wire.messages import CommandConfirm
from tests.widgets.conftest import NS, Screen
from tests.widgets.payload_city import payload_catalogue
from tests.widgets.test_command_dock import TEXT, fact, session
from tests.widgets.test_group_commands import opened as open_group
from tests.widgets.test_procedure_panel import STORM, run
from tests.widgets.test_sweeps import INTERACTIVE, clipped, described, on_screen
from tests.widgets.test_tags_on_screen import tag
from tests.widgets.test_two_step_commands import order
from widgets.areas.authority import AuthoritySheet, ForceSheet
from widgets.assets.tag_sheets import HangSheet, TakeDownSheet
from widgets.commands.approval import ApprovalSheet
from widgets.kit.buttons import ActButton
from widgets.procedures.panel import ProcedurePanel


def elsewhere(made: CommandFact) -> CommandFact:
    """The same command on an asset that no sheet is about."""
    return msgspec.structs.replace(made, request=msgspec.structs.replace(made.request, asset="s2"))


def _leases(screen: Screen) -> None:
    now = time.time_ns()
    mine = LeaseFact(
        area="a", holder="hong", holder_name="홍길동", since=now, wanted_by="lee", wanted_until=now + 30 * NS
    )
    screen.seat.office.areas.push([mine, LeaseFact(area="b", holder="lee", holder_name="Lee", since=now)])


def _authority(screen: Screen, _bot: QtBot) -> QWidget:
    AuthoritySheet(screen.seat.office, screen.window).open_sheet()
    made = ForceSheet(screen.seat.office, screen.window, "b")
    made.open_sheet()
    return made


def _tags(screen: Screen, _bot: QtBot) -> QWidget:
    HangSheet(screen.seat.office, screen.window, "s1").open_sheet()
    made = TakeDownSheet(screen.seat.office, screen.window, tag("t", TagKind.INHIBIT_ON))
    made.open_sheet()
    return made


def _approval(screen: Screen, _bot: QtBot) -> QWidget:
    waiting = fact(9, CommandState.AWAIT_APPROVAL, by="kim")
    screen.seat.office.commands.push([waiting])
    made = ApprovalSheet(screen.seat.office, screen.window, waiting)
    made.open_sheet()
    return made


def _order(screen: Screen, _bot: QtBot) -> QWidget:
    screen.seat.office.areas.push([LeaseFact(area="b")])
    sheet = order(screen)
    made = msgspec.structs.replace(fact(8, CommandState.SELECTED), confirm=TEXT)
    request = msgspec.structs.replace(made.request, command_id=sheet.command_id)
    screen.seat.office.commands.push([msgspec.structs.replace(made, request=request)])
    screen.seat.office.control.receive_confirm(
        CommandConfirm(command_id=sheet.command_id, text=TEXT, token="t", expires=time.time_ns() + 25 * NS)
    )
    return sheet


def _group(screen: Screen, bot: QtBot) -> QWidget:
    return open_group(screen, bot)


def _procedure(screen: Screen, bot: QtBot) -> QWidget:
    made = ProcedurePanel(screen.seat.office)
    bot.addWidget(made)
    made.setStyleSheet(screen.window.styleSheet())
    made.resize(880, 330)
    made.show()
    steps = (StepState.DONE, StepState.DONE, StepState.FAILED, StepState.OPEN)
    screen.seat.office.runs.push([run(RunState.HELD, 2, *steps, reason="BLOCKED_BY_TAG")])
    return made


VIEWS: dict[str, Callable[[Screen, QtBot], QWidget]] = {
    "authority": _authority,
    "tags": _tags,
    "approval": _approval,
    "order": _order,
    "group": _group,
    "procedure": _procedure,
}


@pytest.fixture(params=[*VIEWS])
def walked(
    request: pytest.FixtureRequest, screen: Screen, qtbot: QtBot, qapp: QApplication
) -> Iterator[Screen]:
    """A busy seat: commands in every state, tags, areas wanted, and one of the views over it."""
    site = msgspec.structs.replace(
        payload_catalogue().site, procedures=(STORM,), policy=Policy(same_station_approval=True)
    )
    office = screen.seat.office
    office.catalogue.push(Catalogue(site), "control")
    for index in range(9):
        screen.seat.put(index, 1.0)
    office.session.push(session("hong", Role.SUPERVISOR, Role.APPROVER))
    office.selection.select_asset("s1")
    office.tags.push(
        [tag("t1", TagKind.INHIBIT_ON, asset="s1"), tag("t2", TagKind.CAUTION, "hong", asset="s1")]
    )
    office.commands.push([elsewhere(fact(n, state)) for n, state in enumerate(CommandState)])
    _leases(screen)
    screen.window.raise_dock("commands")
    made = VIEWS[request.param](screen, qtbot)
    qapp.processEvents()
    yield screen
    made.close()
    qapp.processEvents()


def test_everything_here_has_a_name(walked: Screen) -> None:
    """HMI-14."""
    nameless = [
        described(widget)
        for widget in on_screen(INTERACTIVE)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), QLineEdit)
    ]
    views = [described(view) for view in on_screen(QTableView) if not view.accessibleName()]
    assert nameless + views == []


def test_every_target_here_is_big_enough_and_can_be_reached_by_keyboard(walked: Screen) -> None:
    """HMI-12, HMI-13: 24 px, acts 44 px high; nothing but the pointer can reach is nothing."""
    for widget in on_screen(QAbstractButton):
        if isinstance(widget.parentWidget(), QLineEdit) or widget.objectName().startswith("qt_"):
            continue
        least = 44 if isinstance(widget, ActButton) else 24
        assert widget.height() >= least, (described(widget), widget.size())
        assert widget.width() >= 24, (described(widget), widget.size())
        if isinstance(widget, ActButton):
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, described(widget)
            assert not widget.isDefault(), described(widget)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_here_is_clipped(walked: Screen, qtbot: QtBot, lang: str, size: tuple[int, int]) -> None:
    """HMI-15."""
    walked.window.resize(*size)
    walked.seat.office.speech.set_lang(lang)

    def nothing_clipped() -> None:
        assert clipped() == []

    qtbot.waitUntil(nothing_clipped, timeout=1500)


def test_texts_of_site_people_and_hub_are_shown_literally(walked: Screen) -> None:
    """SEC-24: a tag's text, a hub's text and a name are never markup."""
    for label in on_screen(QLabel):
        if isinstance(label, QLabel) and "<" in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText, described(label)
    for widget in on_screen(QWidget):
        assert "<img" not in widget.toolTip(), described(widget)


@pytest.mark.parametrize("theme", ["night", "bright"])
def test_a_change_of_theme_keeps_what_stands_open(walked: Screen, qapp: QApplication, theme: str) -> None:
    """HMI-18."""
    before = [described(widget) for widget in on_screen(ActButton)]
    walked.seat.office.themes.set_theme(theme)
    qapp.processEvents()
    assert [described(widget) for widget in on_screen(ActButton)] == before
