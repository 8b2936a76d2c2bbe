"""No text ever runs, and the page reaches nothing but its own files: in the real web view."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMetaMethod, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEngineSettings
from pytestqt.qtbot import QtBot
from web_map import (
    HOME,
    QUIET,
    MakeMap,
    ask,
    make_map,
    mark,
    page_folder,
    pointer,
    seen_when,
    shared_contexts,
    spot_of,
)

from maps.layers import Feature, Layer, Layers
from maps.marks import MarkBatch
from maps.view import MapView
from maps.view_web import Mailbox

__all__ = ["make_map", "page_folder", "shared_contexts"]
pytestmark = [pytest.mark.xvfb, QUIET]

PAYLOADS = {
    "tag": '<img src=x onerror="window.__pwned=1">',
    "template": "${window.__pwned=1}",
    "script": "</script><script>window.__pwned=1</script>",
    "backtick": "`;window.__pwned=1;`",
}


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

    def card_at(self, view: MapView, spot: QPoint) -> str:
        """Moves in until the card shows: a page that still fits itself to its size takes it down once more."""

        def shown(seen: dict[str, Any]) -> bool:
            if not seen["card"]:
                QTest.mouseMove(pointer(view), QPoint(5, 300))
                QTest.mouseMove(pointer(view), spot)
            return bool(seen["card"])

        return str(seen_when(self.qtbot, view, shown)["card"])

    def test_card_under_the_pointer(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark(name=payload, label=payload),)))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["spots"]))
        card = self.card_at(view, spot_of(seen, "P01"))
        assert card.startswith(payload + payload)
        self.check(view)

    def test_card_of_a_cluster(self, payload: str) -> None:
        view = self.make()
        view.apply(MarkBatch(upserts=(mark("a", name=payload), mark("b", name=payload))))
        seen = seen_when(self.qtbot, view, lambda seen: bool(seen["spots"]))
        card = self.card_at(view, spot_of(seen, "a"))
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
    """SEC-29: the mailbox has one slot, and its texts are checked by maps.reports; signals only go to the page."""
    own = Mailbox().metaObject()
    methods = [own.method(n) for n in range(own.methodOffset(), own.methodCount())]
    slot = QMetaMethod.MethodType.Slot
    names = sorted(bytes(method.name().data()).decode() for method in methods)
    assert names == ["said", "tell", "told"]
    assert [bytes(m.name().data()).decode() for m in methods if m.methodType() == slot] == ["tell"]
