"""Performance as a view asks for it: pages put together, the record's beginning, figures and worklist."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.kpi import KpiName, Verdict
from console.core.alarm.nuisance import NuisanceKind
from console.core.catalogue import Catalogue
from console.core.site import Shift
from console.core.words import Text
from console.desk.office import Office
from console.desk.performance import PAGE, Performance, PerformanceDesk, last_days, performance, records_of
from console.wire.messages import Message, OccurrencesReply, QueryOccurrences
from tests.client.small_city import NOON, NS, SITE, catalogue
from tests.desk.heard import heard

DAY = 86_400 * NS


def row(number: int, alarm: int = 0, at_s: float = 0.0, lasts_s: float | None = 5.0) -> OccurrenceRow:
    at = NOON + int(at_s * NS)
    return OccurrenceRow(
        alarm=alarm,
        occurrence=f"occ{number}",
        priority=2,
        at_event=at,
        at_annunciated=at,
        at_returned=0 if lasts_s is None else at + int(lasts_s * NS),
    )


def test_figures_count_what_was_annunciated_and_nothing_else() -> None:
    rows = [
        row(1),
        row(2, at_s=100.0),
        OccurrenceRow(alarm=0, occurrence="hidden", priority=2, at_event=NOON),
    ]
    rows.append(
        OccurrenceRow(alarm=999, occurrence="unknown", priority=2, at_event=NOON, at_annunciated=NOON)
    )
    found = performance(rows, catalogue(), (NOON - DAY, NOON + DAY))
    assert found is not None
    assert found.rows == 2
    assert len(records_of(rows, catalogue())) == 3


def test_record_that_begins_late_is_not_taken_for_quiet_days() -> None:
    """ALARMS.md 1.7: less than 30 days of data is insufficient, and rates are those of the time on record."""
    found = performance(
        [row(n, at_s=n * 3600.0) for n in range(24)], catalogue(), (NOON - 29 * DAY, NOON + DAY)
    )
    assert found is not None
    assert found.days == pytest.approx(1.0)
    figure = found.report.whole.figure(KpiName.PER_DAY)
    assert figure.value == pytest.approx(24.0)
    assert figure.verdict is Verdict.INSUFFICIENT


def test_older_alarm_proves_that_the_record_covers_the_span() -> None:
    rows = [row(0, at_s=-31 * 86400.0), *(row(n, at_s=n * 60.0) for n in range(1, 4))]
    found = performance(rows, catalogue(), (NOON - 30 * DAY, NOON + 600 * NS))
    assert found is not None
    assert found.days > 30.0
    assert found.rows == 3
    assert found.report.whole.figure(KpiName.PER_DAY).verdict is Verdict.TARGET


def test_chattering_alarm_stands_in_the_worklist() -> None:
    rows = [row(n, at_s=n * 10.0, lasts_s=4.0) for n in range(12)]
    found = performance(rows, catalogue(), (NOON - DAY, NOON + DAY))
    assert found is not None
    assert found.worklist[0].kinds[0] is NuisanceKind.CHATTERING
    assert found.worklist[0].score == 12


def test_nothing_on_record_is_nothing_to_show() -> None:
    assert performance([], catalogue(), (NOON, NOON + DAY)) is None
    assert performance([row(1, at_s=2 * 86400.0)], catalogue(), (NOON, NOON + DAY)) is None


def test_pages_are_fetched_until_the_record_is_whole(live_office: Office, qtbot: QtBot) -> None:
    sent: list[Message] = []
    live_office.occurrences.attach(sent.append)
    desk = PerformanceDesk(live_office)
    found = heard(desk.computed)
    rows = [row(n, at_s=n * 60.0) for n in range(6)]
    desk.look(NOON, NOON + DAY)
    first = sent.pop()
    assert isinstance(first, QueryOccurrences)
    assert (first.end, first.limit) == (NOON + DAY, PAGE)
    assert first.start < NOON
    live_office.occurrences.receive(
        OccurrencesReply(request=first.request, rows=tuple(rows[3:]), truncated=True)
    )
    second = sent.pop()
    assert isinstance(second, QueryOccurrences)
    assert second.end == rows[3].at_event + 1
    live_office.occurrences.receive(OccurrencesReply(request=second.request, rows=tuple(rows[:4])))
    qtbot.waitUntil(lambda: len(found) == 1)
    assert isinstance(found[0], Performance)
    assert found[0].rows == 6
    assert not found[0].cut


def test_page_that_brings_nothing_new_ends_the_search(live_office: Office, qtbot: QtBot) -> None:
    sent: list[Message] = []
    live_office.occurrences.attach(sent.append)
    desk = PerformanceDesk(live_office)
    found = heard(desk.computed)
    desk.look(NOON, NOON + DAY)
    for _ in range(2):
        asked = sent.pop()
        assert isinstance(asked, QueryOccurrences)
        reply = OccurrencesReply(request=asked.request, rows=(row(1), row(2)), truncated=True)
        live_office.occurrences.receive(reply)
    qtbot.waitUntil(lambda: len(found) == 1)
    assert found[0].cut
    assert sent == []


def test_refusal_is_told_and_another_look_gives_up_the_first(live_office: Office, qtbot: QtBot) -> None:
    sent: list[Message] = []
    live_office.occurrences.attach(sent.append)
    desk = PerformanceDesk(live_office)
    failures, found = heard(desk.failed), heard(desk.computed)
    desk.look(NOON, NOON + DAY)
    desk.look(NOON, NOON + 2 * DAY)
    old, new = (message.request for message in sent if isinstance(message, QueryOccurrences))
    live_office.occurrences.receive(OccurrencesReply(request=old, rows=(row(1),)))
    assert found == []
    live_office.occurrences.receive(OccurrencesReply(request=new, rows=(), reason="BUSY"))
    assert failures == ["BUSY"]
    desk.look(NOON, NOON + DAY)
    last = sent[-1]
    assert isinstance(last, QueryOccurrences)
    live_office.occurrences.receive(OccurrencesReply(request=last.request, rows=()))
    assert found == [None]


def test_without_a_record_beside_it_nothing_is_tried(live_office: Office) -> None:
    desk = PerformanceDesk(live_office)
    assert not desk.can_try
    desk.try_change("p1.high.deadband=1", (0, 1))
    assert desk.trying == ""


def test_last_days_end_now() -> None:
    assert last_days(1.5, NOON) == (NOON - DAY - DAY // 2, NOON)


def test_shifts_of_the_site_have_figures_of_their_own() -> None:
    """Item 9: per area and shift."""
    shifts = (
        Shift(id="day", name=Text("주간조", "Day shift"), start="09:00", end="18:00"),
        Shift(id="night", name=Text("야간조", "Night shift"), start="18:00", end="09:00"),
    )
    made = Catalogue(msgspec.structs.replace(SITE, shifts=shifts))
    found = performance([row(n, at_s=n * 3600.0) for n in range(24)], made, (NOON, NOON + DAY))
    assert found is not None
    counts = {name: kpis.alarms for name, kpis in found.report.by_shift.items()}
    assert set(counts) == {"day", "night"}
    assert sum(counts.values()) == 24
    assert sum(kpis.alarms for kpis in found.report.by_area.values()) == 24
