"""The ground of a map picture: land, roads and named areas of a folder of GeoJSON. A broken file is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from console.core.site import Site
from console.core.words import Text
from resources import ROOT

SHIPPED = ROOT / "map"
_MOST_BYTES = 32 * 1024 * 1024
_MOST_NAME = 60

Ring = tuple[tuple[float, float], ...]
"""Positions as longitude and latitude."""


class Named(msgspec.Struct, frozen=True):
    """An outline with its name."""

    name: Text
    ring: Ring


class BaseMap(msgspec.Struct, frozen=True):
    """What is drawn under the assets; empty where there is nothing."""

    land: tuple[Ring, ...] = ()
    roads: tuple[Ring, ...] = ()
    areas: tuple[Named, ...] = ()
    credit: str = ""


def base_map(site: Site, folder: Path | None) -> BaseMap:
    """The site's own ground where it has one, else the shipped one."""
    own = (folder or Path()) / site.map_folder if site.map_folder else None
    place = own if own is not None and own.is_dir() else SHIPPED
    found = {stem: list(_features(place / f"{stem}.geojson")) for stem in ("land", "trunk", "areas")}
    credits = [credit for features in found.values() for credit in (f[2] for f in features) if credit]
    return BaseMap(
        land=tuple(ring for _, rings, _ in found["land"] for ring in rings),
        roads=tuple(ring for _, rings, _ in found["trunk"] for ring in rings),
        areas=tuple(Named(name, ring) for name, rings, _ in found["areas"] for ring in rings),
        credit=", ".join(dict.fromkeys(credits)),
    )


def _features(path: Path) -> Iterator[tuple[Text, list[Ring], str]]:
    """Names and outlines, and the credit of the file."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return
        document: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        credit = str(document.get("credit", ""))[:_MOST_NAME]
        for feature in document["features"]:
            kind, places = feature["geometry"]["type"], feature["geometry"]["coordinates"]
            said = cast("dict[str, object]", feature.get("properties") or {})
            ko, en = (str(said.get(key, ""))[:_MOST_NAME] for key in ("name_ko", "name_en"))
            yield Text(ko, en), list(_rings(kind, places)), credit
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return


def _rings(kind: str, places: Any) -> Iterator[Ring]:
    """Outer rings and lines; holes are lakes too small for a page."""
    if kind == "Polygon":
        yield _ring(places[0])
    elif kind == "MultiPolygon":
        yield from (_ring(polygon[0]) for polygon in places)
    elif kind == "LineString":
        yield _ring(places)
    elif kind == "MultiLineString":
        yield from map(_ring, places)


def _ring(places: Any) -> Ring:
    return tuple((float(place[0]), float(place[1])) for place in places)
