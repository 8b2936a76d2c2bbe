"""The map in the real web view."""

from __future__ import annotations

import os
import signal

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from web_map import (
    HOME,
    NIGHT,
    QUIET,
    MakeMap,
    ask,
    double_click,
    make_map,
    mark,
    page_folder,
    pointer,
    seen_when,
    shared_contexts,
    spot_of,
    told_by,
)

import resources
from maps.clusters import cluster_marks
from maps.layers import Feature, Layer, Layers, load_layers
from maps.marks import Mark, MarkBatch

__all__ = ["make_map", "page_folder", "shared_contexts"]
pytestmark = [pytest.mark.xvfb, QUIET]


def test_marks_arrive_and_a_click_selects(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map(load_layers(resources.ROOT / "map"))
    view.apply(MarkBatch(upserts=(mark("P01"), mark("V1", 35.05, 129.15, kind="vessel", heading_deg=90.0))))
    seen = seen_when(qtbot, view, lambda seen: len(seen["spots"]) == 2)
    with qtbot.waitSignal(view.mark_clicked, timeout=5000) as clicked:
        QTest.mouseClick(pointer(view), Qt.MouseButton.LeftButton, pos=spot_of(seen, "P01"))
    assert told_by(clicked) == "P01"
    with qtbot.waitSignal(view.mark_activated, timeout=5000) as activated:
        double_click(view, spot_of(seen, "V1"))
    assert told_by(activated) == "V1"
    assert "Natural Earth" in seen["credit"]
    assert {"에코델타 스마트시티", "5 km"} & set(seen["texts"])


def test_keyboard_moves_zooms_fits_and_opens(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-13: everything by keyboard."""
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(),)))
    view.select("P01")
    seen_when(qtbot, view, lambda seen: seen["texts"].count("P01") == 1)
    zoom = ask(qtbot, view, "map_city.getZoom()")
    view.activateWindow()
    pointer(view).setFocus()
    ask(qtbot, view, "map_city.getContainer().focus()")
    QTest.keyClick(pointer(view), Qt.Key.Key_Plus)
    seen_when(qtbot, view, lambda seen: seen["zoom"] > zoom)
    QTest.keyClick(pointer(view), Qt.Key.Key_Home)
    seen_when(qtbot, view, lambda seen: seen["zoom"] == zoom)
    with qtbot.waitSignal(view.mark_activated, timeout=5000) as activated:
        QTest.keyClick(pointer(view), Qt.Key.Key_Return)
    assert told_by(activated) == "P01"


def test_theme_and_language_change_without_a_reload(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-18: a change of theme resets nothing."""
    layers = Layers(
        home=HOME,
        layers=(
            Layer(stem="areas", features=(Feature(ko="북항", en="North Port", points=((35.2, 129.1),)),)),
        ),
    )
    view = make_map(layers)
    view.apply(MarkBatch(upserts=(mark(),)))
    ask(qtbot, view, "(window.__same = 7)")
    seen_when(qtbot, view, lambda seen: "북항" in seen["texts"])
    view.set_theme(NIGHT)
    view.set_language("en")
    seen = seen_when(qtbot, view, lambda seen: "North Port" in seen["texts"] and seen["marks"] == 1)
    assert "Zoom in (+)" in seen["buttons"]
    assert (
        ask(qtbot, view, "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor")
        == "rgb(21, 25, 28)"
    )
    assert ask(qtbot, view, "window.__same") == 7


def test_a_lost_link_freezes_the_whole_map(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-10: an old value never looks live."""
    view = make_map()
    view.set_frozen("14:03:20")
    seen = seen_when(qtbot, view, lambda seen: bool(seen["frozen"]))
    assert seen["frozen"] == "연결 끊김14:03:20"
    assert "grayscale(1)" in ask(qtbot, view, "getComputedStyle(map_city.getContainer()).filter")
    view.set_frozen(None)
    seen_when(qtbot, view, lambda seen: seen["frozen"] == "")


def test_the_page_groups_marks_as_python_does(make_map: MakeMap, qtbot: QtBot) -> None:
    marks = [
        mark(
            f"m{n:03}",
            35.0 + (n * 37 % 101) / 400,
            128.9 + (n * 53 % 97) / 300,
            kind="vessel" if n % 3 else "pump",
        )
        for n in range(120)
    ]
    view = make_map()
    view.apply(MarkBatch(upserts=tuple(marks)))
    view.select("m007")
    seen_when(qtbot, view, lambda seen: seen["marks"] == 120)
    for zoom in (9.0, 10.5, 11.25, 12.75, 14.0, 16.0):
        ours = [[one.id for one in cluster.members] for cluster in cluster_marks(marks, zoom, "m007")]
        assert ask(qtbot, view, f"gwanjeMap.cluster({zoom})") == ours


def test_a_cluster_opens_a_list_to_choose_from(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    view.apply(
        MarkBatch(
            upserts=(mark("a", name="하나"), mark("b", lon=129.0501, name="둘", state="alarm", priority=1))
        )
    )
    seen = seen_when(qtbot, view, lambda seen: len(seen["spots"]) == 1)
    QTest.mouseClick(pointer(view), Qt.MouseButton.LeftButton, pos=spot_of(seen, "a"))
    seen = seen_when(qtbot, view, lambda seen: bool(seen["members"]))
    assert seen["members"] == ["둘", "하나"]
    with qtbot.waitSignal(view.mark_clicked, timeout=5000) as clicked:
        ask(qtbot, view, "document.querySelector('.gw-member').click()")
    assert told_by(clicked) == "b"


@pytest.mark.expects_log("map")
def test_a_killed_renderer_comes_back_with_its_marks(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(), mark("P02", 35.2, 129.1))))
    seen_when(qtbot, view, lambda seen: seen["marks"] == 2)
    assert view.web is not None
    pid = view.web.page.renderProcessPid()
    assert os.getpid() in {parent.pid for parent in psutil.Process(pid).parents()}
    with qtbot.waitSignal(view.map_ready, timeout=30_000):
        os.kill(pid, signal.SIGKILL)
    seen_when(qtbot, view, lambda seen: seen["marks"] == 2)


def test_two_thousand_movers_stay_smooth(make_map: MakeMap, qtbot: QtBot) -> None:
    """The page draws a frame of 2,000 moving marks well within the 100 ms of a frame."""
    view = make_map()

    def fleet(step: int) -> tuple[Mark, ...]:
        return tuple(
            mark(
                f"v{n:04}",
                35.0 + (n % 50) * 0.007,
                128.8 + (n // 50) * 0.012 + step * 1e-4,
                kind="vessel",
                heading_deg=float(n % 360),
                speed_mps=5.0,
                moving=True,
            )
            for n in range(2000)
        )

    for step in range(5):
        view.apply(MarkBatch(upserts=fleet(step)))
        qtbot.wait(120)
    seen_when(qtbot, view, lambda seen: seen["marks"] == 2000)
    ten_frames = "for (let n = 0; n < 10; n++) map_city.fire('move');"
    script = f"(() => {{ const start = performance.now(); {ten_frames} return (performance.now() - start) / 10 }})()"
    frame_ms = ask(qtbot, view, script)
    assert frame_ms < 100.0
