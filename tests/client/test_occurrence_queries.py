"""Questions for occurrences: answered once, given up in time; modes are replaced whole."""

from __future__ import annotations

from console.client.occurrence_facts import LINK_LOST, NO_ANSWER, OccurrencePage
from console.client.occurrences import OccurrenceQueries
from console.client.store import Store
from console.core.alarm.facts import FloodFact, MaintenanceFact, OccurrenceRow
from console.wire.messages import AlarmModesChanged, OccurrencesReply
from tests.client.small_city import catalogue

ROW = OccurrenceRow(alarm=1, occurrence="01A", priority=2)
MAINTENANCE = MaintenanceFact(area="north", by="hong", since=1, until=9, reason="pump")


def test_answer_is_given_once_with_all_it_says() -> None:
    queries = OccurrenceQueries()
    queries.sent("r1", 0.0)
    reply = OccurrencesReply(request="r1", rows=(ROW,), truncated=True)
    assert queries.answered(reply) == OccurrencePage("r1", (ROW,), truncated=True)
    assert queries.answered(reply) is None
    assert len(queries) == 0


def test_overdue_question_is_given_up_and_its_late_answer_dropped() -> None:
    queries = OccurrenceQueries(timeout_s=10.0)
    queries.sent("r1", 0.0)
    queries.sent("r2", 5.0)
    assert queries.expire(9.9) == []
    assert queries.expire(10.0) == [OccurrencePage("r1", reason=NO_ANSWER)]
    assert queries.answered(OccurrencesReply(request="r1", rows=())) is None
    assert queries.lost() == [OccurrencePage("r2", reason=LINK_LOST)]


def test_modes_replace_what_was_known_and_are_told() -> None:
    """ALM-30: maintenance ends on screen when the hub no longer names it."""
    store = Store()
    flood = FloodFact(active=True, since=5, count=37, peak=22)
    store.apply(AlarmModesChanged(sequence=1, maintenance=(MAINTENANCE,), flood=flood))
    assert store.take_changes().modes
    assert store.mirror.maintenance == {"north": MAINTENANCE}
    assert store.mirror.flood == flood
    store.apply(AlarmModesChanged(sequence=2, maintenance=(), flood=FloodFact()))
    assert not store.mirror.maintenance
    assert not store.mirror.flood.active
    assert store.take_changes().modes
    assert not store.take_changes().modes


def test_new_site_forgets_the_modes_of_the_old_one() -> None:
    store = Store()
    flood = FloodFact(active=True, count=11)
    store.apply(AlarmModesChanged(sequence=1, maintenance=(MAINTENANCE,), flood=flood))
    store.mirror.set_catalogue(catalogue())
    assert not store.mirror.maintenance
    assert not store.mirror.flood.active
