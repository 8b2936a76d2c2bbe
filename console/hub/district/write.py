"""A draft as the texts of a profile folder; pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from console.core.site import FeedDef
from console.feeds.scout import Place
from console.hub.district.draft import Draft, DraftTag, DraftType

AREA = "area-1"
ZONE = "Asia/Seoul"
DEFAULT_PLACE = (35.18, 129.07)
MARGIN = 0.05
"""Degrees around what is known to stand there."""
_GLYPH = "device"
_STANDS_IN = (
    "# The source tells of moving objects only, and a profile needs one type: put a real one in its place."
)


def texts(draft: Draft, feed: FeedDef, site: str) -> dict[str, str]:
    """Files of the profile by name; `site` is its id."""
    places = [asset.place for kind in draft.types for asset in kind.assets if asset.place is not None]
    box = _extent(places)
    middle = (round((box[0] + box[2]) / 2, 5), round((box[1] + box[3]) / 2, 5))
    files = {
        "site.toml": _site(site, box, middle),
        "assets.csv": _assets(draft, middle),
        "feeds.toml": _feeds(draft, feed),
    }
    for kind in draft.types:
        files[f"types/{kind.id}.toml"] = _type(kind)
    return files


def _extent(places: list[Place]) -> tuple[float, float, float, float]:
    lats = [place.lat for place in places] or [DEFAULT_PLACE[0]]
    lons = [place.lon for place in places] or [DEFAULT_PLACE[1]]
    south, north = max(min(lats) - MARGIN, -90.0), min(max(lats) + MARGIN, 90.0)
    west, east = max(min(lons) - MARGIN, -180.0), min(max(lons) + MARGIN, 180.0)
    return round(south, 5), round(west, 5), round(north, 5), round(east, 5)


def _site(site: str, box: tuple[float, ...], middle: tuple[float, float]) -> str:
    lines = [
        f"id = {_text(site)}",
        f"name = {_both(site)}",
        f"time_zone = {_text(ZONE)}",
        f"extent = [{', '.join(f'{edge:g}' if edge == int(edge) else str(edge) for edge in box)}]",
        'map = ""',
        "",
        "[[area]]",
        f"id = {_text(AREA)}",
        f"name = {_both(site)}",
        f"lat = {middle[0]}",
        f"lon = {middle[1]}",
    ]
    return _joined(lines)


def _assets(draft: Draft, middle: tuple[float, float]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("id", "type", "ko", "en", "area", "lat", "lon", "parent"))
    for kind in draft.types:
        for asset in kind.assets:
            lat, lon = (asset.place.lat, asset.place.lon) if asset.place is not None else middle
            name = _plain(asset.id)
            rows.writerow((asset.id, kind.id, name, name, AREA, round(lat, 6), round(lon, 6), ""))
    return out.getvalue()


def _type(kind: DraftType) -> str:
    lines = [] if kind.source else [_STANDS_IN]
    lines += [f"id = {_text(kind.id)}", f"label = {_both(kind.id)}", f"glyph = {_text(_GLYPH)}"]
    lines.append(f"headline = [{', '.join(_text(tag.name) for tag in kind.tags[:4])}]")
    for tag in kind.tags:
        lines += ["", "[[tag]]", f"name = {_text(tag.name)}", f"label = {_both(tag.label or tag.path)}"]
        lines += _values(tag)
        lines.append(f"period_s = {tag.period_s:g}")
    return _joined(lines)


def _values(tag: DraftTag) -> list[str]:
    states = tag.states or (("false", "true") if tag.flag else ())
    if states:
        return ['kind = "discrete"', f"states = [{', '.join(_both(state) for state in states)}]"]
    return [
        f"unit = {_text(_plain(tag.unit))}",
        f"low = {tag.low:g}",
        f"high = {tag.high:g}",
        f"decimals = {tag.decimals}",
    ]


def _feeds(draft: Draft, feed: FeedDef) -> str:
    lines = [
        "[[feed]]",
        f"id = {_text(feed.id)}",
        f"adapter = {_text(feed.adapter)}",
        f"url = {_text(feed.url)}",
        f"label = {_both(feed.id)}",
    ]
    if draft.movers:
        lines.append(f"movers = {_text(draft.movers)}")
    if feed.options:
        lines += [
            "",
            "[feed.options]",
            *(f"{name} = {_value(value)}" for name, value in feed.options.items()),
        ]
    for kind in draft.types:
        if not kind.source:
            continue
        lines += ["", "[[feed.map]]", f"type = {_text(kind.id)}", f"source = {_text(kind.source)}"]
        lines += ["", "[feed.map.tags]", *(f"{tag.name} = {_route(tag)}" for tag in kind.tags)]
    return _joined(lines)


def _route(tag: DraftTag) -> str:
    if not tag.states:
        return _text(tag.path)
    states = ", ".join(f"{_text(word)} = {number}" for number, word in enumerate(tag.states))
    return f"{{ path = {_text(tag.path)}, states = {{ {states} }} }}"


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else f"{value:g}"


def _both(text: str) -> str:
    """A name in both languages, as the source calls it; a person gives it its real ones."""
    named = _text(_plain(text) or "-")
    return f"{{ ko = {named}, en = {named} }}"


def _text(text: str) -> str:
    """A basic string of TOML: what JSON writes, and DEL escaped."""
    safe = text.encode("utf-8", "replace").decode()
    return json.dumps(safe, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:80]


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
