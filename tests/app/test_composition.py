"""The whole desktop in one process, against a hub's end on a loopback socket."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.app.composition import App, AppPlan
from console.app.family import Family
from console.app.places import Places, places_of
from console.client.hubproc import ChildTold
from console.core.batch import batch_of
from console.core.quality import Quality
from console.desk.office import SeatWishes
from console.wire import frames
from console.wire.messages import AlarmsChanged
from tests.client.loopback_hub import HubThread, LoopbackHub
from tests.client.small_city import SITE, alarm

pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).resolve().parents[2]

FIRST_PAINT = """
import json, sys, tempfile
from pathlib import Path
from console.app.composition import App, AppPlan
from console.app.family import Family
from console.app.places import places_of
from console.app.process import open_process
process = open_process()
app = App(AppPlan(places_of(Path(tempfile.mkdtemp())), Family("")))
found = []
app.watch.painted.disconnect()
app.watch.painted.connect(lambda: (found.extend(sys.modules), process.quit()))
app.start()
process.exec()
app.close()
print(json.dumps(found))
"""
HEAVY = {
    "pyqtgraph", "folium", "jinja2", "requests", "keyring", "websockets", "starlette", "uvicorn", "sqlite3",
    "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "PySide6.QtMultimedia", "asyncio", "numpy",
}  # fmt: skip


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A data folder of its own."""
    return places_of(tmp_path)


@pytest.fixture
def hub() -> Generator[HubThread]:
    """A hub's end with one alarm."""
    hub = LoopbackHub(SITE)
    hub.standing = [AlarmsChanged(sequence=7, alarms=(alarm(2),))]
    with HubThread(hub) as thread:
        yield thread


@pytest.fixture
def app(qtbot: QtBot, places: Places, hub: HubThread) -> Generator[App]:
    """A console on that hub, with the native map."""
    made = App(AppPlan(places, Family("open", url=hub.hub.url), SeatWishes("en", "day", "native")))
    made.start()
    yield made
    made.close()


def until_filled(app: App, qtbot: QtBot) -> None:
    from maps.view import MapView
    from widgets.charts.trend import TrendPanel

    def filled() -> bool:
        kinds = (type(app.window.dock_widget("map")), type(app.window.dock_widget("trend")))
        return kinds == (MapView, TrendPanel) and app.office.link.live

    qtbot.waitUntil(filled, timeout=30_000)


def test_everything_is_filled_in_behind_the_first_paint(app: App, hub: HubThread, qtbot: QtBot) -> None:
    until_filled(app, qtbot)
    hub.do(hub.hub.send(frames.pack_telemetry(batch_of([0], [5], [2.5], [0]))))
    qtbot.waitUntil(lambda: app.office.values.quality(0) is Quality.GOOD)
    assert app.office.alarms.counts().p2 == 1
    assert app.office.link.fact.hub == "loopback"


def test_worst_alarm_is_selected_when_nobody_has_chosen(app: App, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: app.office.selection.asset == "gamcheon", timeout=20_000)
    assert app.office.settings.text("last_asset") == "gamcheon"


def test_map_shows_the_assets_and_its_clicks_select(app: App, qtbot: QtBot) -> None:
    from maps.view import MapView

    until_filled(app, qtbot)
    view = app.window.dock_widget("map")
    assert isinstance(view, MapView)
    qtbot.waitUntil(lambda: view._board.waiting == 0 or len(view._board.take_whole().upserts) > 0)
    view.mark_clicked.emit("myeongji")
    assert app.office.selection.asset == "myeongji"
    view.mark_clicked.emit("mover:4")
    assert (app.office.selection.asset, app.office.selection.mover) == ("", 4)


@pytest.mark.expects_log("app")
def test_fault_in_a_slot_is_logged_and_told_and_survived(app: App, qtbot: QtBot) -> None:
    with qtbot.capture_exceptions():
        app.faults.install()
        QTimer.singleShot(0, _break)
        qtbot.waitUntil(lambda: any("test_composition.py" in text for text in app.window.toasts.texts()))
    assert app.window.isVisible()


@pytest.mark.expects_log("app")
def test_fault_in_a_thread_is_told_too(app: App, qtbot: QtBot) -> None:
    app.faults.install()
    thread = threading.Thread(target=_break)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: any("ZeroDivisionError" in text for text in app.window.toasts.texts()))


def test_what_children_say_is_told(app: App, qtbot: QtBot) -> None:
    app.family.told.put(ChildTold("city_failed", "port taken"))
    qtbot.waitUntil(lambda: any("port taken" in text for text in app.window.toasts.texts()))


def test_closing_twice_is_closing_once(app: App) -> None:
    app.close()
    app.close()
    assert not isValid(app.window)


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    """Only QtWidgets, QtAds, msgspec and platformdirs may cost time before it."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) & HEAVY == set()


def _break() -> None:
    raise ZeroDivisionError
