"""A scripted day of alarms over a real journal, told step by step, and killed at a chosen durable operation (TST-04).

python crash_scenario.py FOLDER POINT PHASE: PHASE `within` dies inside the transaction, `after` when it is on disk and
nobody has been answered. POINT 0 lives to the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from hub_room import small_site

import console.hub.journal as journal_room
from console.core.alarm.acts import OutageOrder, ShelfOrder
from console.core.alarm.facts import AckItem, AlarmFact
from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.site import Inhibition, Matcher, Site
from console.core.words import Text
from console.hub.alarms import AlarmService
from console.hub.backbone.local import LocalBackbone
from console.hub.journal import Journal
from console.hub.person import Person
from console.hub.ring import EventRing

KIM = Person("kim", "s1")
BEGIN_AT = 1_800_000_000
LEVELS = (0, 3, 6)
"""Tag of the level of each pump."""
HIGH = (0, 2, 4)
LOW = (1, 3, 5)


class Clock:
    """One second a step."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    def at(self) -> int:
        return BEGIN_AT * NS + round(self.seconds * NS)


def site() -> Site:
    """Three pumps; while pump 0 is high, the low alarm of pump 1 is hidden by design."""
    rule = Inhibition(
        id="r",
        label=Text("r", "r"),
        source=Matcher(asset="a0", alarm="high"),
        target=Matcher(asset="a1", alarm="low"),
    )
    return msgspec.structs.replace(small_site(), inhibitions=(rule,))


class Day:
    """The alarm service over a journal, and the steps of the script."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.journal = Journal(folder / "journal.db")
        self.ring = EventRing()
        self.service = AlarmService(Catalogue(site()), LocalBackbone(self.journal, folder), self.ring, clock)
        self.values: dict[int, float] = {}

    async def level(self, pump: int, value: float) -> None:
        self.values[LEVELS[pump]] = value
        self.feed({LEVELS[pump]: value})
        await self.service.settled()

    def feed(self, values: dict[int, float]) -> None:
        tags, at = sorted(values), self.clock.at()
        self.service.samples(batch_of(tags, [at] * len(tags), [values[tag] for tag in tags], [0] * len(tags)))

    def fact(self, alarm: int) -> AlarmFact | None:
        return next((fact for fact in self.service.facts() if fact.alarm == alarm), None)

    async def ack(self, alarm: int) -> None:
        fact = self.fact(alarm)
        item = AckItem(alarm, fact.occurrence, fact.priority) if fact else AckItem(alarm, "none", 2)
        await self.service.ack([item], KIM, "확인")

    def steps(self) -> list[Callable[[], Awaitable[object]]]:
        """The script; each step ends when it is durable or answered."""
        service, order = self.service, OutageOrder(3600.0, "정비")
        shelf = ShelfOrder(duration_s=900.0, reason="점검")
        return [
            lambda: self.level(0, 90.0),
            lambda: self.ack(HIGH[0]),
            lambda: self.level(1, 95.0),
            lambda: service.shelve(HIGH[1], shelf, KIM),
            lambda: self.level(1, 5.0),
            lambda: self.level(2, 5.0),
            lambda: service.set_out_of_service(LOW[2], order, KIM),
            lambda: service.start_maintenance("a", order, KIM),
            lambda: self.level(0, 50.0),
            lambda: self.level(0, 90.0),
            lambda: service.unshelve(HIGH[1], KIM),
            lambda: service.end_maintenance("a", KIM),
            lambda: service.end_out_of_service(LOW[2], KIM),
            lambda: self.ack(99),
            lambda: self.ack(LOW[2]),
        ]

    def picture(self) -> dict[str, object]:
        """Everything that must survive, without times and ids."""
        facts = sorted(self.service.facts(), key=lambda fact: fact.alarm)
        return {
            "facts": [
                [f.alarm, str(f.state.letter), msgspec.to_builtins(f.state), f.acked_by, *_hidden(f)]
                for f in facts
            ],
            "maintenance": [[m.area, m.by, m.since, m.until, m.reason] for m in self.service.maintenance()],
        }

    def occurrences(self) -> dict[str, str]:
        """Present or last occurrence of each alarm that is not normal."""
        return {str(fact.alarm): fact.occurrence for fact in self.service.facts()}


def _hidden(fact: AlarmFact) -> tuple[str, str, str, int]:
    return fact.shelved_by, fact.oos_by, fact.suppressed_by, fact.suppressed_activations


async def live(day: Day, tell: Callable[[dict[str, object]], None]) -> None:
    """The whole script."""
    await day.service.restore()
    recording = asyncio.create_task(day.service.run(), name="record")
    for number, step in enumerate(day.steps()):
        day.clock.seconds += 1.0
        tell({"begin": number})
        await step()
        tell({"done": number, "picture": day.picture(), "occurrences": day.occurrences()})
    recording.cancel()


def die_at(point: int, phase: str) -> None:
    """Arrange for this process to be killed at its `point`-th durable operation."""
    applied, answered = journal_room._apply, journal_room._answer  # pyright: ignore[reportPrivateUsage]
    count = 0

    def apply(*given: object) -> object:
        nonlocal count
        count += 1
        head = applied(*given)  # pyright: ignore[reportArgumentType]
        if phase == "within" and count == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return head

    def answer(*given: object) -> None:
        if phase == "after" and count == point:
            os.kill(os.getpid(), signal.SIGKILL)
        answered(*given)  # pyright: ignore[reportArgumentType]

    journal_room._apply = apply  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]
    journal_room._answer = answer  # pyright: ignore[reportPrivateUsage]


def say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    die_at(int(sys.argv[2]), sys.argv[3])
    asyncio.run(live(Day(Path(sys.argv[1]), Clock()), say))
