"""Every file the page may ask for, by its exact name: a name that is not in the table does not exist.

There is no path to climb out of and nothing is looked up on disk by what a page says.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from maps.glyphs import load_glyphs
from maps.layers import Layer, Layers
from maps.page import Page
from maps.sprites import sprite_table
from maps.styles import style_of

WEB = Path(__file__).resolve().parent / "web"

_OWN = {
    "map.css": "text/css",
    "marks.js": "text/javascript",
    "clusters.js": "text/javascript",
    "labels.js": "text/javascript",
    "base.js": "text/javascript",
    "controls.js": "text/javascript",
    "scene.js": "text/javascript",
    "map.js": "text/javascript",
}
_LIBRARIES = {
    "leaflet.js": ("xstatic.pkg.leaflet", "leaflet.js", "text/javascript"),
    "leaflet.css": ("xstatic.pkg.leaflet", "leaflet.css", "text/css"),
    "jquery.js": ("xstatic.pkg.jquery", "jquery.min.js", "text/javascript"),
}


class Asset(msgspec.Struct, frozen=True):
    """One file as the page receives it."""

    mime: str
    body: bytes


def page_assets(page: Page, layers: Layers, channel_script: bytes) -> dict[str, Asset]:
    """All files of the page; `channel_script` is Qt's qwebchannel.js.
    Raises OSError or LookupError for a missing library."""
    found = {
        "index.html": Asset("text/html; charset=utf-8", page.html.encode()),
        "page.js": Asset("text/javascript", page.script.encode()),
        "page.css": Asset("text/css", page.style.encode()),
        "qwebchannel.js": Asset("text/javascript", channel_script),
        "glyphs.js": Asset("text/javascript", _glyph_script()),
        "layers.json": Asset("application/json", layers_json(layers)),
    }
    found |= {name: Asset(mime, (WEB / name).read_bytes()) for name, mime in _OWN.items()}
    found |= {name: Asset(told[2], _library_file(told[0], told[1])) for name, told in _LIBRARIES.items()}
    return found


def layers_json(layers: Layers) -> bytes:
    """Base layers as the page reads them: plain arrays, [lat, lon] order, names as data."""
    tree: Mapping[str, object] = {
        "home": [[layers.home.south, layers.home.west], [layers.home.north, layers.home.east]],
        "credit": layers.credit,
        "layers": [_layer_tree(layer) for layer in layers.layers],
    }
    return msgspec.json.encode(tree)


def _layer_tree(layer: Layer) -> dict[str, object]:
    features = [
        {
            "ko": item.ko,
            "en": item.en,
            "at": item.label_at,
            "polygons": item.polygons,
            "lines": item.lines,
            "points": item.points,
        }
        for item in layer.features
    ]
    return {"stem": layer.stem, "style": style_of(layer.stem), "features": features}


def _glyph_script() -> bytes:
    glyphs = msgspec.json.encode(dict(load_glyphs()))
    sprites = msgspec.json.encode(sprite_table())
    return (
        b"'use strict';\nwindow.gwanjeGlyphs = " + glyphs + b";\nwindow.gwanjeSprites = " + sprites + b";\n"
    )


def _library_file(package: str, name: str) -> bytes:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(package)
    return (Path(next(iter(spec.submodule_search_locations))) / "data" / name).read_bytes()
