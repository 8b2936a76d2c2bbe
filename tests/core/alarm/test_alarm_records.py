"""What the journal keeps of alarms, and the occurrences that are read back from it."""

from __future__ import annotations

import msgspec
from alarm_sites import WORD, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import Act, OutageOrder, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AckItem, OccurrenceRow, RtnCause
from console.core.alarm.records import OccurrenceReader, record_of
from console.core.batch import NS
from console.core.journal import Record, RecordKind
from console.core.site import AlarmDef, AlarmLevel

LADDER = alarm(
    "ladder", realarm_min=1.0, latching=True, levels=(AlarmLevel(limit=90.0, priority=2, label=WORD),)
)


class Book:
    """An engine with its journal."""

    def __init__(self, definition: AlarmDef = LADDER) -> None:
        self.engine = AlarmEngine(catalogue_of(definition), ulids())
        self.records: list[Record] = []

    def says(self, value: float, at: float) -> None:
        self.engine.samples(row(value, at), at, round(at * NS) + 5)
        self.write()

    def act(self, at: float) -> Act:
        return Act(who="kim", now=at, at=round(at * NS))

    def write(self) -> None:
        self.records += [record_of(event, "s1.ladder", "desk") for event in self.engine.events()]

    def ack(self, at: float) -> None:
        fact = self.engine.fact(0)
        self.engine.ack([AckItem(0, fact.occurrence, fact.priority)], self.act(at), "확인")
        self.write()

    def rows(self) -> list[OccurrenceRow]:
        reader = OccurrenceReader({"s1.ladder": 0}.get)
        for record in self.records:
            reader.add(record)
        return reader.rows()


def test_a_record_says_who_what_where_and_why() -> None:
    book = Book()
    book.says(95.0, 1.0)
    book.ack(2.0)
    act, ack = book.records
    assert (act.kind, act.what, act.old, act.new, act.who) == (
        RecordKind.ALARM,
        "ACT",
        "A_NORM",
        "B_UNACK",
        "system:process",
    )
    assert act.fields["level"] == "1"
    assert act.fields["annunciated"] == str(NS + 5)
    assert (ack.what, ack.who, ack.station, ack.fields["reason"]) == ("ACK", "kim", "desk", "확인")
    assert "annunciated" not in ack.fields


def test_an_occurrence_is_read_from_its_beginning_to_its_end() -> None:
    book = Book()
    book.says(85.0, 1.0)
    book.says(95.0, 2.0)
    book.ack(3.0)
    book.engine.expire(70.0, 70 * NS)
    book.write()
    book.ack(71.0)
    book.says(10.0, 80.0)
    (found,) = book.rows()
    assert (found.priority, found.level, found.limit, found.value) == (2, 1, 90.0, 85.0)
    assert (found.at_event, found.at_annunciated, found.at_returned) == (NS, NS + 5, 80 * NS)
    assert (found.at_acked, found.acked_by, found.comment) == (71 * NS, "kim", "확인")
    assert (found.rtn_cause, found.value_returned) == (RtnCause.RETURN_TO_NORMAL, 10.0)
    assert (found.repeat_count, found.by_operator) == (1, False)


def test_a_shelf_acknowledges_and_what_comes_back_is_by_the_operator() -> None:
    book = Book(alarm("ladder"))
    book.says(85.0, 1.0)
    book.engine.shelve(0, ShelfOrder(duration_s=60.0, reason="정비"), book.act(2.0))
    book.engine.unshelve(0, book.act(3.0))
    book.write()
    first, second = book.rows()
    assert (first.acked_by, first.comment, first.by_operator) == ("kim", "정비", False)
    assert (second.by_operator, second.at_annunciated) == (True, 3 * NS)


def test_an_activation_that_nobody_was_told_of_says_so_until_it_is_told() -> None:
    book = Book()
    book.engine.set_out_of_service(0, OutageOrder(60.0, "정비"), book.act(1.0))
    book.says(85.0, 2.0)
    book.says(10.0, 3.0)
    (hidden,) = book.rows()
    assert (hidden.at_annunciated, hidden.at_returned) == (0, 3 * NS)
    book.engine.end_out_of_service(0, book.act(4.0))
    book.write()
    (told,) = book.rows()
    assert told == msgspec.structs.replace(hidden, at_annunciated=4 * NS)


def test_what_is_no_transition_of_a_known_alarm_is_ignored() -> None:
    book = Book()
    book.says(85.0, 1.0)
    act = book.records[0]
    changed = msgspec.structs.replace
    strange = [
        changed(act, kind=RecordKind.ACT),
        changed(act, subject="gone.alarm"),
        changed(act, what="RTN", fields={"occurrence": "unknown"}),
    ]
    reader = OccurrenceReader({"s1.ladder": 0}.get)
    for record in strange:
        reader.add(record)
    assert reader.rows() == []


def test_a_record_without_numbers_is_read_as_far_as_it_goes() -> None:
    record = Record(
        sequence=1,
        at=7,
        kind=RecordKind.ALARM,
        who="system:process",
        subject="s1.ladder",
        what="ACT",
        fields={"occurrence": "x", "effects": "NEW_OCCURRENCE", "value": "much", "priority": "-"},
    )
    reader = OccurrenceReader({"s1.ladder": 0}.get)
    reader.add(record)
    (found,) = reader.rows()
    assert (found.value, found.priority, found.at_event) == (0.0, 0, 7)
