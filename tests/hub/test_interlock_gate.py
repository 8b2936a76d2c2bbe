"""Interlocks on present data: younger than two periods, usable, and true; anything else blocks (CMD-07)."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.command.reasons import CommandReason
from console.core.control import Interlock
from console.core.quality import Quality
from console.core.site import Area, Asset, AssetType, CommandDef, Site, TagDef
from console.core.values import LatestValues
from console.core.words import Text
from console.hub.clock import SetClock
from console.hub.interlocks import Block, FreshValues, Interlocks

R = CommandReason
LOW = Text("수위 4.5 m 미만", "Level below 4.5 m")
MODE = Text("원격", "Remote")
NAME = Text("가", "a")


def lock(when: str, label: Text = LOW) -> Interlock:
    return Interlock(when=when, label=label)


class Gate:
    """Two pumps with tags of 2 s and of 5 s."""

    def __init__(self, *locks: Interlock) -> None:
        tags = (TagDef(name="level", label=NAME, period_s=2.0), TagDef(name="mode", label=NAME, period_s=5.0))
        self.command = CommandDef(name="start", label=NAME, value=1.0, interlocks=locks)
        kind = AssetType(id="pump", label=NAME, glyph="pump", tags=tags, commands=(self.command,))
        assets = tuple(
            Asset(id=i, type="pump", name=NAME, area="a", lat=35.0, lon=129.0) for i in ("p1", "p2")
        )
        area = Area(id="a", name=NAME, lat=35.0, lon=129.0)
        site = Site(
            id="s",
            name=NAME,
            time_zone="Asia/Seoul",
            south=34.0,
            west=128.0,
            north=36.0,
            east=130.0,
            areas=(area,),
            types=(kind,),
            assets=assets,
        )
        self.catalogue = Catalogue(site)
        self.clock = SetClock()
        self.latest = LatestValues(len(self.catalogue.tags))
        self.locks = Interlocks(self.catalogue, self.latest, self.clock)

    def feel(self, key: str, value: float, quality: Quality = Quality.GOOD, age_s: float = 0.0) -> None:
        at = self.clock.at() - int(age_s * NS)
        self.latest.apply(batch_of([self.catalogue.tag_index(key)], [at], [value], [quality]))

    def blocking(self, asset: str = "p1") -> Block | None:
        return self.locks.blocking(asset, self.command)


def test_a_command_without_interlocks_is_free() -> None:
    assert Gate().blocking() is None


def test_what_holds_lets_pass_and_what_is_false_names_what_it_protects() -> None:
    gate = Gate(lock("level < 4.5"), lock("mode == 1", MODE))
    gate.feel("p1.level", 4.0)
    gate.feel("p1.mode", 1.0)
    assert gate.blocking() is None
    gate.feel("p1.mode", 0.0)
    assert gate.blocking() == Block(R.BLOCKED_BY_INTERLOCK, MODE)


def test_each_asset_is_judged_on_its_own_tags() -> None:
    gate = Gate(lock("level < 4.5"))
    gate.feel("p1.level", 5.0)
    gate.feel("p2.level", 1.0)
    assert gate.blocking("p1") is not None
    assert gate.blocking("p2") is None
    other = Gate(lock("at('p2').level < 4.5"))
    other.feel("p2.level", 1.0)
    assert other.blocking("p1") is None


@pytest.mark.parametrize(
    ("age_s", "fresh"), [(3.99, True), (4.0, False), (60.0, False), (-3.99, True), (-4.0, False)]
)
def test_a_value_is_fresh_for_less_than_two_periods(age_s: float, fresh: bool) -> None:
    """CMD-07: data younger than 2 periods; a time of the future says as little."""
    gate = Gate(lock("level < 4.5"))
    gate.feel("p1.level", 1.0, age_s=age_s)
    assert gate.blocking() == (None if fresh else Block(R.STALE_FEEDBACK, LOW))


@pytest.mark.parametrize("quality", [q for q in Quality if not q.usable])
def test_a_value_that_is_not_usable_blocks(quality: Quality) -> None:
    """CMD-07: stale → STALE_FEEDBACK."""
    gate = Gate(lock("level < 4.5"))
    gate.feel("p1.level", 1.0, quality)
    assert gate.blocking() == Block(R.STALE_FEEDBACK, LOW)


def test_false_is_told_before_unknown() -> None:
    gate = Gate(lock("level < 4.5"), lock("mode == 1", MODE))
    gate.feel("p1.mode", 0.0)
    assert gate.blocking() == Block(R.BLOCKED_BY_INTERLOCK, MODE)
    gate.feel("p1.mode", 1.0)
    assert gate.blocking() == Block(R.STALE_FEEDBACK, LOW)


@pytest.mark.parametrize("when", ["level <", "nothing < 1", "__import__('os')", "at('p9').level < 1", ""])
def test_an_expression_at_fault_blocks(when: str) -> None:
    """CMD-07, SEC-27: expression error → blocked; a checked profile has none."""
    gate = Gate(lock(when))
    gate.feel("p1.level", 1.0)
    assert gate.blocking() == Block(R.STALE_FEEDBACK, LOW)


def test_arithmetic_without_a_result_blocks() -> None:
    gate = Gate(lock("level / mode < 4.5"))
    gate.feel("p1.level", 1.0)
    gate.feel("p1.mode", 0.0)
    assert gate.blocking() == Block(R.STALE_FEEDBACK, LOW)


def test_an_unknown_tag_has_no_value() -> None:
    gate = Gate()
    values = FreshValues(gate.catalogue, gate.latest, gate.clock)
    assert values.read("p1.nothing") is None
    gate.feel("p1.level", float(np.float64(2.5)))
    assert values.read("p1.level") == 2.5


def test_the_definition_given_is_the_one_judged() -> None:
    gate = Gate(lock("level < 4.5"))
    gate.feel("p1.level", 5.0)
    assert gate.blocking() is not None
    free = msgspec.structs.replace(gate.command, name="stop", interlocks=())
    assert gate.locks.blocking("p1", free) is None
