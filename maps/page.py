"""The map's page: folium writes it once, offline and without one text of the catalogue or of a feed.

folium pastes strings into JavaScript template literals (SECURITY.md 4.1),
so it is given numbers and our own file names only.
What it wrote inline is moved into files of its own, so that the page's policy needs no 'unsafe-inline'.
The result is kept
in the data directory by the versions that made it: the second start does not import folium (530 ms of CPU).
"""

from __future__ import annotations

import hashlib
import os
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from maps.projection import MAX_ZOOM, MIN_ZOOM

PAGE_VERSION = 1
"""Raised whenever this file writes another page from the same folium."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content security policy: our own scheme and nothing else, no inline script (SEC-29)."""

OWN_SCRIPTS = (
    "qwebchannel.js",
    "glyphs.js",
    "marks.js",
    "clusters.js",
    "labels.js",
    "base.js",
    "controls.js",
    "scene.js",
    "map.js",
)
_MADE_BY = ("folium", "branca", "jinja2", "xstatic-leaflet", "xstatic-jquery")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The three files of the page."""

    html: str
    script: str
    style: str


def page_key() -> str:
    """Names the page by everything that shapes it: our version and those of the libraries."""
    parts = [str(PAGE_VERSION), *(f"{name}={_version(name)}" for name in _MADE_BY)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def prepare_page(folder: Path) -> Page:
    """The page from the cache folder, written first if these versions have not written it yet;
    raises OSError."""
    file = folder / f"map-page-{page_key()}.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Page)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        page = write_page()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("map-page-*.json"):
        old.unlink(missing_ok=True)
    whole = file.with_suffix(f".{os.getpid()}.part")
    whole.write_bytes(msgspec.json.encode(page))
    whole.replace(file)
    return page


def write_page() -> Page:
    """Lets folium write the page and moves its inline scripts and styles into files."""
    import folium

    city = folium.Map(
        location=(35.15, 129.05),
        zoom_start=11,
        tiles=None,
        min_zoom=int(MIN_ZOOM),
        max_zoom=int(MAX_ZOOM),
        zoom_control=False,
        prefer_canvas=True,
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=120,
        zoom_animation=False,
        fade_animation=False,
        double_click_zoom=False,
    )
    # folium's own lists name ten files on content networks; ours are served by the scheme handler.
    city.default_js = [("leaflet", "leaflet.js"), ("jquery", "jquery.js")]
    city.default_css = [("leaflet_css", "leaflet.css")]
    # folium makes a random name; a page that never changes can be cached, and our script finds it by name.
    vars(city)["_id"] = "city"
    return split_page(str(city.get_root().render()))  # pyright: ignore[reportUnknownMemberType]


def split_page(html: str) -> Page:
    """Takes inline scripts and styles out of a page and links ours, with the policy first in its head."""
    script = "\n".join(part.strip() for part in _SCRIPT.findall(html))
    style = "\n".join(part.strip() for part in _STYLE.findall(html))
    bare = _STYLE.sub("", _SCRIPT.sub("", html))
    head = f'<head>\n<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    links = "".join(f'<link rel="stylesheet" href="{name}"/>\n' for name in ("page.css", "map.css"))
    own = "".join(f'<script src="{name}"></script>\n' for name in ("page.js", *OWN_SCRIPTS))
    bare = bare.replace("<head>", head, 1).replace("</head>", f"{links}</head>", 1)
    # After the body's own elements: folium's script looks its <div> up by id.
    bare = bare.replace("</body>", f"{own}</body>", 1)
    return Page(
        html="\n".join(line for line in bare.splitlines() if line.strip()), script=script, style=style
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
