"""Notification of people outside the room (ALM-29): alarms are grouped by receiver and area, and told at least once.

A group waits for its first notification, so that one trouble is one message; what has returned before is not told.
Later news wait for the interval, a standing group is told again after the repeat time. A delivery that fails is tried
again, with what has become of its alarms since; after a restart what was told is known, and what was not is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from console.core.alarm.facts import AlarmFact
from console.core.batch import NS
from console.core.catalogue import AlarmPoint
from console.core.notification import Receiver

RETRY_S = 5.0
RETRY_MAX_S = 300.0
RETURNED = "returned"
SUPPRESSED = "suppressed"


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence as it is told: `key` is `asset.alarm`, `at` UTC ns of the event, `ended` empty while it stands."""

    key: str
    occurrence: str
    priority: int
    at: int
    level: int = 0
    value: float = 0.0
    ended: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one receiver is to be told now. A notice with an `id` that came before is a repetition of that one."""

    id: str
    receiver: str
    area: str
    firing: tuple[NoticeLine, ...]
    ended: tuple[NoticeLine, ...]
    repeat: bool = False
    attempt: int = 1


class ToldFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver knows of an area; kept over a restart. `at` is UTC ns of the last delivery, 0 for none."""

    receiver: str
    area: str
    number: int
    """Notices so far."""
    at: int
    lines: tuple[NoticeLine, ...]
    tried: tuple[NoticeLine, ...] = ()
    """Lines of a notice that could not be delivered yet."""


class _Group:
    """One receiver and area: what stands, what was told, and when to look next."""

    def __init__(self, receiver: Receiver, area: str, number: int) -> None:
        self.receiver = receiver
        self.area = area
        self.number = number
        self.standing: dict[str, NoticeLine] = {}
        self.told: dict[str, NoticeLine] = {}
        self.tried: dict[str, NoticeLine] = {}
        self.gone: dict[str, str] = {}
        self.told_at: float | None = None
        self.told_at_utc = 0
        self.next = 0.0
        self.sent: Notice | None = None
        self.failures = 0

    @property
    def idle(self) -> bool:
        return not (self.standing or self.told or self.tried or self.sent)

    def news(self, now: float) -> bool:
        """Whether there is anything to say."""
        if self.failures:
            return True
        known = {key: (line.occurrence, line.priority) for key, line in self.told.items()}
        here = {key: (line.occurrence, line.priority) for key, line in self.standing.items()}
        return known != here or self._repeats(now)

    def compose(self, now: float) -> Notice:
        owed = {**self.told, **self.tried}
        ended = tuple(
            msgspec.structs.replace(line, ended=self.gone.get(key, RETURNED))
            for key, line in owed.items()
            if key not in self.standing
        )
        number = self.number + 1
        self.sent = Notice(
            id=f"{self.receiver.id}/{self.area}/{number}",
            receiver=self.receiver.id,
            area=self.area,
            firing=tuple(self.standing.values()),
            ended=ended,
            repeat=self._repeats(now),
            attempt=self.failures + 1,
        )
        return self.sent

    def fact(self) -> ToldFact:
        lines, tried = tuple(self.told.values()), tuple(self.tried.values())
        return ToldFact(
            receiver=self.receiver.id,
            area=self.area,
            number=self.number,
            at=self.told_at_utc,
            lines=lines,
            tried=tried,
        )

    def _repeats(self, now: float) -> bool:
        since = self.told_at
        return bool(self.standing) and since is not None and now - since >= self.receiver.repeat_s


class Notifier:
    """All groups of a site. Every notice that `expire` gives is answered by `delivered` or `failed`."""

    def __init__(self, receivers: Sequence[Receiver], points: Sequence[AlarmPoint]) -> None:
        self._receivers = receivers
        self._points = points
        self._groups: dict[tuple[str, str], _Group] = {}
        # A receiver that knows an id drops what comes with it again: no number is ever used twice.
        self._numbers: dict[tuple[str, str], int] = {}

    def restore(self, told: Iterable[ToldFact], facts: Iterable[AlarmFact], now: float, at: int) -> None:
        """Takes up what was told before a restart, and what stands; receivers that are gone are left out."""
        receivers = {receiver.id: receiver for receiver in self._receivers}
        for fact in told:
            receiver = receivers.get(fact.receiver)
            if receiver is None:
                continue
            self._numbers[fact.receiver, fact.area] = fact.number
            group = self._group(receiver, fact.area, now)
            group.told_at_utc = fact.at
            group.told_at = now - max(0, at - fact.at) / NS if fact.at else None
            group.told = {line.key: line for line in fact.lines}
            group.tried = {line.key: line for line in fact.tried}
            group.failures = int(bool(fact.tried))
            since = group.told_at
            group.next = now if since is None else max(now, since + receiver.group_interval_s)
        for fact in facts:
            self.changed(fact, now, at)

    def changed(self, fact: AlarmFact, now: float, at: int) -> None:
        """An alarm as it is now; `at` is the hub's UTC ns."""
        point = self._points[fact.alarm]
        for receiver in self._receivers:
            self._judge(receiver, point, fact, now - max(0, at - fact.at_annunciated) / NS, now)

    def expire(self, now: float) -> list[Notice]:
        """Notices whose time has come."""
        found: list[Notice] = []
        for key, group in [*self._groups.items()]:
            if group.sent is not None or group.next > now:
                continue
            if group.news(now):
                found.append(group.compose(now))
            elif group.idle:
                del self._groups[key]
            else:
                group.next = now + group.receiver.group_interval_s
        return found

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return min((group.next for group in self._groups.values() if group.sent is None), default=None)

    def delivered(self, notice: Notice, now: float, at: int) -> ToldFact:
        """The receiver has it; gives what to keep."""
        group = self._groups[notice.receiver, notice.area]
        group.sent, group.failures, group.tried = None, 0, {}
        group.number += 1
        self._numbers[notice.receiver, notice.area] = group.number
        group.told = {line.key: line for line in notice.firing}
        group.gone = {key: why for key, why in group.gone.items() if key in group.told}
        group.told_at, group.told_at_utc = now, at
        group.next = now + group.receiver.group_interval_s
        return group.fact()

    def failed(self, notice: Notice, now: float) -> ToldFact:
        """The receiver has it not, as far as is known; it is tried again. Gives what to keep."""
        group = self._groups[notice.receiver, notice.area]
        group.sent = None
        group.tried.update({line.key: line for line in notice.firing})
        group.next = now + min(RETRY_S * 2.0**group.failures, RETRY_MAX_S)
        group.failures = min(group.failures + 1, 16)
        return group.fact()

    def _judge(
        self, receiver: Receiver, point: AlarmPoint, fact: AlarmFact, since: float, now: float
    ) -> None:
        area = point.asset.area
        group = self._groups.get((receiver.id, area))
        stands = fact.state.cond and not fact.state.suppressed
        if not stands:
            if group is not None and group.standing.pop(point.key, None) is not None:
                group.gone[point.key] = SUPPRESSED if fact.state.suppressed else RETURNED
            return
        known = group is not None and point.key in group.standing
        if not (known or _matches(receiver, point, fact)):
            return
        if group is None or group.idle:
            # What has been standing since before a restart has waited already.
            group = self._group(receiver, area, max(now, since + receiver.group_wait_s))
        group.gone.pop(point.key, None)
        group.standing[point.key] = NoticeLine(
            key=point.key,
            occurrence=fact.occurrence,
            priority=fact.priority,
            at=fact.at_event,
            level=fact.level,
            value=fact.value,
        )

    def _group(self, receiver: Receiver, area: str, due: float) -> _Group:
        key = (receiver.id, area)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(receiver, area, self._numbers.get(key, 0))
        group.next = due
        return group


def _matches(receiver: Receiver, point: AlarmPoint, fact: AlarmFact) -> bool:
    return (
        (not receiver.priorities or fact.priority in receiver.priorities)
        and (not receiver.areas or point.asset.area in receiver.areas)
        and (not receiver.classes or point.alarm.alarm_class in receiver.classes)
    )
