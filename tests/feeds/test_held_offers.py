"""Values of points that wait for their tags: held back, handed on, and never told after the connection is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import pytest
from feed_stage import CATALOGUE, HandClock, HubBook, feed_def

from console.core.discovery import Offer, ValueKind
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.health import FeedHealth
from console.feeds.intake import Intake
from console.feeds.mapping import FeedMapping, GrownRoute

pytestmark = pytest.mark.expects_log("feed")
NEW = 40
"""Number of the first grown tag."""


class Hub(HubBook):
    """A hub that also takes offers."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[tuple[list[Offer], list[str]]] = []
        self.words: list[dict[tuple[str, str], list[str]]] = []

    def offered(self, feed: str, offers: Sequence[Offer], whole: Sequence[str]) -> None:
        """As OfferReceiver."""
        self.offers.append((list(offers), list(whole)))

    def learned(self, feed: str, words: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """As OfferReceiver."""
        self.words.append({key: list(said) for key, said in words.items()})

    def rows(self) -> list[tuple[int, float, int]]:
        """Tags, values and qualities in order."""
        return [
            (int(tag), float(value), int(quality))
            for batch in self.batches
            for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True)
        ]


class Stage:
    """An intake with the mapping it feeds."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.clock = HandClock()
        self.mapping = FeedMapping(CATALOGUE, feed_def("sparkplug", "ws://h"))
        health = FeedHealth("feed", 5.0, 60.0, self.clock.at())
        self.intake = Intake("feed", self.mapping, health, self.hub, self.clock)

    def say(self, path: str, value: float | bool | str) -> None:
        """One value of the press."""
        self.intake.readings([Reading("press", path, value)])
        self.intake.flush()

    def grow(self, path: str, kind: ValueKind = ValueKind.NUMBER, tag: int = NEW, **more: object) -> None:
        """The hub has made a tag."""
        self.mapping.grow([GrownRoute(source="press", path=path, tag=tag, kind=kind, **more)])  # type: ignore[arg-type]
        self.intake.settle([("press", path)])


def offer(path: str, kind: ValueKind = ValueKind.NUMBER, source: str = "press") -> Offer:
    return Offer(source=source, path=path, kind=kind)


def staged(scene: Callable[[Stage], None]) -> Callable[[], None]:
    """The scene in a loop, for an intake has a timer."""

    def test() -> None:
        async def run() -> None:
            scene(Stage())

        asyncio.run(run())

    test.__doc__ = scene.__doc__
    return test


@staged
def test_the_last_value_of_a_birth_is_taken_once_its_point_has_a_tag(stage: Stage) -> None:
    stage.intake.offered([offer("temp"), offer("level", source="p1")], ["press"])
    # What the profile maps is no news.
    assert stage.hub.offers == [([offer("temp")], ["press"])]
    stage.say("temp", 1.0)
    stage.say("temp", 2.0)
    assert stage.hub.rows() == []
    assert stage.intake.fact().unknown == 0
    stage.grow("temp")
    assert stage.hub.rows() == [(NEW, 2.0, 0)]
    stage.say("temp", 3.0)
    assert stage.hub.rows()[-1] == (NEW, 3.0, 0)


@staged
def test_a_point_that_is_not_taken_is_unknown_from_then_on(stage: Stage) -> None:
    stage.intake.offered([offer("temp")])
    stage.say("temp", 1.0)
    stage.intake.settle([("press", "temp")])
    stage.say("temp", 2.0)
    assert stage.intake.fact().unknown == 2
    assert stage.hub.rows() == []


@staged
def test_what_was_held_when_the_connection_went_is_never_told(stage: Stage) -> None:
    stage.intake.offered([offer("temp")])
    stage.say("temp", 1.0)
    stage.intake.let_go()
    stage.grow("temp")
    assert stage.hub.rows() == []


@staged
def test_a_point_that_changes_its_kind_waits_for_its_new_tag(stage: Stage) -> None:
    stage.intake.offered([offer("mode")])
    stage.grow("mode")
    stage.intake.offered([offer("mode", ValueKind.TEXT)])
    stage.say("mode", "hot")
    assert stage.intake.fact().malformed == 0
    stage.grow("mode", ValueKind.TEXT, NEW + 1, words={"hot": 0.0})
    assert stage.hub.rows() == [(NEW + 1, 0.0, 0)]


@staged
def test_a_new_word_waits_until_it_has_a_number(stage: Stage) -> None:
    stage.grow("mode", ValueKind.TEXT, words={"auto": 0.0})
    stage.intake.readings([Reading("press", "mode", word) for word in ("auto", "hand", "off")])
    stage.intake.flush()
    assert stage.hub.words == [{("press", "mode"): ["hand", "off"]}]
    # Nothing of it is told out of its turn.
    stage.say("mode", "auto")
    assert stage.hub.rows() == [(NEW, 0.0, 0)]
    stage.grow("mode", ValueKind.TEXT, words={"auto": 0.0, "hand": 1.0, "off": 2.0})
    assert stage.hub.rows() == [(NEW, 0.0, 0), (NEW, 0.0, 0)]
    stage.say("mode", "off")
    assert stage.hub.rows()[-1] == (NEW, 2.0, 0)
    stage.grow("mode", ValueKind.TEXT, words={"auto": 0.0}, other=32.0)
    stage.say("mode", "whatever")
    assert stage.hub.rows()[-1] == (NEW, 32.0, 0)
    assert stage.intake.fact().malformed == 0


@staged
def test_a_flag_and_a_wrong_value_are_told_as_they_are(stage: Stage) -> None:
    stage.grow("run", ValueKind.FLAG)
    stage.say("run", True)
    stage.say("run", "yes")
    assert stage.hub.rows()[0] == (NEW, 1.0, 0)
    assert stage.hub.rows()[1][2] == int(Quality.BAD)
    assert stage.intake.fact().malformed == 1


@staged
def test_rhythm_is_learned_of_what_the_profile_maps_alone(stage: Stage) -> None:
    stage.grow("temp")
    stage.say("temp", 1.0)
    stage.intake.readings([Reading("p1", "level", 1.0)])
    stage.intake.flush()
    facts, more = stage.intake.rhythm.points(stage.clock.now())
    assert (len(facts), more) == (2, 0)
    assert stage.intake.fact().points == 2
