"""The map in the real web view."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Protocol, cast

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import resources
from console.core.words import parse_words
from maps.clusters import cluster_marks
from maps.layers import Feature, Layer, Layers, load_layers
from maps.marks import Mark, MarkBatch
from maps.projection import Extent
from maps.view import MapView, register_scheme
from maps.view_web import Mailbox

pytestmark = [
    pytest.mark.xvfb,
    # What the graphics stack of a machine without a GPU says about itself.
    pytest.mark.qt_log_ignore("ulkan", "GPU", "GBM", "RHI", "Rhi", "Sandbox"),
]

HOME = Extent(south=34.98, west=128.76, north=35.36, east=129.30)
WORDS = parse_words({"map.toml": (resources.ROOT / "i18n" / "map.toml").read_text("utf-8")})
DAY: dict[str, str] = {"land": "#E1E1DC", "water": "#C6CED3"}
NIGHT: dict[str, str] = {"land": "#23262A", "water": "#15191C", "text": "#D5D2C8", "panel": "#222428"}
PAYLOADS = {
    "tag": '<img src=x onerror="window.__pwned=1">',
    "template": "${window.__pwned=1}",
    "script": "</script><script>window.__pwned=1</script>",
    "backtick": "`;window.__pwned=1;`",
}


class MakeMap(Protocol):
    def __call__(self, layers: Layers | None = None) -> MapView: ...


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="session", autouse=True)
def _shared_contexts() -> None:
    register_scheme()


@pytest.fixture
def make_map(_shared_contexts: None, qtbot: QtBot, page_folder: Path) -> Generator[MakeMap, None, None]:
    made: list[MapView] = []

    def make(layers: Layers | None = None) -> MapView:
        view = MapView(
            layers or Layers(home=HOME, credit="Natural Earth"), WORDS, "ko", DAY, "web", page_folder
        )
        made.append(view)
        view.resize(800, 560)
        with qtbot.waitSignal(view.map_ready, timeout=30_000):
            view.show()
        assert view.kind == "web"
        return view

    yield make
    for view in made:
        view.close()
        view.deleteLater()


def ask(qtbot: QtBot, view: MapView, script: str) -> Any:
    """Value of a script in the page."""
    told: list[Any] = []
    assert view.web is not None
    view.web.page.runJavaScript(f"JSON.stringify({script} ?? null)", 0, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    return json.loads(told[0])


def seen_when(qtbot: QtBot, view: MapView, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the page shows as soon as it shows what is wanted."""
    seen: dict[str, Any] = {}

    def look() -> bool:
        seen.update(ask(qtbot, view, "gwanjeMap.seen()"))
        return wanted(seen)

    qtbot.waitUntil(look, timeout=10_000)
    return seen


def told_by(blocker: object) -> object:
    """The one argument of the signal that was waited for."""
    (argument,) = cast("Any", blocker).args
    return argument


def mark(mark_id: str = "P01", lat: float = 35.15, lon: float = 129.05, **told: object) -> Mark:
    base: dict[str, object] = {"id": mark_id, "kind": "pump", "lat": lat, "lon": lon, "name": mark_id}
    return Mark(**(base | told))  # type: ignore[arg-type]


def spot_of(seen: dict[str, Any], mark_id: str) -> QPoint:
    (spot,) = [spot for spot in seen["spots"] if mark_id in spot["ids"]]
    return QPoint(round(spot["x"]), round(spot["y"]))


def pointer(view: MapView) -> Any:
    """The widget of the web view that takes mouse events."""
    assert view.web is not None
    inner = view.web.focusProxy()
    proxy = inner.focusProxy() if inner is not None else None
    assert proxy is not None
    return proxy


def double_click(view: MapView, spot: QPoint) -> None:
    """As a platform sends it; QTest's own keeps its presses too far apart for the engine."""
    target = pointer(view)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = (
        (QEvent.Type.MouseButtonPress, left),
        (QEvent.Type.MouseButtonRelease, none),
        (QEvent.Type.MouseButtonDblClick, left),
        (QEvent.Type.MouseButtonRelease, none),
    )
    for n, (kind, held) in enumerate(kinds):
        place = QPointF(spot)
        event = QMouseEvent(
            kind, place, QPointF(target.mapToGlobal(spot)), left, held, Qt.KeyboardModifier.NoModifier
        )
        event.setTimestamp(10_000_000 + 40 * n)
        QCoreApplication.sendEvent(target, event)


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


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
class TestNoTextEverRuns:
    """SEC-28: six paths of a name to the map, four payloads of SECURITY.md 4.1, in the real page."""

    @pytest.fixture(autouse=True)
    def _prepare(self, qtbot: QtBot, make_map: MakeMap) -> None:
        self.qtbot = qtbot
        self.make = make_map

    def check(self, view: MapView) -> None:
        """No script ran, and the map still works."""
        assert ask(self.qtbot, view, "String(window.__pwned)") == "undefined"
        assert ask(self.qtbot, view, "document.querySelectorAll('img, iframe, object').length") == 0
        before = ask(self.qtbot, view, "gwanjeMap.seen().marks")
        view.apply(MarkBatch(upserts=(mark("alive"),)))
        seen_when(self.qtbot, view, lambda seen: seen["marks"] == before + 1)

    def test_name_of_a_mark_on_the_canvas(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark(payload, name=payload, label=payload),)))
        view.select(payload)
        seen = seen_when(self.qtbot, view, lambda seen: f"{payload}  {payload}" in seen["texts"])
        assert seen["spots"][0]["ids"] == [payload]
        self.check(view)

    def test_card_under_the_pointer(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark(name=payload, label=payload),)))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["spots"]))
        QTest.mouseMove(pointer(view), QPoint(5, 300))
        QTest.mouseMove(pointer(view), spot_of(seen, "P01"))
        card = seen_when(self.qtbot, view, lambda seen: bool(seen["card"]))["card"]
        assert card.startswith(payload + payload)
        self.check(view)

    def test_card_of_a_cluster(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark("a", name=payload), mark("b", name=payload))))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["spots"]))
        QTest.mouseMove(pointer(view), QPoint(5, 300))
        QTest.mouseMove(pointer(view), spot_of(seen, "a"))
        card = seen_when(self.qtbot, view, lambda seen: bool(seen["card"]))["card"]
        assert card == f"2곳{payload}{payload}"
        self.check(view)

    def test_list_of_a_cluster(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark("a", name=payload), mark("b", name=payload, label=payload))))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["spots"]))
        QTest.mouseClick(pointer(view), Qt.MouseButton.LeftButton, pos=spot_of(seen, "a"))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["members"]))
        assert sorted(seen["members"]) == sorted([payload, f"{payload}  {payload}"])
        self.check(view)

    def test_name_in_a_layer_and_its_credit(self, payload: str) -> None:
        item = Feature(ko=payload, en=payload, points=((35.2, 129.1),))
        view = self.make(Layers(home=HOME, layers=(Layer(stem="areas", features=(item,)),), credit=payload))
        seen = seen_when(self.qtbot, view, lambda seen: payload in seen["texts"])
        assert seen["credit"] == f"배경도: {payload}"
        self.check(view)

    def test_name_of_a_mover_with_its_trail(self, payload: str) -> None:
        view = self.make()
        for n in range(4):
            vessel = mark(
                payload, 35.05 + n * 0.01, 129.2, kind="vessel", name=payload, heading_deg=0.0, speed_mps=6.0
            )
            view.apply(MarkBatch(upserts=(vessel,)))
        view.select(payload)
        view.set_frozen(payload)
        seen = seen_when(
            self.qtbot, view, lambda seen: payload in seen["texts"] and payload in seen["frozen"]
        )
        assert seen["frozen"] == f"연결 끊김{payload}"
        self.check(view)


@pytest.mark.expects_log("map")
def test_the_page_reaches_no_other_address(make_map: MakeMap, qtbot: QtBot) -> None:
    """SEC-29: policy, interceptor and navigation each refuse; nothing listens here, and nothing is asked."""
    view = make_map()
    script = "fetch('%s').then(() => { window.__got = 'yes' }, () => { window.__got = 'no' })"
    for address in ("http://127.0.0.1:9/", "https://example.org/", "file:///etc/hostname"):
        ask(qtbot, view, "(window.__got = null)")
        ask(qtbot, view, f"({script % address}, 0)")
        qtbot.waitUntil(lambda: ask(qtbot, view, "window.__got") is not None, timeout=5000)
        assert ask(qtbot, view, "window.__got") == "no"
    assert ask(qtbot, view, "(window.open('gwanje://map/index.html') === null)") is True


@pytest.mark.expects_log("map")
def test_the_interceptor_refuses_what_the_policy_would_let_pass(make_map: MakeMap, qtbot: QtBot) -> None:
    """SEC-29: navigation of the main frame is no matter of the policy."""
    view = make_map()
    assert view.web is not None
    page = view.web.page
    page.load(QUrl("http://127.0.0.1:9/"))
    qtbot.wait(200)
    assert page.url().scheme() == "gwanje"
    ask(qtbot, view, "(location.href = 'http://127.0.0.1:9/')")
    qtbot.wait(200)
    assert page.url().toString() == "gwanje://map/index.html"
    assert ask(qtbot, view, "gwanjeMap.seen().marks") == 0


def test_the_engine_is_locked_down(make_map: MakeMap, qtbot: QtBot) -> None:
    """SEC-29, SEC-44."""
    from PySide6.QtWebEngineCore import QWebEngineSettings

    view = make_map()
    assert view.web is not None
    page = view.web.page
    assert page.profile().isOffTheRecord()
    off = QWebEngineSettings.WebAttribute
    for attribute in (
        off.JavascriptCanOpenWindows,
        off.LocalStorageEnabled,
        off.LocalContentCanAccessFileUrls,
        off.NavigateOnDropEnabled,
        off.PdfViewerEnabled,
        off.PluginsEnabled,
    ):
        assert not page.settings().testAttribute(attribute), attribute
    header = "fetch('index.html').then(r => { window.__policy = r.headers.get('content-security-policy') })"
    ask(qtbot, view, header)
    qtbot.waitUntil(lambda: ask(qtbot, view, "window.__policy") is not None)
    assert "default-src 'none'" in ask(qtbot, view, "window.__policy")


def test_the_page_can_call_one_method_of_the_program() -> None:
    """SEC-29: the mailbox has one slot, and its texts are checked by maps.reports."""
    own = Mailbox().metaObject()
    methods = [own.method(n) for n in range(own.methodOffset(), own.methodCount())]
    names = sorted(bytes(method.name().data()).decode() for method in methods)
    assert names == ["tell", "told"]


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
