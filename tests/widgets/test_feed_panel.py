"""The feeds on screen: what everybody sees, what an engineer sees, and the tap."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.client.mirror import Mirror
from console.core.catalogue import Catalogue
from console.core.feed import Beat, FeedDrop, FeedFact, FeedPage, FeedState, PointFact, TapFrame
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import FeedDef
from console.core.words import Text
from console.desk.boards.feeds import FeedBoard
from console.desk.models.feed_points import PointColumn
from console.desk.models.feed_rows import FeedColumn, FeedRows
from console.wire.messages import CloseTap, FeedReply, OpenTap, QueryFeed, TapFrames
from tests.widgets.conftest import Seat
from widgets.feeds.panel import FeedPanel


def sit(seat: Seat, role: Role, state: SessionState = SessionState.ACTIVE) -> None:
    """Somebody with this role sits down."""
    seat.office.session.push(
        SessionFact(state=state, user="kim", name="Kim", grants=(Grant(role=role, areas=()),))
    )


def fact(feed: str, **more: object) -> FeedFact:
    """A live feed."""
    fields = {"state": FeedState.LIVE, "since": time.time_ns(), "points": 2, **more}
    return FeedFact(feed=feed, **fields)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def panel(qtbot: QtBot, seat: Seat) -> FeedPanel:
    """Two feeds, seen by an engineer."""
    seat.office.feed_acts.attach(seat.sent.append)
    seat.office.feeds.push([
        fact("sensors", late_points=2, frozen_points=1, offset_s=1.5, lag_s=0.25, rate_hz=10.0),
        fact("factory", state=FeedState.DOWN, why="unreachable", malformed=3, last_error="byte 7: not_json", points=0),
    ])  # fmt: skip
    sit(seat, Role.ENGINEER)
    made = FeedPanel(seat.office)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def asked(seat: Seat) -> QueryFeed:
    return seat.sent_of(QueryFeed)[-1]


def test_the_list_says_state_with_cause_clock_rhythm_and_counts(panel: FeedPanel) -> None:
    first, second = panel.rows.facts
    assert panel.rows.cell(first, FeedColumn.RHYTHM) == "2 late · 1 frozen"
    assert panel.rows.cell(first, FeedColumn.OFFSET) == "+1.5"
    assert panel.rows.cell(first, FeedColumn.LAG) == "0.25"
    assert panel.rows.cell(second, FeedColumn.STATE) == "Down · The source cannot be reached"
    assert panel.rows.cell(second, FeedColumn.OFFSET) == "—"
    assert panel.rows.cell(second, FeedColumn.UNREADABLE) == "3"


def test_a_feed_is_called_by_its_name_and_its_id_is_a_hint(panel: FeedPanel, seat: Seat) -> None:
    feed = FeedDef(id="sensors", adapter="mqtt", url="", label=Text("센서 수집", "Sensor intake"))
    known = seat.office.catalogue.catalogue
    assert known is not None
    mirror = Mirror()
    mirror.set_catalogue(Catalogue(msgspec.structs.replace(known.site, feeds=(feed,))))
    mirror.feeds = dict(seat.office.feeds.facts)
    rows = FeedRows(FeedBoard(mirror), seat.office.speech)
    assert rows.index(0, FeedColumn.FEED).data() == "Sensor intake"
    assert rows.index(0, FeedColumn.FEED).data(Qt.ItemDataRole.ToolTipRole) == "Id: sensors"
    assert rows.index(1, FeedColumn.FEED).data() == "factory"
    seat.office.speech.set_lang("ko")
    assert rows.index(0, FeedColumn.FEED).data() == "센서 수집"


def test_what_was_lost_is_one_number_and_its_causes_a_hint(panel: FeedPanel, seat: Seat) -> None:
    drops = (FeedDrop("broker_dropped", 1200), FeedDrop("overrun", 7))
    seat.office.feeds.push([fact("sensors", dropped=1207, drops=drops)])
    cell = panel.rows.index(0, FeedColumn.DROPPED)
    assert cell.data() == "1,207"
    said = str(cell.data(Qt.ItemDataRole.ToolTipRole))
    assert said == (
        "1,200: The broker dropped messages (all its clients together)\n7: Numbered messages are missing"
    )


def test_a_page_shows_what_is_out_of_rhythm_first(panel: FeedPanel, seat: Seat) -> None:
    points = (
        PointFact(
            source="p1", path="level", tag=0, beat=Beat.STEADY, interval_s=5.0, expected_s=5.0, age_s=2.0
        ),
        PointFact(source="p1", path="flow", tag=1, beat=Beat.FROZEN, interval_s=5.0, run=40, expected_s=5.0),
    )
    page = FeedPage(feed="sensors", adapter="ngsi_ld", points=points)
    seat.office.feed_acts.receive_page(FeedReply(request=asked(seat).request, page=page))
    cells = [panel.points.cell(point, PointColumn.BEAT) for point in panel.points.points]
    assert cells == ["Frozen", "Steady"]
    panel.search.setText("level")
    assert [point.path for point in panel.points.points] == ["level"]


def test_an_answer_to_an_older_question_is_not_shown(panel: FeedPanel, seat: Seat) -> None:
    old = asked(seat).request
    panel.feed_view.selectRow(1)
    seat.office.feed_acts.receive_page(FeedReply(request=old, page=FeedPage(feed="sensors", adapter="x")))
    assert "x" not in panel.numbers.text.split()
    assert "byte 7, not JSON" in panel.error.text


def test_frames_are_shown_as_plain_text_held_while_paused_and_copied(panel: FeedPanel, seat: Seat) -> None:
    """SEC-42: what a source writes is text, never a page."""
    panel.tap.toggle.click()
    request = seat.sent_of(OpenTap)[-1].request
    frames = (
        TapFrame(at=1, size=15, text="<b>bold</b>\nnext"),
        TapFrame(at=2, size=2, text="00 ff", binary=True),
    )
    seat.office.feed_acts.receive_tap(TapFrames(request=request, feed="sensors", frames=frames, skipped=3))
    text = panel.tap.text.toPlainText()
    assert "<b>bold</b>" in text
    assert "binary" in text
    assert panel.tap.told.text() == "2 frames · 3 left out"
    panel.tap.pause.click()
    late = TapFrames(request=request, feed="sensors", frames=(TapFrame(at=3, size=4, text="late"),))
    seat.office.feed_acts.receive_tap(late)
    assert "late" not in panel.tap.text.toPlainText()
    panel.tap.pause.click()
    assert "late" in panel.tap.text.toPlainText()
    panel.tap.copy.click()
    assert "<b>bold</b>" in QApplication.clipboard().text()


def test_another_feed_a_hidden_pane_and_the_hub_end_the_tap(panel: FeedPanel, seat: Seat) -> None:
    panel.tap.toggle.click()
    panel.feed_view.selectRow(1)
    assert len(seat.sent_of(CloseTap)) == 1
    panel.tap.toggle.click()
    panel.hide()
    assert len(seat.sent_of(CloseTap)) == 2
    panel.show()
    panel.tap.toggle.click()
    request = seat.sent_of(OpenTap)[-1].request
    seat.office.feed_acts.receive_tap(TapFrames(request=request, feed="factory", ended=True))
    assert not panel.tap.open
    assert "ended the tap" in panel.tap.told.text()


def test_who_may_not_configure_sees_the_list_and_no_frame(panel: FeedPanel, seat: Seat) -> None:
    panel.tap.toggle.click()
    request = seat.sent_of(OpenTap)[-1].request
    secret = TapFrames(request=request, feed="sensors", frames=(TapFrame(at=1, size=6, text="secret"),))
    seat.office.feed_acts.receive_tap(secret)
    sit(seat, Role.OPERATOR)
    assert not panel.tap.open
    assert panel.tap.text.toPlainText() == ""
    assert panel.points.points == []
    assert "may configure" in panel.empty.sentence.text()
    assert panel.rows.rowCount() == 2
