"""An NGSI-LD event socket: the type stands in the id of an entity, its place in a GeoProperty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from console.core.errors import DecodeError
from console.feeds.json_guard import load
from console.feeds.ngsi_ld.names import URN, type_of
from console.feeds.scout import Place, PlainScout, SourceName, word

_DEEPEST = 6
Tree = dict[str, object]


class NgsiLdScout(PlainScout):
    """Ids are `urn:ngsi-ld:<Type>:<name>` (ETSI GS CIM 009 annex A)."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether an entity is in one of the frames."""
        return any(next(_entities(frame), None) is not None for frame in frames)

    def name(self, source: str) -> SourceName:
        """The type of the URN, and what stands behind it."""
        kind = type_of(source)
        own = source.removeprefix(f"{URN}{kind}:")
        return SourceName(word(kind), own) if kind else super().name(source)

    def places(self, frame: bytes | str) -> Iterable[Place]:
        """Entities with a `location` that is a point, and features."""
        for entity in _entities(frame):
            point = _point(entity.get("location", entity.get("geometry")))
            if point is not None:
                yield Place(str(entity["id"]), *point)


def _entities(frame: bytes | str) -> Iterator[Tree]:
    try:
        tree = load(frame)
    except DecodeError:
        return
    yield from _below(tree, 0)


def _below(node: object, level: int) -> Iterator[Tree]:
    if level > _DEEPEST:
        return
    if isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _below(item, level + 1)
    elif isinstance(node, dict):
        tree = cast("Tree", node)
        if str(tree.get("id", "")).startswith(URN) and ("type" in tree or "@type" in tree):
            yield tree
        for value in tree.values():
            if isinstance(value, (dict, list)):
                yield from _below(cast("object", value), level + 1)


def _point(node: object) -> tuple[float, float] | None:
    """Latitude and longitude of a GeoProperty, in any of its notations."""
    for _ in range(3):
        if not isinstance(node, dict):
            return None
        tree = cast("Tree", node)
        if tree.get("type") == "Point":
            return _degrees(tree.get("coordinates"))
        node = tree.get("value", tree.get("geometry"))
    return None


def _degrees(found: object) -> tuple[float, float] | None:
    if not isinstance(found, list):
        return None
    match cast("list[object]", found)[:2]:
        case [int() | float() as lon, int() | float() as lat] if abs(lat) <= 90 and abs(lon) <= 180:
            return float(lat), float(lon)
        case _:
            return None


SCOUT = NgsiLdScout()
