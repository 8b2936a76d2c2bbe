"""The page is written once, offline, and needs no inline script."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import resources
from maps.assets import Asset, layers_json, page_assets
from maps.glyphs import FALLBACK, glyph_of, load_glyphs
from maps.layers import Feature, Layer, Layers, load_layers
from maps.page import OWN_SCRIPTS, POLICY, Page, page_key, prepare_page, split_page, write_page
from maps.reports import ExtentMoved, MarkClicked, PageReady, read_report


@pytest.fixture(scope="module")
def page() -> Page:
    return write_page()


@pytest.fixture(scope="module")
def assets(page: Page) -> dict[str, Asset]:
    return page_assets(page, load_layers(resources.ROOT / "map"), b"// channel")


def test_the_page_names_no_address_outside(page: Page) -> None:
    """Offline: folium's ten content network addresses are gone."""
    for text in (page.html, page.script, page.style):
        assert re.search(r"https?:|//cdn|\burl\(", text) is None


def test_everything_the_page_asks_for_is_served(page: Page, assets: dict[str, Asset]) -> None:
    asked = set(re.findall(r'(?:src|href)="([^"]+)"', page.html))
    assert asked <= set(assets)
    assert {"leaflet.js", "leaflet.css", "jquery.js", "page.js", "map.css", *OWN_SCRIPTS} <= asked
    assert b"L.map" in assets["page.js"].body
    assert b"leafletjs" in assets["leaflet.js"].body.lower()


def test_the_page_has_no_inline_script_or_style(page: Page) -> None:
    """SEC-29: the policy can then forbid inline script altogether."""
    assert re.search(r"<script(?![^>]*\bsrc=)", page.html) is None
    assert "<style" not in page.html
    assert re.search(r"\bon\w+=", page.html) is None
    assert "javascript:" not in page.html


def test_the_policy_forbids_everything_but_our_own_scheme(page: Page) -> None:
    """SEC-29."""
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    first = page.html.index("Content-Security-Policy")
    assert first < page.html.index("<script")


def test_own_scripts_write_no_markup() -> None:
    """SEC-28: texts reach the page as textContent or fillText, never as markup."""
    web = Path(__file__).parents[2] / "maps" / "web"
    banned = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "srcdoc",
        "bindPopup",
        "bindTooltip",
        "divIcon",
    )
    for file in web.glob("*.js"):
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert [word for word in (*banned, "http") if word in text] == [], file.name


def test_no_text_of_the_map_is_in_what_folium_wrote(page: Page) -> None:
    """SEC-28: folium pastes strings into template literals, so it gets none."""
    whole = page.html + page.script + page.style
    for layer in load_layers(resources.ROOT / "map").layers:
        for item in layer.features:
            assert not item.ko or item.ko not in whole
    assert "`" not in page.script
    assert "${" not in page.script


def test_split_moves_every_inline_part() -> None:
    head = "<head><style>a{}</style><script>first()</script></head>"
    html = f"<html>{head}<body><div></div></body><script>second()</script></html>"
    split = split_page(html)
    assert split.script == "first()\nsecond()"
    assert split.style == "a{}"
    assert "first()" not in split.html


def test_the_page_is_written_once_for_its_versions(tmp_path: Path) -> None:
    first = prepare_page(tmp_path)
    (file,) = tmp_path.iterdir()
    assert page_key() in file.name
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(first, html="from the cache")))
    assert prepare_page(tmp_path).html == "from the cache"


def test_a_damaged_cache_is_written_again_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / f"map-page-{page_key()}.json").write_bytes(b"{")
    (tmp_path / "map-page-0000.json").write_bytes(b"{}")
    assert "leaflet.js" in prepare_page(tmp_path).html
    assert len(list(tmp_path.iterdir())) == 1


def test_a_second_start_does_not_import_folium(tmp_path: Path) -> None:
    prepare_page(tmp_path)
    code = (
        "import sys; from pathlib import Path; from maps.page import prepare_page;"
        f"prepare_page(Path({str(tmp_path)!r})); sys.exit('folium' in sys.modules or 'jinja2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False, timeout=50
    )
    assert done.returncode == 0


def test_the_rooms_without_pixels_import_no_qt() -> None:
    """Marks, layers and page work on a machine without Qt."""
    folder = Path(__file__).parents[2] / "maps"
    files = [file.stem for file in folder.glob("*.py") if not file.stem.startswith(("view", "native", "__"))]
    assert {"marks", "layers", "page"} <= set(files)
    code = "\n".join(
        (
            "import sys",
            *(f"import maps.{name}" for name in files),
            "sys.exit(any(name.startswith(('PySide6', 'shiboken6')) for name in sys.modules))",
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False, timeout=50
    )
    assert done.returncode == 0


def test_layer_names_travel_as_json_data() -> None:
    name = "</script><script>alert(1)</script>"
    layers = Layers(layers=(Layer(stem="areas", features=(Feature(ko=name, points=((35.0, 129.0),)),)),))
    tree = msgspec.json.decode(layers_json(layers))
    assert tree["layers"][0]["features"][0]["ko"] == name
    assert tree["layers"][0]["style"]["toggle"] == "areas"


def test_every_glyph_is_our_own_strokes_on_one_field() -> None:
    glyphs = load_glyphs()
    assert FALLBACK in glyphs
    assert len(glyphs) >= 30
    for file in (resources.ROOT / "icons" / "marks").glob("*.svg"):
        text = file.read_text("utf-8")
        assert glyphs[file.stem], file.name
        assert text.count("<path ") == len(glyphs[file.stem]), (
            f"{file.name}: a path that is not plain path data"
        )
        assert 'viewBox="0 0 24 24"' in text
        assert 'stroke="currentColor"' in text
    assert glyph_of("no such kind", glyphs) == FALLBACK


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ('{"is":"ready"}', PageReady()),
        ('{"is":"clicked","id":"P01"}', MarkClicked("P01")),
        (
            '{"is":"extent","south":35,"west":128.5,"north":35.4,"east":129.3,"zoom":11}',
            ExtentMoved(35.0, 128.5, 35.4, 129.3, 11.0),
        ),
    ],
)
def test_what_the_page_may_say(text: str, report: object) -> None:
    assert read_report(text) == report


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ready",
        "{}",
        '{"is":"run","id":"x"}',
        '{"is":"clicked"}',
        '{"is":"clicked","id":""}',
        '{"is":"clicked","id":5}',
        '{"is":"clicked","id":"a","more":1}',
        '{"is":"extent","south":95,"west":0,"north":0,"east":0,"zoom":1}',
        '{"is":"clicked","id":"' + "a" * 5000 + '"}',
    ],
)
def test_anything_else_the_page_says_is_not_believed(text: str) -> None:
    """SEC-29: one method with a schema check."""
    assert read_report(text) is None
