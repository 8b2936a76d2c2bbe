"""Base layers of the map: a folder of GeoJSON, styled by the name of each file.

A broken file is a named fault and the others are still drawn.
Every text of a layer is data and travels as data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec

from maps.projection import Extent

MOST_BYTES = 64 * 1024 * 1024
"""A larger file is refused: it would stall every machine of the room."""
MOST_TEXT = 200

Ring = tuple[tuple[float, float], ...]
"""Positions (lat, lon); the last equals the first where the ring is closed."""

ORDER = ("water", "land", "districts", "dongs", "areas", "rivers", "coastline", "roads", "trunk")
"""Stems with a style of their own, in drawing order from the bottom;
any other stem is drawn as thin lines above them."""


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a layer."""

    ko: str = ""
    en: str = ""
    polygons: tuple[tuple[Ring, ...], ...] = ()
    """Each polygon is its outer ring followed by its holes."""
    lines: tuple[Ring, ...] = ()
    points: Ring = ()

    @property
    def label_at(self) -> tuple[float, float] | None:
        """Where the name stands (lat, lon): the middle of the largest ring, half-way along the longest line,
        or the point."""
        if self.polygons:
            return _centre(max((polygon[0] for polygon in self.polygons), key=_area_of))
        if self.lines:
            line = max(self.lines, key=len)
            half = (len(line) - 1) // 2
            return _between(line[half], line[half + 1]) if len(line) % 2 == 0 else line[half]
        return self.points[0] if self.points else None

    def name(self, lang: str) -> str:
        """The label in a language, the other one where it is missing."""
        return (self.en or self.ko) if lang == "en" else (self.ko or self.en)


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """All features of one file; `stem` chooses the style."""

    stem: str
    features: tuple[Feature, ...]


class LayerFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file is not on the map."""

    file: str
    reason: str


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """What lies under the marks, with the extent `home` that the map fits to."""

    layers: tuple[Layer, ...] = ()
    faults: tuple[LayerFault, ...] = ()
    credit: str = ""
    home: Extent = Extent(south=34.98, west=128.76, north=35.36, east=129.30)

    def layer(self, stem: str) -> Layer | None:
        """The layer of a stem."""
        return next((layer for layer in self.layers if layer.stem == stem), None)


class _Geometry(msgspec.Struct, frozen=True):
    type: str
    coordinates: msgspec.Raw = msgspec.Raw(b"null")
    geometries: tuple[_Geometry, ...] = ()


class _Feature(msgspec.Struct, frozen=True):
    geometry: _Geometry | None = None
    properties: dict[str, object] | None = None


class _Collection(msgspec.Struct, frozen=True):
    type: str
    features: tuple[_Feature, ...] = ()
    credit: str = ""


_Point = tuple[float, ...]
_Line = tuple[_Point, ...]
_Polygon = tuple[_Line, ...]


class LayerError(ValueError):
    """A file that is not a usable GeoJSON feature collection; the message is the reason."""


def load_layers(folder: Path, home: Extent | None = None) -> Layers:
    """Every `*.geojson` of a folder in drawing order, with `credit.txt` and the credits the files name."""
    layers: list[Layer] = []
    faults: list[LayerFault] = []
    credits: list[str] = []
    files = sorted(folder.glob("*.geojson")) if folder.is_dir() else []
    if not files:
        faults.append(LayerFault(file=folder.name, reason="no .geojson file in this folder"))
    for file in files:
        try:
            layer, credit = read_layer(file)
        except (LayerError, OSError) as error:
            faults.append(LayerFault(file=file.name, reason=str(error)))
            continue
        layers.append(layer)
        credits.append(credit)
    layers.sort(key=lambda layer: ORDER.index(layer.stem) if layer.stem in ORDER else len(ORDER))
    own = _credit_file(folder)
    credit = own or " · ".join(dict.fromkeys(text for text in credits if text))
    found = Layers(layers=tuple(layers), faults=tuple(faults), credit=credit)
    return msgspec.structs.replace(found, home=home or bounds_of(found) or found.home)


def read_layer(file: Path) -> tuple[Layer, str]:
    """One file as a layer and its credit; raises LayerError with the reason, OSError when unreadable."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise LayerError(f"{size} bytes, more than {MOST_BYTES}")
    try:
        tree = msgspec.json.decode(file.read_bytes(), type=_Collection)
    except msgspec.MsgspecError as error:
        raise LayerError(str(error)) from error
    except UnicodeDecodeError as error:
        raise LayerError(f"not UTF-8 at byte {error.start}") from error
    if tree.type != "FeatureCollection":
        raise LayerError(f"type is {tree.type[:40]!r}, not FeatureCollection")
    features = tuple(_feature(number, feature) for number, feature in enumerate(tree.features))
    return Layer(stem=stem_of(file.name), features=features), _text(tree.credit)


def stem_of(name: str) -> str:
    """What a file holds by its name; `areas-approx.geojson` and `areas.2024.geojson` are areas."""
    whole = name.lower().removesuffix(".geojson")
    first = re.split(r"[-._ ]", whole, maxsplit=1)[0]
    return first if first in ORDER else whole


def bounds_of(layers: Layers) -> Extent | None:
    """The extent of the areas and districts, else of everything; None where there is nothing."""
    for stems in (("districts", "dongs"), ("areas", "trunk", "roads"), None):
        chosen = [layer for layer in layers.layers if stems is None or layer.stem in stems]
        found = _box(position for layer in chosen for position in _positions(layer))
        if found is not None:
            return found
    return None


def _area_of(ring: Ring) -> float:
    return abs(sum(_cross(one, other) for one, other in pairwise(ring)))


def _centre(ring: Ring) -> tuple[float, float]:
    base_lat, base_lon = ring[0]
    near = tuple((lat - base_lat, lon - base_lon) for lat, lon in ring)
    double = sum(_cross(one, other) for one, other in pairwise(near))
    if abs(double) < 1e-12:
        return ring[0]
    lat = sum((one[0] + other[0]) * _cross(one, other) for one, other in pairwise(near)) / (3 * double)
    lon = sum((one[1] + other[1]) * _cross(one, other) for one, other in pairwise(near)) / (3 * double)
    return base_lat + lat, base_lon + lon


def _cross(one: tuple[float, float], other: tuple[float, float]) -> float:
    return one[0] * other[1] - other[0] * one[1]


def _between(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _box(positions: Iterable[tuple[float, float]]) -> Extent | None:
    spots = list(positions)
    if not spots:
        return None
    lats = [lat for lat, _ in spots]
    lons = [lon for _, lon in spots]
    return Extent(south=min(lats), west=min(lons), north=max(lats), east=max(lons))


def _positions(layer: Layer) -> Iterator[tuple[float, float]]:
    for feature in layer.features:
        for polygon in feature.polygons:
            yield from polygon[0]
        for line in feature.lines:
            yield from line
        yield from feature.points


def _credit_file(folder: Path) -> str:
    file = folder / "credit.txt"
    try:
        return _text(" ".join(file.read_text("utf-8").split())) if file.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(char for char in text if char.isprintable())[:MOST_TEXT]


def _feature(number: int, feature: _Feature) -> Feature:
    told = feature.properties or {}
    plain = _text(told.get("name"))
    shapes = _Shapes()
    if feature.geometry is not None:
        try:
            shapes.add(feature.geometry)
        except (msgspec.MsgspecError, LayerError) as error:
            raise LayerError(f"feature {number}: {error}") from error
    return Feature(
        ko=_text(told.get("name_ko")) or plain,
        en=_text(told.get("name_en")) or plain,
        polygons=tuple(shapes.polygons),
        lines=tuple(shapes.lines),
        points=tuple(shapes.points),
    )


class _Shapes:
    """What the geometry of one feature comes to, gathered while it is read."""

    def __init__(self) -> None:
        self.polygons: list[tuple[Ring, ...]] = []
        self.lines: list[Ring] = []
        self.points: list[tuple[float, float]] = []

    def add(self, geometry: _Geometry) -> None:
        """Adds a geometry; raises LayerError or msgspec.MsgspecError."""
        if geometry.type == "GeometryCollection":
            for part in geometry.geometries:
                if part.type == "GeometryCollection":
                    raise LayerError("a geometry collection inside another")
                self.add(part)
            return
        reader = _READERS.get(geometry.type)
        if reader is None:
            raise LayerError(f"unknown geometry {geometry.type[:40]!r}")
        reader(self, geometry.coordinates)

    def polygon(self, raw: msgspec.Raw) -> None:
        """One polygon."""
        self.polygons.extend(_polygon(msgspec.json.decode(raw, type=_Polygon)))

    def multi_polygon(self, raw: msgspec.Raw) -> None:
        """Several polygons."""
        for polygon in msgspec.json.decode(raw, type=tuple[_Polygon, ...]):
            self.polygons.extend(_polygon(polygon))

    def line(self, raw: msgspec.Raw) -> None:
        """One line."""
        self.lines.append(_ring(msgspec.json.decode(raw, type=_Line)))

    def multi_line(self, raw: msgspec.Raw) -> None:
        """Several lines."""
        self.lines.extend(_ring(line) for line in msgspec.json.decode(raw, type=_Polygon))

    def point(self, raw: msgspec.Raw) -> None:
        """One point."""
        self.points.append(_position(msgspec.json.decode(raw, type=_Point)))

    def multi_point(self, raw: msgspec.Raw) -> None:
        """Several points."""
        self.points.extend(_ring(msgspec.json.decode(raw, type=_Line)))


_READERS: Mapping[str, Callable[[_Shapes, msgspec.Raw], None]] = {
    "Polygon": _Shapes.polygon,
    "MultiPolygon": _Shapes.multi_polygon,
    "LineString": _Shapes.line,
    "MultiLineString": _Shapes.multi_line,
    "Point": _Shapes.point,
    "MultiPoint": _Shapes.multi_point,
}


def _polygon(rings: _Polygon) -> Iterator[tuple[Ring, ...]]:
    if rings:
        if any(len(ring) < 3 for ring in rings):
            raise LayerError("a ring of fewer than 3 positions")
        yield tuple(_ring(ring) for ring in rings)


def _ring(line: _Line) -> Ring:
    return tuple(_position(point) for point in line)


def _position(point: _Point) -> tuple[float, float]:
    if len(point) < 2:
        raise LayerError("a position needs longitude and latitude")
    lon, lat = point[0], point[1]
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise LayerError(f"position {lon:.6g}, {lat:.6g} is not on Earth in degrees")
    return lat, lon
