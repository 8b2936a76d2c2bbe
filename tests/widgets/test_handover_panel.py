"""The shift handover on screen: what each side sees and may do, by keyboard, and the past ones to be read."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from console.core.handover.facts import (
    Duty,
    Party,
)
from console.desk.acts import ActOutcome
from console.desk.models.handover_rows import HandoverColumn
from console.wire.messages import (
    AcceptHandoverItems,
    ActOnHandover,
    DraftHandover,
    HandoversReply,
    QueryHandovers,
    SignHandover,
)
from tests.widgets.conftest import Seat
from tests.widgets.handover_desk import (
    ITEMS,
    KIM,
    NOW,
    S,
    accepted,
    answer,
    handover,
    item,
    last,
    offered,
    sheet_of,
    sit,
)
from tests.widgets.payload_city import IMG
from widgets.handover.panel import HandoverPanel
from widgets.handover.sheets import DraftSheet, OfferSheet, ReasonSheet, SignSheet, TakeUpSheet
from widgets.shell.handover_note import HandoverNote
from widgets.shell.outcomes import outcome_text


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot) -> HandoverPanel:
    seat.office.handover_acts.attach(seat.sent.append)
    made = HandoverPanel(seat.office)
    qtbot.addWidget(made)
    made.resize(1180, 440)
    made.show()
    return made


def test_without_a_handover_it_offers_to_begin_one(seat: Seat, panel: HandoverPanel):
    sit(seat, "kim")
    assert panel.empty.isVisible()
    assert not panel.head.isVisible()
    panel.empty.act.click()
    sheet = sheet_of(panel)
    assert isinstance(sheet, DraftSheet)
    assert sheet.name is None
    next(iter(sheet.areas.values())).setChecked(False)
    sheet.do.click()
    drafted = last(seat)
    assert isinstance(drafted, DraftHandover)
    assert drafted.areas == tuple(list(sheet.areas)[1:])
    answer(seat, "AREA_HELD_BY_OTHER")
    assert "somebody else holds" in sheet.fault.text()
    sheet.do.click()
    answer(seat)
    assert panel.sheet is None


def test_each_side_is_offered_what_it_may_do(seat: Seat, panel: HandoverPanel):
    cases = {
        ("kim", S.DRAFTED): ["offer", "withdraw"],
        ("lee", S.DRAFTED): [],
        ("kim", S.OFFERED): ["withdraw", "sign"],
        ("lee", S.OFFERED): ["take_up", "refuse"],
        ("kim", S.ACCEPTING): ["sign"],
        ("lee", S.ACCEPTING): ["give_back", "refuse", "sign"],
        ("choi", S.ACCEPTING): [],
        ("kim", S.SIGNED): ["begin"],
    }
    for (user, state), names in cases.items():
        sit(seat, user)
        seat.office.handovers.push([handover(state, *ITEMS)])
        panel.show_handover("h1")
        assert offered(panel) == names, (user, state)


def test_items_are_accepted_by_space_and_enter_one_after_the_other(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    seat.office.handovers.push([handover(S.ACCEPTING, *ITEMS)])
    panel.table.choose(ITEMS[0].key)
    panel.table.setFocus()
    for key, one in ((Qt.Key.Key_Space, ITEMS[0]), (Qt.Key.Key_Return, ITEMS[1])):
        QTest.keyClick(panel.table, key)
        sent = last(seat)
        assert isinstance(sent, AcceptHandoverItems)
        assert [(seen.key, seen.mark) for seen in sent.seen] == [(one.key, "m1")]
    assert [one.key for one in panel.table.chosen()] == [ITEMS[2].key]
    seat.office.handovers.push([handover(S.ACCEPTING, accepted(ITEMS[0]), *ITEMS[1:])])
    assert panel.head.count.text() == "1 of 3 accepted"
    assert not panel.head.acts["sign"].isEnabled()
    panel.table.choose(ITEMS[0].key)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    sent = last(seat)
    assert isinstance(sent, AcceptHandoverItems)
    assert (sent.accepted, len(sent.seen)) == (False, 1)


def test_all_at_once_are_sent_in_messages_that_fit(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    many = tuple(item(f"a{n}.high") for n in range(320))
    seat.office.handovers.push([handover(S.ACCEPTING, *many)])
    panel.table.selectAll()
    panel.detail.accept.click()
    sent = seat.sent_of(AcceptHandoverItems)
    assert [len(message.seen) for message in sent] == [150, 150, 20]


def test_the_outgoing_person_writes_and_answers_and_the_incoming_one_asks(seat: Seat, panel: HandoverPanel):
    sit(seat, "kim")
    seat.office.handovers.push([handover(S.DRAFTED, *ITEMS)])
    detail = panel.detail
    assert detail.title.text() == "Remark on the whole"
    detail.text.setText("quiet night")
    QTest.keyClick(detail.text, Qt.Key.Key_Return)
    sent = last(seat)
    assert isinstance(sent, ActOnHandover)
    assert (sent.act, sent.key, sent.text) == ("remark", "", "quiet night")
    asked = msgspec.structs.replace(ITEMS[2], question="until when?")
    seat.office.handovers.push([handover(S.ACCEPTING, *ITEMS[:2], asked)])
    panel.table.choose(asked.key)
    assert "Asked: until when?" in detail.said.text()
    detail.text.setText("18:00")
    QTest.keyClick(detail.text, Qt.Key.Key_Return)
    sent = last(seat)
    assert isinstance(sent, ActOnHandover)
    assert (sent.act, sent.key, sent.text) == ("answer", asked.key, "18:00")
    sit(seat, "lee")
    panel.table.choose(ITEMS[0].key)
    assert not detail.ask.isEnabled()
    detail.text.setText("why?")
    detail.ask.click()
    sent = last(seat)
    assert isinstance(sent, ActOnHandover)
    assert (sent.act, sent.text) == ("ask", "why?")
    detail.text.setText("not so")
    detail.object.click()
    sent = last(seat)
    assert isinstance(sent, ActOnHandover)
    assert (sent.act, sent.mark) == ("object", "m1")


def test_a_signature_needs_the_password_and_says_what_it_means(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    done = tuple(accepted(one) for one in ITEMS[:2])
    signed = msgspec.structs.replace(KIM, signed_at=NOW, proof="password")
    under = accepted(ITEMS[2], question="no", objection=True)
    fact = handover(S.ACCEPTING, *done, under, outgoing=signed)
    seat.office.handovers.push([fact])
    panel.head.acts["sign"].click()
    sheet = sheet_of(panel)
    assert isinstance(sheet, SignSheet)
    assert "answer for them from now on" in sheet.why.text()
    assert "1 objections" in sheet.why.text()
    assert "second signature" in sheet.why.text()
    assert sheet.password is not None
    assert not sheet.do.isEnabled()
    sheet.password.setText("blue-otter")
    sheet.do.click()
    sent = last(seat)
    assert isinstance(sent, SignHandover)
    assert (sent.digest, sent.password, sent.name) == (fact.digest, "blue-otter", "")
    answer(seat, "SIGN_IN_FAILED")
    assert sheet.fault.isVisible()
    assert sheet.password.text() == ""


def test_in_a_storm_the_list_that_was_read_can_still_be_signed(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    read = handover(S.ACCEPTING, *(accepted(one) for one in ITEMS))
    seat.office.handovers.push([read])
    seat.office.handovers.push([handover(S.ACCEPTING, *read.items, item("s9.high", moved=True))])
    assert panel.head.acts["sign"].isEnabled()
    panel.head.acts["sign"].click()
    sheet = sheet_of(panel)
    assert isinstance(sheet, SignSheet)
    assert sheet.password is not None
    sheet.password.setText("x")
    sheet.do.click()
    sent = last(seat)
    assert isinstance(sent, SignHandover)
    assert sent.digest == read.digest


def test_a_refusal_needs_a_reason_and_an_offer_can_be_for_one_person(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    seat.office.handovers.push([handover(S.OFFERED, *ITEMS)])
    panel.head.acts["refuse"].click()
    sheet = sheet_of(panel)
    assert isinstance(sheet, ReasonSheet)
    assert not sheet.do.isEnabled()
    sheet.reason.setText("two are ill")
    sheet.do.click()
    assert getattr(last(seat), "text", "") == "two are ill"
    answer(seat)
    panel.head.acts["take_up"].click()
    assert getattr(last(seat), "act", "") == "take_up"
    sit(seat, "kim")
    seat.office.handovers.push([handover(S.DRAFTED, *ITEMS)])
    panel.head.acts["offer"].click()
    offer = sheet_of(panel)
    assert isinstance(offer, OfferSheet)
    offer.to.addItem("Lee", "lee")
    offer.to.setCurrentIndex(offer.to.count() - 1)
    offer.do.click()
    assert getattr(last(seat), "to", "") == "lee"


def test_a_single_seat_asks_for_names_and_says_that_nothing_is_proved(seat: Seat, panel: HandoverPanel):
    sit(seat, "operator", passwordless=True)
    me = Party(who="operator", name="Kim", human="name:kim", passwordless=True)
    you = msgspec.structs.replace(me, name="Lee", human="name:lee")
    seat.office.handovers.push([handover(S.OFFERED, *ITEMS, outgoing=me)])
    assert set(offered(panel)) == {"take_up", "refuse", "withdraw", "sign"}
    panel.head.acts["take_up"].click()
    sheet = sheet_of(panel)
    assert isinstance(sheet, TakeUpSheet)
    QTest.keyClicks(sheet.name, "Lee")
    sheet.do.click()
    assert getattr(last(seat), "name", "") == "Lee"
    answer(seat)
    done = tuple(accepted(one) for one in ITEMS)
    seat.office.handovers.push([handover(S.ACCEPTING, *done, outgoing=me, incoming=you)])
    panel.head.acts["sign"].click()
    sign = sheet_of(panel)
    assert isinstance(sign, SignSheet)
    assert sign.password is None
    assert sign.name is not None
    assert sign.name.text() == "Kim"
    assert "names that were typed" in panel.signatures.note.text()


def test_only_what_has_changed_or_is_open_can_be_shown(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    seat.office.handovers.push([handover(S.ACCEPTING, accepted(ITEMS[0]), *ITEMS[1:])])
    rows = panel.table.rows
    assert rows.headings() == [0, 3]
    panel.head.changed.setChecked(True)
    assert [rows.item_at(row) is None for row in range(rows.rowCount())] == [True, False, True, False]
    assert panel.head.hidden.text() == "1 hidden"
    panel.head.open.setChecked(True)
    assert rows.rowCount() == 2
    panel.head.changed.setChecked(False)
    panel.head.open.setChecked(False)
    assert panel.table.columnSpan(0, 0) == len(HandoverColumn)


def test_a_past_handover_is_asked_for_and_only_read(seat: Seat, panel: HandoverPanel):
    sit(seat, "kim")
    over = handover(S.SIGNED, *ITEMS, moved=("a",), kept=("b",), runs=("r",), locked=2, settled=True)
    seat.office.handovers.push([msgspec.structs.replace(over, items=())])
    panel.show_handover("h1")
    (asked,) = seat.sent_of(QueryHandovers)
    assert asked.handover == "h1"
    assert "Fetching" in panel.nothing.sentence.text()
    seat.office.handover_acts.receive(HandoversReply(request=asked.request, handovers=(over,)))
    assert panel.table.rows.rowCount() == 5
    assert "2 log entries closed" in panel.detail.state.text()
    assert "Not moved" in panel.detail.state.text()
    panel.table.choose(ITEMS[0].key)
    assert not panel.detail.text.isVisible()
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert seat.sent_of(AcceptHandoverItems) == []
    panel.show_handover("older")
    assert seat.sent_of(QueryHandovers)[-1].before == NOW


def test_names_of_sources_are_never_markup_and_nothing_is_lost_at_any_width(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    seat.office.handovers.push([handover(S.ACCEPTING, *ITEMS, until=NOW)])
    panel.table.choose(ITEMS[2].key)
    assert IMG in panel.detail.state.text()
    formats = {label.textFormat() for label in panel.findChildren(QLabel) if label.text()}
    assert formats == {Qt.TextFormat.PlainText}
    for width, remark in ((700, True), (1600, False)):
        panel.resize(width, 400)
        assert panel.table.isColumnHidden(HandoverColumn.REMARK) is remark
        inside = panel.side.widget()
        assert inside is not None
        assert inside.minimumSizeHint().width() <= panel.side.width()


def test_the_strip_says_how_many_items_are_left_to_whom_it_concerns(seat: Seat, qtbot: QtBot):
    note = HandoverNote(seat.office)
    qtbot.addWidget(note)
    said: dict[tuple[str, str], str] = {}
    for user in ("kim", "lee", "choi"):
        sit(seat, user)
        for state in (S.DRAFTED, S.OFFERED, S.ACCEPTING):
            seat.office.handovers.push([handover(state, accepted(ITEMS[0]), *ITEMS[1:])])
            said[user, state] = note.text()
    assert said["kim", S.DRAFTED] == "Handover drafted"
    assert said["lee", S.DRAFTED] == said["choi", S.ACCEPTING] == ""
    assert said["choi", S.OFFERED] == "Handover offered · 2"
    assert said["lee", S.ACCEPTING] == said["kim", S.ACCEPTING] == "Handover · 2 left"
    sit(seat, "lee")
    seat.office.handovers.push([handover(S.ACCEPTING, *(accepted(one) for one in ITEMS))])
    assert note.text() == "Handover · to be signed"
    used: list[str] = []
    seat.office.actions.triggered_action.connect(used.append)
    note.click()
    assert used == ["view.handover"]


def test_who_answers_for_an_area_is_known(seat: Seat):
    seat.office.handovers.push([], [Duty(area="a", who="lee", name="Lee", since=NOW, handover="h1")])
    assert seat.office.handovers.duties["a"].name == "Lee"


def test_what_became_of_an_act_is_said(seat: Seat, panel: HandoverPanel):
    sit(seat, "lee")
    outcomes: list[str] = []

    def hear(outcome: ActOutcome) -> None:
        outcomes.append(outcome_text(outcome, seat.office))

    seat.office.acts.act_answered.connect(hear)
    seat.office.handovers.push([handover(S.ACCEPTING, *ITEMS)])
    panel.table.choose(ITEMS[0].key)
    panel.detail.accept.click()
    answer(seat, "ITEM_CHANGED")
    assert "changed meanwhile" in outcomes[-1]
