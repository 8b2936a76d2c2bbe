"""What the map gets to know of the boards, and what clicks on it do."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from console.app.map_binder import MapBinder
from console.app.map_marks import asset_mark, mover_mark
from console.client.link_fact import LinkFact, LinkState
from console.core.alarm.facts import AlarmState, Shelf
from console.core.batch import batch_of
from console.core.catalogue import Catalogue
from console.core.command.control_facts import TagFact, TagKind
from console.core.command.facts import CommandState
from console.core.mover import MoverFact, PositionBatch
from console.core.quality import Quality
from console.desk.office import Office, SeatWishes, open_office
from maps.layers import Layers
from maps.marks import Mark, MarkBatch, MarkState
from maps.view import MapView
from tests.client.small_city import ACKED, NOON, NORMAL, UNACKED, alarm, big_catalogue, catalogue, command


class ListeningMap(MapView):
    """The real view, never shown, which keeps what it is told."""

    def __init__(self, office: Office) -> None:
        colours = office.themes.tokens.colours()
        super().__init__(Layers(), office.speech.words, office.speech.lang, colours, "native")
        self.batches: list[MarkBatch] = []
        self.chosen: list[str | None] = []
        self.frozen_since: str | None = None
        self.places: list[tuple[float, float]] = []

    def apply(self, batch: MarkBatch) -> None:
        self.batches.append(batch)
        super().apply(batch)

    def select(self, mark_id: str | None) -> None:
        self.chosen.append(mark_id)
        super().select(mark_id)

    def set_frozen(self, since_text: str | None) -> None:
        self.frozen_since = since_text
        super().set_frozen(since_text)

    def focus_on(self, lat: float, lon: float) -> None:
        self.places.append((lat, lon))
        super().focus_on(lat, lon)


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    """Knows the small city and that both pumps of suyeong are well."""
    made = open_office(tmp_path, SeatWishes(lang="en", theme="day"))
    made.catalogue.push(catalogue(), "digest")
    made.values.push(batch_of([0, 1, 2, 3, 4, 5], [NOON] * 6, [2.5, 1.0, 1.0, 0.0, 1.0, 0.0], [0] * 6))
    return made


@pytest.fixture
def view(office: Office, qtbot: QtBot) -> Generator[ListeningMap]:
    """A map bound to that office, with its first batch taken."""
    made = ListeningMap(office)
    qtbot.addWidget(made)
    binder = MapBinder(office, made)
    binder.flush()
    binder.setObjectName("binder")
    yield made
    made.close()


def flushed(view: ListeningMap) -> dict[str, Mark]:
    """Marks told by one flush after all that happened."""
    view.batches.clear()
    binder = view.findChild(MapBinder, "binder")
    assert binder is not None
    binder.flush()
    return {mark.id: mark for batch in view.batches for mark in batch.upserts}


def site(office: Office) -> Catalogue:
    assert office.catalogue.catalogue is not None
    return office.catalogue.catalogue


def at(mover: int, speed: float = 3.0, when: int | None = None) -> PositionBatch:
    one = np.array([35.1])
    return PositionBatch(
        np.array([mover], np.uint32),
        np.array([time.time_ns() if when is None else when]),
        one,
        one + 94,
        np.array([90.0], np.float32),
        np.array([speed], np.float32),
    )


def test_first_batch_has_every_asset_and_the_next_only_what_changed(
    office: Office, view: ListeningMap
) -> None:
    assert {mark.id for mark in view.batches[0].upserts} == {"suyeong", "gamcheon", "myeongji"}
    assert flushed(view) == {}
    office.alarms.push([alarm(2, UNACKED, 1)])
    marks = flushed(view)
    assert set(marks) == {"gamcheon"}
    assert (marks["gamcheon"].state, marks["gamcheon"].priority, marks["gamcheon"].acked) == (
        MarkState.ALARM,
        1,
        False,
    )
    office.alarms.push([alarm(2, UNACKED, 1)])
    assert flushed(view) == {}


def test_mark_says_value_operation_and_pending_command(office: Office) -> None:
    suyeong = site(office).assets["suyeong"]
    office.commands.push([command(1)])
    mark = asset_mark(office, site(office), suyeong)
    assert (mark.label, mark.moving, mark.pending, mark.state) == (
        "2.50\u2009m",
        True,
        True,
        MarkState.NORMAL,
    )
    assert (mark.kind, mark.name) == ("pump", "Suyeong station")


@pytest.mark.parametrize(
    ("quality", "state"),
    [
        (Quality.GOOD, MarkState.NORMAL),
        (Quality.STALE, MarkState.STALE),
        (Quality.BAD, MarkState.STALE),
        (Quality.DISCONNECTED, MarkState.DISCONNECTED),
    ],
)
def test_data_that_is_not_live_is_never_drawn_as_live(
    office: Office, quality: Quality, state: MarkState
) -> None:
    """HMI-10."""
    office.values.push(batch_of([0], [NOON + 1], [2.5], [quality]))
    assert asset_mark(office, site(office), site(office).assets["suyeong"]).state is state


def test_quality_never_masks_an_alarm(office: Office) -> None:
    office.alarms.push([alarm(0, ACKED, 2)])
    office.values.push(batch_of([0], [NOON + 1], [2.5], [Quality.STALE]))
    mark = asset_mark(office, site(office), site(office).assets["suyeong"])
    assert (mark.state, mark.priority) == (MarkState.STALE, 2)


def test_tag_and_pending_command_are_signs_on_the_mark_at_once(office: Office, view: ListeningMap) -> None:
    """CMD-08, CMD-13: told by the boards, gone when they are."""
    tag = TagFact(
        id="t", asset="suyeong", kind=TagKind.CAUTION, text="x", owner="lee", owner_name="Lee", at=1
    )
    office.tags.push([tag])
    office.commands.push([command(1, "gamcheon", CommandState.EXECUTING)])
    marks = flushed(view)
    assert (marks["suyeong"].tagged, marks["suyeong"].pending) == (True, False)
    assert (marks["gamcheon"].tagged, marks["gamcheon"].pending) == (False, True)
    office.tags.push([msgspec.structs.replace(tag, removed=2)])
    office.commands.push([command(1, "gamcheon", CommandState.SUCCEEDED)])
    marks = flushed(view)
    assert not marks["suyeong"].tagged
    assert not marks["gamcheon"].pending


def test_shelved_alarm_shows_only_its_ring(office: Office) -> None:
    office.alarms.push([alarm(0, AlarmState(cond=True, shelf=Shelf.TIMED), 1)])
    mark = asset_mark(office, site(office), site(office).assets["suyeong"])
    assert (mark.shelved, mark.priority, mark.state) == (True, None, MarkState.NORMAL)


def test_pending_command_is_shown_until_its_end(office: Office, view: ListeningMap) -> None:
    office.commands.push([command(1)])
    assert flushed(view)["suyeong"].pending
    office.commands.push([command(1, state=CommandState.SUCCEEDED)])
    assert not flushed(view)["suyeong"].pending


def test_mover_has_heading_speed_and_falls_stale_when_silent(office: Office) -> None:
    truck = MoverFact(mover=3, id="t", kind="truck", feed="logistics", name="Truck 3")
    office.movers.push([truck], at(3, when=NOON))
    mark = mover_mark(office, 3, NOON + 10**9)
    assert mark is not None
    assert (mark.heading_deg, mark.speed_mps, mark.moving, mark.state) == (90.0, 3.0, True, MarkState.NORMAL)
    silent = mover_mark(office, 3, NOON + 120 * 10**9)
    assert silent is not None
    assert silent.state is MarkState.STALE


def test_mover_that_is_gone_leaves_the_map(office: Office, view: ListeningMap) -> None:
    vessel = MoverFact(mover=4, id="v", kind="vessel", feed="logistics", name="Haneul")
    office.movers.push([vessel], at(4))
    assert flushed(view)["mover:4"].name == "Haneul"
    gone = MoverFact(mover=4, id="v", kind="vessel", feed="logistics", gone=True)
    office.movers.push([gone])
    flushed(view)
    assert view.batches[0].removed == ("mover:4",)


def test_lost_link_freezes_the_map_with_its_time(office: Office, view: ListeningMap) -> None:
    """ALM-10."""
    office.link.push(LinkFact(state=LinkState.LOST, since_ns=1, frozen_at_ns=NOON))
    office.values.set_frozen(True)
    assert view.frozen_since == "12:00:00"
    marks = flushed(view)
    assert {mark.state for mark in marks.values()} == {MarkState.STALE}
    assert view.batches[0].frozen
    office.link.push(LinkFact(state=LinkState.LIVE, since_ns=2))
    assert view.frozen_since is None


def test_names_follow_the_language(office: Office, view: ListeningMap) -> None:
    office.speech.set_lang("ko")
    assert flushed(view)["suyeong"].name == "수영 펌프장"


def test_selection_and_clicks_go_both_ways(office: Office, view: ListeningMap) -> None:
    office.selection.select_asset("suyeong")
    office.selection.select_mover(4)
    office.selection.clear()
    assert view.chosen[0] == "suyeong"
    assert "mover:4" in view.chosen
    assert view.chosen[-1] is None
    view.mark_clicked.emit("gamcheon")
    assert office.selection.asset == "gamcheon"
    view.mark_clicked.emit("mover:7")
    assert office.selection.mover == 7


def test_double_click_opens_the_faceplate(office: Office, view: ListeningMap) -> None:
    used: list[str] = []
    office.actions.action("asset.faceplate").setEnabled(True)
    office.actions.triggered_action.connect(used.append)
    view.mark_activated.emit("gamcheon")
    assert office.selection.asset == "gamcheon"
    assert used == ["asset.faceplate"]


def test_show_on_map_brings_the_asset_into_view(office: Office, view: ListeningMap) -> None:
    office.selection.select_asset("myeongji")
    office.actions.triggered_action.emit("asset.show_on_map")
    assert view.places == [(35.2, 128.9)]


def test_another_catalogue_takes_the_old_marks_away(office: Office, view: ListeningMap) -> None:
    view.batches.clear()
    office.catalogue.push(big_catalogue(2))
    assert set(view.batches[0].removed) == {"suyeong", "gamcheon", "myeongji"}
    assert set(flushed(view)) == {"p0", "p1"}
    office.alarms.push([alarm(0, NORMAL)])
    assert flushed(view) == {}
