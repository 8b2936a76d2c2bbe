"""Standing and chattering alarms, freezing, filters that a critical alarm breaks through, and shifts."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt

from console.core.alarm.facts import AlarmFact, AlarmState, OccurrenceRow
from console.core.site import Shift
from console.desk.models.alarm_recall import AlarmRecall
from console.desk.models.alarm_rows import AlarmColumn, AlarmFilter, AlarmList
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.occurrences import OccurrencePage
from console.desk.office import Office
from console.desk.shifts import shift_end
from console.wire.messages import QueryOccurrences
from tests.client.small_city import ACKED, NOON, NORMAL, NS, SITE, UNACKED, alarm, big_catalogue
from tests.desk.heard import heard

HOUR = 3600 * NS
REPLACE = msgspec.structs.replace


class Clock:
    """UTC ns by hand."""

    def __init__(self) -> None:
        self.now = NOON + 180 * NS

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(office: Office, clock: Clock) -> AlarmTableModel:
    return AlarmTableModel(office.alarms, office.catalogue, office.speech, clock)


def shown(model: AlarmTableModel) -> list[int]:
    return [model.fact(row).alarm for row in range(model.rowCount())]


def burst(index: int, *seconds: float) -> list[AlarmFact]:
    """Activations of one alarm at these seconds after noon, each returned to normal after half a second."""
    facts: list[AlarmFact] = []
    for number, at in enumerate(seconds):
        facts += [alarm(index, UNACKED, 3, at, f"occ{number}"), alarm(index, NORMAL, 3, at, f"occ{number}")]
    return facts


def test_three_activations_within_sixty_seconds_are_chattering(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-67: both ends of the minute count; the alarm stays in the list whatever its state is."""
    office.alarms.push(burst(0, 10, 40, 70))
    office.alarms.push(burst(1, 10, 40, 70.1))
    assert table.watch.chattering == {0}
    table.set_filter(AlarmFilter(which=AlarmList.CHATTERING))
    assert shown(table) == [0]


def test_changes_of_one_occurrence_are_not_activations(office: Office, table: AlarmTableModel) -> None:
    for state in (UNACKED, ACKED, UNACKED, ACKED):
        office.alarms.push([alarm(0, state, 3, 10, "same")])
    assert table.watch.chattering == set()


def test_chattering_ends_ten_minutes_after_the_last_activation(
    office: Office, table: AlarmTableModel, clock: Clock
) -> None:
    office.alarms.push(burst(0, 10, 20, 30))
    table.set_filter(AlarmFilter(which=AlarmList.CHATTERING))
    clock.now = NOON + 631 * NS
    table.tick()
    assert table.watch.chattering == set()
    assert table.rowCount() == 0


def test_activations_of_the_journal_count_but_not_those_a_person_made(table: AlarmTableModel) -> None:
    """ALARMS.md 1.7: chattering is not caused by operator action."""
    rows = [
        OccurrenceRow(
            alarm=index,
            occurrence=f"{n}",
            priority=3,
            at_event=NOON + n * NS,
            at_annunciated=1,
            by_operator=person,
        )
        for index, person in ((0, False), (1, True))
        for n in (10, 20, 30)
    ]
    table.watch.remember(rows)
    assert table.watch.chattering == {0}


def test_what_came_before_the_console_opened_is_asked_of_the_journal(
    live_office: Office, clock: Clock
) -> None:
    """The last activation is in the snapshot, those before it only in the journal."""
    sent: list[QueryOccurrences] = []
    live_office.occurrences.attach(sent.append)  # type: ignore[arg-type]
    model = AlarmTableModel(live_office.alarms, live_office.catalogue, live_office.speech, clock)
    live_office.alarms.push([alarm(0, UNACKED, 3, 30, "third")])
    AlarmRecall(live_office, model.watch, clock)
    (asked,) = sent
    assert (asked.start, asked.end) == (clock.now - 660 * NS, clock.now)
    rows = tuple(
        OccurrenceRow(alarm=0, occurrence=f"{n}", priority=3, at_event=NOON + n * NS, at_annunciated=1)
        for n in (10, 20, 30)
    )
    live_office.occurrences.page_arrived.emit(OccurrencePage(asked.request, rows))
    assert model.watch.chattering == {0}


def test_rows_of_an_area_in_maintenance_say_so(office: Office, table: AlarmTableModel) -> None:
    """ALM-30: visible in place."""
    office.alarms.push([alarm(0), alarm(4, at_s=-9)])
    table.set_maintained({"eco"})
    assert [table.index(row, AlarmColumn.MARK).data() for row in range(2)] == ["", "Maintenance"]


def test_alarm_that_stands_for_more_than_a_day_is_stale(
    office: Office, table: AlarmTableModel, clock: Clock
) -> None:
    """ALM-67, ALARMS.md 1.7."""
    office.alarms.push([alarm(0, ACKED, 3), alarm(1, ACKED, 3, at_s=60)])
    table.set_filter(AlarmFilter(which=AlarmList.STALE))
    told = heard(table.watch.watch_changed)
    clock.now = NOON + 24 * HOUR
    table.tick()
    assert shown(table) == []
    clock.now += 2
    table.tick()
    assert shown(table) == [0]
    assert told == [(0,)]
    office.alarms.push([alarm(0, NORMAL, 3)])
    assert shown(table) == []


def test_alarm_of_missing_data_is_stale_at_once(office: Office, table: AlarmTableModel) -> None:
    """ALM-09, ALM-10."""
    office.alarms.push([REPLACE(alarm(0), condition="stale", quality=4, value=4.0)])
    assert table.watch.stale == {0}
    assert table.index(0, AlarmColumn.TYPE).data() == "No data"
    assert "m" not in str(table.index(0, AlarmColumn.VALUE).data()).split()


def test_frozen_rows_stand_still_and_go_on_by_themselves(
    office: Office, table: AlarmTableModel, clock: Clock
) -> None:
    """ALM-66: the age is shown, and after 60 s the list goes on."""
    office.alarms.push([alarm(0, UNACKED, 3)])
    table.freeze.begin()
    office.alarms.push([alarm(1, UNACKED, 1), alarm(0, ACKED, 3)])
    assert shown(table) == [0]
    assert table.fact(0).state == ACKED
    assert table.new_count == 1
    clock.now += 23 * NS
    assert table.freeze.age_s == 23
    timer = table.freeze._timer
    assert 0 < timer.interval() <= 60_000
    timer.timeout.emit()
    assert shown(table) == [1, 0]
    assert not table.freeze.on


def test_leaving_the_rows_with_the_pointer_does_not_end_a_freeze(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-66."""
    office.alarms.push([alarm(0, UNACKED, 3)])
    table.freeze.begin()
    table.set_held(True)
    office.alarms.push([alarm(1, UNACKED, 1)])
    table.set_held(False)
    assert shown(table) == [0]
    table.freeze.end()
    assert shown(table) == [1, 0]


def test_unacknowledged_critical_alarm_breaks_through_every_filter(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-64."""
    office.alarms.push([alarm(0, UNACKED, 1), alarm(1, UNACKED, 2), alarm(2, ACKED, 1), alarm(4, UNACKED, 3)])
    table.set_filter(AlarmFilter(text="myeongji"))
    assert shown(table) == [0, 4]
    assert (table.through_count, table.hidden_count) == (1, 2)
    office.alarms.push([alarm(0, ACKED, 1)])
    assert shown(table) == [4]
    assert (table.through_count, table.hidden_count) == (0, 3)


def test_marks_say_first_out_repeats_and_what_follows_what(office: Office, table: AlarmTableModel) -> None:
    """ALM-26, ALARMS.md 1.6: first-out and count."""
    office.alarms.push(
        [
            REPLACE(alarm(0), first_out=True, repeat_count=2),
            REPLACE(alarm(1, at_s=-5), cause=0, escalated=True),
        ]
    )
    assert table.index(0, AlarmColumn.MARK).data() == "First-out · ×3"
    assert table.index(1, AlarmColumn.MARK).data() == "Supervisor called · Follows"
    tip = table.index(1, AlarmColumn.MARK).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "Caused by Suyeong station · Level high"


def test_suppressed_rows_say_who_why_since_until_and_what_was_missed(
    office: Office, table: AlarmTableModel, clock: Clock
) -> None:
    """ALM-46, ALM-67."""
    shelved = REPLACE(
        alarm(0, AlarmState(cond=True, shelf="timed")),  # type: ignore[arg-type]
        shelved_by="hong",
        shelf_reason="Sensor fault",
        at_shelved=NOON,
        at_unshelve=NOON + HOUR,
        suppressed_activations=4,
    )
    office.alarms.push([shelved])
    table.set_filter(AlarmFilter(which=AlarmList.SHELVED))
    columns = (AlarmColumn.BY, AlarmColumn.WHY, AlarmColumn.SINCE, AlarmColumn.UNTIL, AlarmColumn.MISSED)
    said = [table.index(0, column).data() for column in columns]
    assert said == ["hong", "Sensor fault", "12:00:00", "13:00:00 · 57 min left", "4"]


def test_fifty_thousand_alarms_are_all_there(office: Office) -> None:
    """ALM-61: no row is left out; ALM-62: one sort for a batch of thousands."""
    office.catalogue.push(big_catalogue(25_000))
    model = AlarmTableModel(office.alarms, office.catalogue, office.speech)
    orders: list[int] = []

    def ordered() -> None:
        orders.append(1)

    model.layoutChanged.connect(ordered)
    inserted: list[int] = []

    def note(_parent: QModelIndex, first: int, last: int) -> None:
        inserted.append(last - first + 1)

    model.rowsInserted.connect(note)
    office.alarms.push([alarm(i, UNACKED, 1 + i % 4, at_s=i % 977) for i in range(50_000)])
    assert model.rowCount() == 50_000
    assert inserted == [50_000]
    assert len(orders) <= 1
    began = time.perf_counter()
    office.alarms.push([alarm(i, ACKED, 1 + i % 4, at_s=i % 977) for i in range(0, 50_000, 25)])
    assert time.perf_counter() - began < 2.0
    assert {model.fact(row).alarm for row in range(50_000)} == set(range(50_000))


@pytest.mark.parametrize(("hour", "ends_in_h"), [(12.0, 6.0), (18.0, 12.0), (17.5, 0.5)])
def test_end_of_shift_is_that_of_the_shift_that_is_on(hour: float, ends_in_h: float) -> None:
    """ALM-12, ALM-40: half open, over midnight."""
    from console.core.words import Text

    shifts = (
        Shift(id="day", name=Text("주간", "Day"), start="06:00", end="18:00"),
        Shift(id="night", name=Text("야간", "Night"), start="18:00", end="06:00"),
    )
    now = NOON + int((hour - 12) * HOUR)
    assert shift_end(REPLACE(SITE, shifts=shifts), now) == now + int(ends_in_h * HOUR)
    assert shift_end(SITE, now) is None
