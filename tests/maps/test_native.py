"""The map that Qt draws itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from console.core.words import parse_words
from maps.layers import Feature, Layer, Layers, load_layers
from maps.marks import Mark, MarkBatch, MarkState
from maps.native import NativeMap
from maps.native_cards import card_lines
from maps.native_scene import Spot
from maps.projection import Extent
from maps.view import MapView, Prefer
from maps.wording import KEYS, map_words

WORDS = parse_words({"map.toml": (resources.ROOT / "i18n" / "map.toml").read_text("utf-8")})
DAY: Mapping[str, str] = {"land": "#E1E1DC", "water": "#C6CED3"}
NIGHT: Mapping[str, str] = {"land": "#23262A", "water": "#15191C", "text": "#D5D2C8", "panel": "#222428"}
HOME = Extent(south=34.98, west=128.76, north=35.36, east=129.30)
PAYLOAD = '<img src=x onerror="window.__pwned=1">'


class MakeMap(Protocol):
    def __call__(self, layers: Layers | None = None, prefer: Prefer = "native") -> MapView: ...


@pytest.fixture
def make_map(qtbot: QtBot) -> MakeMap:
    def make(layers: Layers | None = None, prefer: Prefer = "native") -> MapView:
        view = MapView(layers or Layers(home=HOME), WORDS, "ko", DAY, prefer)
        qtbot.addWidget(view)
        view.resize(800, 560)
        with qtbot.waitSignal(view.map_ready):
            view.show()
        return view

    return make


def told_by(blocker: object) -> object:
    """The one argument of the signal that was waited for."""
    (argument,) = cast("Any", blocker).args
    return argument


def mark(mark_id: str = "P01", lat: float = 35.15, lon: float = 129.05, **told: object) -> Mark:
    base: dict[str, object] = {"id": mark_id, "kind": "pump", "lat": lat, "lon": lon, "name": mark_id}
    return Mark(**(base | told))  # type: ignore[arg-type]


def native_of(view: MapView) -> NativeMap:
    assert view.native is not None
    return view.native


def picture(view: MapView) -> QImage:
    return native_of(view).grab().toImage()


def shown(qtbot: QtBot, view: MapView, count: int = 1) -> list[Spot]:
    """What is on the screen, once `count` things are."""
    scene = native_of(view).scene
    qtbot.waitUntil(lambda: len(scene.spots) == count)
    return scene.spots


def labelled(qtbot: QtBot, view: MapView, label: str) -> Spot:
    """The only thing on the screen, once it has this label."""
    scene = native_of(view).scene
    qtbot.waitUntil(lambda: bool(scene.spots) and scene.spots[0].members[0].label == label)
    return scene.spots[0]


def at(spot: Spot) -> QPoint:
    return QPoint(round(spot.x), round(spot.y))


def near_colours(image: QImage, spot: Spot, reach: int = 24) -> set[str]:
    """Colours around a spot."""
    found: set[str] = set()
    for x in range(max(0, int(spot.x) - reach), min(image.width(), int(spot.x) + reach)):
        for y in range(max(0, int(spot.y) - reach), min(image.height(), int(spot.y) + reach)):
            found.add(image.pixelColor(x, y).name())
    return found


def test_layers_are_drawn_on_water(make_map: MakeMap, qtbot: QtBot) -> None:
    square = ((35.0, 128.9), (35.0, 129.2), (35.3, 129.2), (35.3, 128.9), (35.0, 128.9))
    land = Layer(stem="land", features=(Feature(polygons=((square,),)),))
    view = make_map(Layers(home=HOME, layers=(land,)))
    image = picture(view)
    assert image.pixelColor(400, 280).name() == "#e1e1dc"
    assert image.pixelColor(5, 280).name() == "#c6ced3"
    view.set_theme(NIGHT)
    image = picture(view)
    assert image.pixelColor(400, 280).name() == "#23262a"
    assert image.pixelColor(5, 280).name() == "#15191c"


@pytest.mark.parametrize(
    ("priority", "colour"), [(1, "#c83a49"), (2, "#dc9213"), (3, "#ffff00"), (4, "#0078c0")]
)
def test_an_alarm_fills_its_plate_with_its_colour(
    make_map: MakeMap, qtbot: QtBot, priority: int, colour: str
) -> None:
    """HMI-03 and the palette of HMI.md."""
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(state=MarkState.ALARM, priority=priority),)))
    (spot,) = shown(qtbot, view)
    assert colour in near_colours(picture(view), spot)
    assert native_of(view).scene.texts[0] == "P01"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"moving": True},
        {"state": "stale"},
        {"state": "disconnected"},
        {"shelved": True},
        {"tagged": True},
        {"pending": True},
        {"selected": True},
        {"kind": "vessel", "heading_deg": 40.0},
        {"kind": "truck", "heading_deg": 40.0, "moving": True},
        {"kind": "vessel"},
    ],
)
def test_every_quiet_state_is_drawn_and_without_alarm_colours(
    make_map: MakeMap, qtbot: QtBot, told: dict[str, Any]
) -> None:
    """HMI-02: a screen in normal state holds none of the alarm colours."""
    view = make_map()
    before = picture(view)
    view.apply(MarkBatch(upserts=(mark(**told),)))
    (spot,) = shown(qtbot, view)
    after = picture(view)
    assert after != before
    assert not near_colours(after, spot, 60) & {"#c83a49", "#dc9213", "#ffff00", "#0078c0"}


def test_states_look_different_without_colour(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-03: in grey every state is still told apart."""
    states: list[dict[str, Any]] = [
        {},
        {"state": "stale"},
        {"state": "disconnected"},
        {"shelved": True},
        {"tagged": True},
        {"pending": True},
        *({"state": "alarm", "priority": n} for n in (1, 2, 3, 4)),
    ]
    view = make_map()
    seen: list[QImage] = []
    for told in states:
        view.apply(MarkBatch(upserts=(mark(name=" ", label=str(len(seen)), **told),)))
        spot = labelled(qtbot, view, str(len(seen)))
        crop = picture(view).copy(at(spot).x() - 22, at(spot).y() - 22, 44, 44)
        seen.append(crop.convertToFormat(QImage.Format.Format_Grayscale8))
    assert all(one != other for n, one in enumerate(seen) for other in seen[:n])


def test_click_selects_double_click_opens(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(),)))
    (spot,) = shown(qtbot, view)
    with qtbot.waitSignal(view.mark_clicked) as clicked:
        QTest.mouseClick(native_of(view), Qt.MouseButton.LeftButton, pos=at(spot))
    assert told_by(clicked) == "P01"
    with qtbot.waitSignal(view.mark_activated) as activated:
        QTest.mouseDClick(native_of(view), Qt.MouseButton.LeftButton, pos=at(spot))
    assert told_by(activated) == "P01"
    spy = QSignalSpy(view.mark_clicked)
    QTest.mouseClick(native_of(view), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert spy.count() == 0


def test_a_drag_moves_the_map_and_selects_nothing(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(),)))
    (spot,) = shown(qtbot, view)
    native = native_of(view)
    spy = QSignalSpy(view.mark_clicked)
    with qtbot.waitSignal(view.extent_changed) as moved:
        QTest.mousePress(native, Qt.MouseButton.LeftButton, pos=at(spot))
        QTest.mouseMove(native, at(spot) + QPoint(60, 0))
        QTest.mouseMove(native, at(spot) + QPoint(90, 0))
        QTest.mouseRelease(native, Qt.MouseButton.LeftButton, pos=at(spot) + QPoint(90, 0))
    assert spy.count() == 0
    assert isinstance(extent := told_by(moved), Extent)
    assert extent.west < 128.76


def test_wheel_and_keys_zoom_pan_and_fit(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-13: everything by keyboard."""
    view = make_map()
    native = native_of(view)
    home = native.camera.key()
    QTest.keyClick(native, Qt.Key.Key_Plus)
    assert native.camera.zoom == home[2] + 0.5
    QTest.keyClick(native, Qt.Key.Key_Right)
    assert native.camera.lon > home[1]
    QTest.keyClick(native, Qt.Key.Key_Minus)
    QTest.keyClick(native, Qt.Key.Key_Home)
    assert native.camera.key() == pytest.approx(home)
    middle = QPointF(400, 280)
    wheel = QWheelEvent(
        middle,
        middle,
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(native, wheel)
    assert native.camera.zoom == home[2] + 0.5
    view.select("P01")
    with qtbot.waitSignal(view.mark_activated) as activated:
        QTest.keyClick(native, Qt.Key.Key_Return)
    assert told_by(activated) == "P01"


def test_a_cluster_opens_a_list_of_its_members(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    view.apply(MarkBatch(upserts=(mark("a", name=PAYLOAD), mark("b", name="둘", state="alarm", priority=1))))
    (spot,) = shown(qtbot, view)
    native = native_of(view)
    QTest.mouseClick(native, Qt.MouseButton.LeftButton, pos=at(spot))
    members = native._members
    assert members.isVisible()
    assert [members.list.item(n).text() for n in range(2)] == ["둘", PAYLOAD]
    with qtbot.waitSignal(view.mark_clicked) as clicked:
        QTest.keyClick(members.list, Qt.Key.Key_Return)
    assert told_by(clicked) == "b"
    assert not members.isVisible()


def test_names_are_plain_text_on_the_map_and_on_cards(make_map: MakeMap, qtbot: QtBot) -> None:
    """SEC-28, SEC-30."""
    layers = Layers(
        home=HOME,
        layers=(Layer(stem="areas", features=(Feature(ko=PAYLOAD + "2", points=((35.3, 129.2),)),)),),
    )
    view = make_map(layers)
    view.apply(MarkBatch(upserts=(mark(name=PAYLOAD, label="${1}", selected=True),)))
    (spot,) = shown(qtbot, view)
    native = native_of(view)
    picture(view)
    assert f"{PAYLOAD}  ${{1}}" in native.scene.texts
    assert f"{PAYLOAD}2" in native.scene.texts
    QTest.mouseMove(native, QPoint(10, 10))
    QTest.mouseMove(native, at(spot))
    qtbot.waitUntil(native._card.isVisible)
    assert native._card.text.startswith(PAYLOAD)
    assert native._card._text.textFormat() == Qt.TextFormat.PlainText


def test_a_lost_link_takes_the_colours_away(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-10: an old value never looks live."""
    view = make_map(load_layers(resources.ROOT / "map"))
    view.apply(MarkBatch(upserts=(mark(state="alarm", priority=1, acked=False),)))
    shown(qtbot, view)
    view.set_frozen("14:03:20")
    image = picture(view)
    for x in range(0, 700, 7):
        for y in range(100, 560, 7):
            colour: QColor = image.pixelColor(x, y)
            assert colour.red() == colour.green() == colour.blue()
    assert {"연결 끊김", "14:03:20"} <= set(native_of(view).scene.texts)
    view.set_frozen(None)
    picture(view)
    assert "14:03:20" not in native_of(view).scene.texts


def test_flashing_can_be_stopped(make_map: MakeMap, qtbot: QtBot) -> None:
    """HMI-16: the symbol then stays lit, and the card still says that it is not acknowledged."""
    view = make_map()
    view.apply(MarkBatch(upserts=(mark(state="alarm", priority=1, acked=False),)))
    (spot,) = shown(qtbot, view)
    view.set_steady(True)
    assert not native_of(view).scene.look.live
    assert "#c83a49" in near_colours(picture(view), spot)
    view.set_steady(False)
    assert native_of(view).scene.look.live
    assert "미확인" in card_lines(spot.members[0], map_words(WORDS, "ko"))[-1]


def test_switches_hide_layers_names_and_movers(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map(load_layers(resources.ROOT / "map"))
    view.apply(MarkBatch(upserts=(mark(), mark("V1", 35.05, 129.2, kind="vessel"))))
    shown(qtbot, view, 2)
    controls = native_of(view)._controls
    controls.buttons["layers"].click()
    assert controls.panel.isVisible()
    controls.switches["vessels"].click()
    shown(qtbot, view, 1)
    picture(view)
    assert "에코델타 스마트시티" in native_of(view).scene.texts
    controls.switches["labels"].click()
    picture(view)
    assert "에코델타 스마트시티" not in native_of(view).scene.texts


def test_buttons_are_large_enough_and_have_names(make_map: MakeMap) -> None:
    """HMI-12 and HMI-14: targets of 24 px or more, each with a name."""
    view = make_map()
    controls = native_of(view)._controls
    for button in controls.buttons.values():
        assert min(button.width(), button.height()) >= 24
        assert button.accessibleName()
    for box in controls.switches.values():
        assert box.sizeHint().height() >= 24 or box.minimumHeight() >= 24


def test_language_changes_live(make_map: MakeMap) -> None:
    view = make_map(load_layers(resources.ROOT / "map"))
    view.set_language("en")
    picture(view)
    native = native_of(view)
    assert native._controls.buttons["fit"].toolTip() == "Fit to site (Home)"
    assert "Eco Delta Smart City" in native.scene.texts
    assert view.accessibleName() == "Map"


def test_every_state_has_words_in_both_languages() -> None:
    for lang in ("ko", "en"):
        words = map_words(WORDS, lang)
        assert set(words) == set(KEYS)
        for state in MarkState:
            for priority in (None, 1, 2, 3, 4):
                one = mark(
                    state=state, priority=priority, acked=False, tagged=True, pending=True, moving=True
                )
                assert all(card_lines(one, words))


def test_two_thousand_movers_are_painted_in_one_frame(make_map: MakeMap, qtbot: QtBot) -> None:
    view = make_map()
    fleet = tuple(
        mark(
            f"v{n:04}",
            35.0 + (n % 50) * 0.007,
            128.8 + (n // 50) * 0.012,
            kind="vessel",
            heading_deg=float(n % 360),
        )
        for n in range(2000)
    )
    view.apply(MarkBatch(upserts=fleet))
    scene = native_of(view).scene
    qtbot.waitUntil(lambda: sum(len(spot.members) for spot in scene.spots) > 1500, timeout=10_000)
