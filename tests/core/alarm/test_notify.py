"""Notification outside the room: grouped, at least once, and over a restart (ALM-29)."""

from __future__ import annotations

import msgspec
import pytest
from alarm_sites import alarm, catalogue_of

from console.core.alarm.facts import AlarmFact, AlarmState, Shelf
from console.core.alarm.notify import RETRY_MAX_S, RETRY_S, RETURNED, SUPPRESSED, Notice, Notifier
from console.core.batch import NS
from console.core.notification import Receiver, Webhook

DUTY = Receiver(id="duty", priorities=(1, 2), webhook=Webhook(url="https://x.invalid/"))
POINTS = catalogue_of(alarm("a", priority=1), alarm("b", priority=2), alarm("c", priority=4)).alarms


class Times:
    """A notifier whose two clocks run together."""

    def __init__(self, *receivers: Receiver) -> None:
        self.notifier = Notifier(receivers or (DUTY,), POINTS)
        self.now = 0.0

    def comes(self, number: int, occurrence: str = "1", priority: int | None = None) -> None:
        at = round(self.now * NS)
        self.notifier.changed(standing(number, occurrence, at, priority), self.now, at)

    def goes(self, number: int, state: AlarmState | None = None) -> None:
        at = round(self.now * NS)
        old = standing(number, "1", at)
        new = msgspec.structs.replace(old, state=state or AlarmState(acked=False))
        self.notifier.changed(new, self.now, at)

    def until(self, now: float) -> list[tuple[float, Notice]]:
        """Every notice up to a time, each delivered at once."""
        found: list[tuple[float, Notice]] = []
        while (due := self.notifier.next_deadline()) is not None and due <= now:
            self.now = max(self.now, due)
            for notice in self.notifier.expire(self.now):
                found.append((self.now, notice))
                self.notifier.delivered(notice, self.now, round(self.now * NS))
        self.now = now
        return found


def standing(number: int, occurrence: str, at: int, priority: int | None = None) -> AlarmFact:
    return AlarmFact(
        alarm=number,
        state=AlarmState(cond=True, acked=False),
        occurrence=f"{number}-{occurrence}",
        priority=priority or POINTS[number].alarm.priority,
        at_event=at,
        at_annunciated=at,
    )


def keys(notice: Notice) -> tuple[list[str], list[str]]:
    return [line.key for line in notice.firing], [line.key for line in notice.ended]


def test_one_trouble_is_one_message() -> None:
    """group_wait 30 s: what comes meanwhile is told with it."""
    times = Times()
    times.comes(0)
    assert times.until(20.0) == []
    times.comes(1)
    ((at, notice),) = times.until(200.0)
    assert (at, keys(notice), notice.area) == (30.0, (["s1.a", "s1.b"], []), "a")


def test_what_returns_before_the_wait_is_over_is_never_told() -> None:
    times = Times()
    times.comes(0)
    times.until(29.0)
    times.goes(0)
    assert times.until(9999.0) == []
    assert times.notifier.next_deadline() is None


def test_news_of_a_group_wait_for_the_interval() -> None:
    """group_interval 5 min: more of it, and what has returned."""
    times = Times()
    times.comes(0)
    times.until(40.0)
    times.comes(1)
    times.goes(0)
    ((at, notice),) = times.until(600.0)
    assert (at, keys(notice)) == (330.0, (["s1.b"], ["s1.a"]))
    assert notice.ended[0].ended == RETURNED


def test_a_standing_group_is_told_again() -> None:
    """repeat 4 h."""
    times = Times()
    times.comes(0)
    first, again = times.until(30.0 + 4 * 3600.0 + 300.0)
    assert (first[1].repeat, again[1].repeat) == (False, True)
    assert again[0] == pytest.approx(30.0 + 4 * 3600.0)
    assert again[1].id != first[1].id


def test_the_end_is_told_once_and_then_nothing() -> None:
    times = Times()
    times.comes(0)
    times.until(31.0)
    times.goes(0, AlarmState(cond=True, shelf=Shelf.TIMED))
    ((_, notice),) = times.until(99_999.0)
    assert keys(notice) == ([], ["s1.a"])
    assert notice.ended[0].ended == SUPPRESSED


def test_a_group_that_is_over_begins_anew_with_its_wait() -> None:
    times = Times()
    times.comes(0)
    times.until(31.0)
    times.goes(0)
    times.until(340.0)
    times.comes(1)
    ((at, notice),) = times.until(600.0)
    assert (at, keys(notice)) == (370.0, (["s1.b"], []))


def test_a_new_occurrence_and_a_rise_of_severity_are_news() -> None:
    times = Times()
    times.comes(1)
    times.until(31.0)
    times.comes(1, "2")
    assert len(times.until(400.0)) == 1
    times.comes(1, "2", priority=1)
    ((_, notice),) = times.until(1000.0)
    assert notice.firing[0].priority == 1


def test_only_what_matches_is_told() -> None:
    times = Times(
        DUTY,
        msgspec.structs.replace(DUTY, id="other area", areas=("b",)),
        msgspec.structs.replace(DUTY, id="other class", classes=("safety",)),
        msgspec.structs.replace(DUTY, id="all", priorities=()),
    )
    times.comes(0)
    times.comes(2)
    found = times.until(60.0)
    assert sorted((n.receiver, *keys(n)[0]) for _, n in found) == [("all", "s1.a", "s1.c"), ("duty", "s1.a")]


def test_what_rises_into_the_match_is_told_and_stays_until_its_end() -> None:
    times = Times()
    times.comes(2)
    assert times.until(60.0) == []
    times.comes(2, priority=2)
    assert len(times.until(100.0)) == 1
    times.comes(2, priority=4)
    ((_, notice),) = times.until(1000.0)
    assert keys(notice) == (["s1.c"], [])


def test_a_failed_delivery_is_tried_again_ever_more_slowly() -> None:
    """At least once: the same notice id until it is delivered."""
    times = Times()
    times.comes(0)
    now, waits, ids = 30.0, list[float](), set[str]()
    for attempt in range(1, 9):
        (notice,) = times.notifier.expire(now)
        assert notice.attempt == attempt
        ids.add(notice.id)
        times.notifier.failed(notice, now)
        due = times.notifier.next_deadline()
        assert due is not None
        waits.append(due - now)
        now = due
    assert waits[:4] == [RETRY_S, 2 * RETRY_S, 4 * RETRY_S, 8 * RETRY_S]
    assert waits[-1] == RETRY_MAX_S
    assert ids == {"duty/a/1"}


def test_what_ends_while_nobody_can_be_reached_is_still_told() -> None:
    """A duplicate rather than a loss: the person learns that there was an alarm."""
    times = Times()
    times.comes(0)
    (notice,) = times.notifier.expire(30.0)
    times.notifier.failed(notice, 30.0)
    times.now = 31.0
    times.goes(0)
    ((_, notice),) = times.until(99.0)
    assert keys(notice) == ([], ["s1.a"])
    assert times.until(99_999.0) == []


def test_while_a_notice_is_on_its_way_no_other_is_made() -> None:
    times = Times()
    times.comes(0)
    (notice,) = times.notifier.expire(30.0)
    times.comes(1)
    assert times.notifier.expire(9999.0) == []
    times.notifier.delivered(notice, 40.0, 40 * NS)
    ((at, notice),) = times.until(600.0)
    assert (at, keys(notice)) == (340.0, (["s1.a", "s1.b"], []))


def test_a_restart_keeps_what_was_told_and_what_is_owed() -> None:
    before = Times()
    before.comes(0)
    (notice,) = before.notifier.expire(30.0)
    told = before.notifier.delivered(notice, 30.0, 30 * NS)
    after = Notifier((DUTY,), POINTS)
    # Alarm 0 returned while the hub was down; alarm 1 came 10 s before it went down and was never told.
    after.restore([told], [standing(1, "1", 90 * NS)], 5.0, 100 * NS)
    assert after.next_deadline() == pytest.approx(235.0)
    (notice,) = after.expire(235.0)
    assert (notice.id, *keys(notice)) == ("duty/a/2", ["s1.b"], ["s1.a"])


def test_a_restart_does_not_tell_the_same_again_nor_begin_the_wait_anew() -> None:
    before = Times()
    before.comes(0)
    (notice,) = before.notifier.expire(30.0)
    told = before.notifier.delivered(notice, 30.0, 30 * NS)
    same = Notifier((DUTY,), POINTS)
    same.restore([told], [standing(0, "1", 0)], 5.0, 1000 * NS)
    assert same.expire(5.0) == []
    fresh = Notifier((DUTY,), POINTS)
    fresh.restore([], [standing(0, "1", 80 * NS)], 5.0, 100 * NS)
    assert fresh.next_deadline() == pytest.approx(15.0)


def test_a_notice_that_failed_before_a_restart_is_tried_after_it() -> None:
    before = Times()
    before.comes(0)
    (notice,) = before.notifier.expire(30.0)
    owed = before.notifier.failed(notice, 30.0)
    after = Notifier((DUTY,), POINTS)
    after.restore([owed], [], 5.0, 100 * NS)
    (notice,) = after.expire(5.0)
    assert keys(notice) == ([], ["s1.a"])


def test_receivers_that_are_gone_are_forgotten() -> None:
    before = Times()
    before.comes(0)
    (notice,) = before.notifier.expire(30.0)
    told = before.notifier.delivered(notice, 30.0, 30 * NS)
    after = Notifier((), POINTS)
    after.restore([told], [standing(0, "1", 0)], 0.0, 0)
    assert after.next_deadline() is None


def test_no_notice_has_the_number_of_another() -> None:
    """A receiver that has seen an id may drop it: it is a repetition, never news."""
    times = Times()
    seen: list[str] = []
    for start in (0.0, 10_000.0, 20_000.0):
        times.until(start)
        times.comes(0)
        seen += [notice.id for _, notice in times.until(start + 40.0)]
        times.goes(0)
        seen += [notice.id for _, notice in times.until(start + 9_000.0)]
    assert len(seen) == len(set(seen)) == 6
