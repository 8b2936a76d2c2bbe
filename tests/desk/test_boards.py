"""What the boards answer after facts were pushed into them."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from console.client.link_fact import LinkFact, LinkState
from console.core.alarm.facts import AlarmState, Shelf
from console.core.batch import batch_of
from console.core.command.facts import CommandState
from console.core.feed import FeedFact, FeedState
from console.core.mover import MoverFact, PositionBatch
from console.core.quality import Quality
from console.desk.asset_state import asset_quality, headline_tags
from console.desk.boards import AlarmCounts
from console.desk.formats import DASH
from console.desk.office import Office
from tests.client.small_city import ACKED, NORMAL, UNACKED, alarm, catalogue, command
from tests.desk.heard import heard


def test_value_has_decimals_and_unit_of_the_catalogue(office: Office) -> None:
    """HMI-09: units and decimals come from metadata."""
    office.values.push(batch_of([0, 1], [5, 5], [2.3149, 1.0], [0, 0]))
    assert office.values.text(0) == "2.31\u2009m"
    assert office.values.text(1) == "Running"
    office.speech.set_lang("ko")
    assert office.values.text(1) == "운전"


def test_value_that_never_came_is_a_dash(office: Office) -> None:
    assert math.isnan(office.values.value(0))
    assert office.values.text(0) == DASH
    assert office.values.quality(0) is Quality.NEVER


def test_lost_link_makes_every_usable_value_stale_without_forgetting_its_quality(office: Office) -> None:
    """HMI-10, I11: nothing looks live while the link is lost."""
    office.values.push(
        batch_of([0, 1, 2], [5] * 3, [1.0] * 3, [Quality.GOOD, Quality.BAD, Quality.UNCERTAIN])
    )
    office.values.set_frozen(True)
    assert [office.values.quality(tag) for tag in range(4)] == [
        Quality.STALE,
        Quality.BAD,
        Quality.STALE,
        Quality.NEVER,
    ]
    assert office.values.qualities[0] == Quality.GOOD
    office.values.set_frozen(False)
    assert office.values.quality(0) is Quality.GOOD


def test_changed_tags_are_told_once_each(office: Office) -> None:
    told = heard(office.values.values_changed)
    office.values.push(batch_of([2, 0, 2], [1, 2, 3], [1.0, 2.0, 3.0], [0, 0, 0]))
    assert told[0].tolist() == [0, 2]


def test_freezing_tells_every_tag(office: Office) -> None:
    told = heard(office.values.values_changed)
    office.values.set_frozen(True)
    assert told[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_charts_get_every_row(office: Office) -> None:
    told = heard(office.values.trend_rows)
    office.values.push(batch_of([2, 2], [1, 2], [1.0, 2.0], [0, 0]))
    assert told[0].value.tolist() == [1.0, 2.0]


def test_alarms_are_listed_unacked_first_then_by_priority_then_newest(office: Office) -> None:
    """ALM-60."""
    office.alarms.push(
        [
            alarm(0, ACKED, priority=1),
            alarm(1, UNACKED, priority=3, at_s=1),
            alarm(2, UNACKED, priority=3, at_s=9),
            alarm(3, UNACKED, priority=2),
            alarm(4, NORMAL),
        ]
    )
    assert [fact.alarm for fact in office.alarms.listed()] == [3, 2, 1, 0]
    worst = office.alarms.worst_newest()
    assert worst is not None
    assert worst.alarm == 3


def test_counts_tell_priorities_and_suppressed_apart(office: Office) -> None:
    shelved = AlarmState(cond=True, acked=False, shelf=Shelf.TIMED)
    designed = AlarmState(cond=True, sbd=True)
    out = AlarmState(oos=True)
    office.alarms.push(
        [alarm(0), alarm(1, ACKED, priority=1), alarm(2, shelved), alarm(3, designed), alarm(4, out)]
    )
    assert office.alarms.counts() == AlarmCounts(
        p1=1, p2=1, unacked=1, shelved=1, suppressed=1, out_of_service=1
    )
    assert office.alarms.counts().listed == 2


def test_any_unacknowledged_alarm_outranks_any_acknowledged_one_in_a_roll_up(office: Office) -> None:
    """ALM-28: display order."""
    office.alarms.push(
        [alarm(0, ACKED, priority=1), alarm(1, UNACKED, priority=4), alarm(2, ACKED, priority=2)]
    )
    assert office.alarms.asset_priority("suyeong") == (4, True)
    assert office.alarms.asset_priority("gamcheon") == (2, False)
    assert office.alarms.asset_priority("myeongji") == (None, False)
    assert office.alarms.area_priority("north") == (4, True)
    assert office.alarms.area_priority("eco") == (None, False)


def test_roll_ups_are_what_a_look_at_every_alarm_would_tell(office: Office) -> None:
    """ALM-28: they are counted while alarms change, also over a second fact of the same alarm."""
    dice = random.Random(28)
    states = (
        UNACKED,
        ACKED,
        NORMAL,
        AlarmState(cond=True, acked=False, shelf=Shelf.TIMED),
        AlarmState(oos=True),
    )
    points = catalogue().alarms
    for _ in range(300):
        office.alarms.push(
            [alarm(dice.randrange(6), dice.choice(states), priority=dice.randint(1, 4)) for _ in range(2)]
        )
        for name in ("asset", "area"):
            by: dict[str, list[tuple[bool, int]]] = {}
            for fact in office.alarms.facts.values():
                asset = points[fact.alarm].asset
                ranks = by.setdefault(asset.id if name == "asset" else asset.area, [])
                ranks += [(fact.state.acked, fact.priority)] * fact.state.listed
            look = office.alarms.asset_priority if name == "asset" else office.alarms.area_priority
            for place, ranks in by.items():
                acked, priority = min(ranks, default=(True, None))
                assert look(place) == (priority, not acked)
                if name == "asset":
                    assert office.alarms.asset_count(place) == len(ranks)


def test_alarm_that_is_normal_again_leaves_its_asset(office: Office) -> None:
    office.alarms.push([alarm(0), alarm(1)])
    office.alarms.push([alarm(0, NORMAL)])
    assert [fact.alarm for fact in office.alarms.of_asset("suyeong")] == [1]


def test_alarm_the_catalogue_does_not_have_is_left_out(office: Office, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(office.alarms.alarms_changed):
        office.alarms.push([alarm(77)])


def test_commands_stand_newest_first_and_pending_ones_mark_their_asset(office: Office) -> None:
    office.commands.push([command(1), command(2, state=CommandState.SUCCEEDED), command(3, "gamcheon")])
    assert [fact.request.command_id[-1] for fact in office.commands.of_asset("suyeong")] == ["2", "1"]
    assert office.commands.pending_assets() == {"suyeong", "gamcheon"}
    office.commands.push([command(1, state=CommandState.INDETERMINATE)])
    assert "suyeong" in office.commands.pending_assets()
    assert [fact.request.command_id[-1] for fact in office.commands.pending()] == ["3", "1"]


def test_feeds_and_movers_are_told(office: Office, qtbot: QtBot) -> None:
    with qtbot.waitSignals([office.feeds.feeds_changed, office.movers.movers_changed]):
        office.feeds.push([FeedFact(feed="sensors", state=FeedState.LIVE, since=1)])
        column = np.array([1.0])
        position = PositionBatch(
            np.array([4], np.uint32), np.array([9]), column, column, column.astype("f4"), column.astype("f4")
        )
        office.movers.push([MoverFact(mover=4, id="v", kind="vessel", feed="logistics")], position)
    assert office.feeds.facts["sensors"].state is FeedState.LIVE
    where = office.movers.position(4)
    assert where is not None
    assert (where.at, where.lat) == (9, 1.0)
    assert office.movers.position(5) is None


@pytest.mark.parametrize(
    ("fact", "lost"),
    [
        (LinkFact(), False),
        (LinkFact(state=LinkState.LIVE), False),
        (LinkFact(state=LinkState.LOST, frozen_at_ns=5), True),
        (LinkFact(state=LinkState.REFUSED), False),
        (LinkFact(state=LinkState.REFUSED, frozen_at_ns=5), True),
    ],
)
def test_screen_is_frozen_only_after_having_been_live(office: Office, fact: LinkFact, lost: bool) -> None:
    office.link.push(fact)
    assert office.link.lost is lost


def test_same_link_fact_is_not_told_twice(office: Office, qtbot: QtBot) -> None:
    office.link.push(LinkFact(state=LinkState.LIVE))
    with qtbot.assertNotEmitted(office.link.link_changed):
        office.link.push(LinkFact(state=LinkState.LIVE))


def test_worst_headline_quality_is_that_of_the_asset(office: Office) -> None:
    site = catalogue()
    office.values.push(batch_of([0, 1], [5, 5], [1.0, 1.0], [Quality.GOOD, Quality.GOOD]))
    assert [tag.tag.name for tag in headline_tags(site, "suyeong")] == ["level", "run"]
    assert asset_quality(site, office.values, "suyeong") is Quality.GOOD
    office.values.push(batch_of([1], [6], [1.0], [Quality.DISCONNECTED]))
    assert asset_quality(site, office.values, "suyeong") is Quality.DISCONNECTED
