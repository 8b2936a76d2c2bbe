"""The first start: an operator sees a living Busan, and moves in it."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot
from town import Town
from window_seat import MOVER, WindowSeat

from console.core.quality import Quality

pytestmark = [pytest.mark.journey, pytest.mark.xvfb, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def test_the_first_start_shows_a_living_busan(seat: WindowSeat, qtbot: QtBot) -> None:
    """Issue 2: tree, map marks, moving vessels and trucks, banner, status strip, clock of Asia/Seoul."""
    seat.wait(qtbot, "areas in the tree", lambda: len(seat.areas()) >= 5)
    assert len(seat.assets_in_tree()) >= 40
    assets = seat.catalogue.assets
    seat.wait(qtbot, "marks of the assets", lambda: sum(m in assets for m in seat.marks()) >= 40)
    seat.wait(qtbot, "movers", lambda: sum(m.startswith(MOVER) for m in seat.marks()) >= 15)
    seat.wait(qtbot, "3/3 feeds", lambda: "3/3" in seat.window.status.feeds.text().replace(" ", ""))
    assert "Busan" in seat.window.banner.city.text()
    shown = re.search(r"\d\d:\d\d:\d\d", seat.window.status.clock.text())
    assert shown is not None
    now = datetime.now(ZoneInfo("Asia/Seoul"))
    seconds = [int(part) for part in shown[0].split(":")]
    apart = (now.hour - seconds[0]) * 3600 + (now.minute - seconds[1]) * 60 + now.second - seconds[2]
    assert abs(apart) % 86_400 <= 3
    assert "KST" in seat.window.status.clock.text()


def test_vessels_and_trucks_move_on_the_map(seat: WindowSeat, qtbot: QtBot) -> None:
    def places() -> dict[str, tuple[float, float]]:
        return {mark.id: (mark.lat, mark.lon) for mark in seat.marks().values() if mark.id.startswith(MOVER)}

    before = places()
    kinds = {mark.kind for mark in seat.marks().values() if mark.id.startswith(MOVER)}
    assert kinds == {"vessel", "truck"}
    seat.wait(qtbot, "moved", lambda: sum(places().get(id) != at for id, at in before.items()) >= 5)


def test_nearly_every_value_is_good_and_fresh(seat: WindowSeat, qtbot: QtBot) -> None:
    values = seat.office.values
    tags = len(seat.catalogue.tags)
    seat.wait(qtbot, "good", lambda: int((values.qualities == Quality.GOOD).sum()) > 0.97 * tags, 60_000)


def test_the_lines_of_a_chart_grow_while_one_looks(seat: WindowSeat, qtbot: QtBot) -> None:
    seat.select_in_tree("suyeong-pump")
    seat.wait(qtbot, "lines", lambda: len(seat.lines()) >= 2 and min(seat.lines().values()) >= 2)
    before = seat.lines()
    seat.wait(qtbot, "longer lines", lambda: all(seat.lines()[tag] > n for tag, n in before.items()))
