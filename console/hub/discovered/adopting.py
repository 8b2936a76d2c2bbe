"""Discovered points as texts of a profile, for a person to edit: types, lines of `assets.csv`, maps of the feed; pure.

Things with the same points share a type where their names can be told from their ids; else each has its own.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from console.core.catalogue import Catalogue
from console.core.discovery import MARK, DiscoveryBook, FoundAsset, FoundPoint, ValueKind, plain, slug
from console.core.plaintext import first_forbidden
from console.core.profile.entry import ID
from console.core.site import Asset
from console.core.words import Text
from console.hub.discovered.adopted import mapped_points
from console.hub.discovered.shapes import Saying, area_of

_HEADER = re.compile(r"^\s*\[\[\s*feed\s*\]\]\s*(#.*)?$")
_UNKNOWN_RANGE = (0.0, 100.0)
_PERIOD_S = 3600.0
"""Of a source that reports by exception nobody knows how often it speaks."""


@dataclass(slots=True)
class AdoptedType:
    """A type for things with the same points; `source` is their name with `{asset}` for the id."""

    id: str
    source: str
    points: tuple[FoundPoint, ...]
    assets: list[Asset] = field(default_factory=list[Asset])


@dataclass(frozen=True, slots=True)
class Adoption:
    """Everything of one feed that can be written, and how many points cannot be."""

    feed: str
    types: tuple[AdoptedType, ...]
    left_out: int

    @property
    def points(self) -> int:
        """Points of all things."""
        return sum(len(kind.points) * len(kind.assets) for kind in self.types)


def adoption(catalogue: Catalogue, book: DiscoveryBook, feed: str, area: str) -> Adoption:
    """What of a feed the profile does not map yet. `catalogue` is that of the profile alone."""
    mapped = mapped_points(catalogue).get(feed, {})
    points = [
        point
        for point in book.points.values()
        if point.feed == feed and not point.gone and (point.offer.source, point.offer.path) not in mapped
    ]
    usable = [point for point in points if _writable(point)]
    return Adoption(
        feed, tuple(_Writer(catalogue, book, feed, area).types(usable)), len(points) - len(usable)
    )


def _writable(point: FoundPoint) -> bool:
    """Whether a profile can hold a point: not one that has no word yet, nor what names it in characters that no
    profile may have.
    """
    offer = point.offer
    if offer.kind is ValueKind.TEXT and not offer.words:
        return False
    return not any(first_forbidden(text) for text in (offer.source, offer.path, *offer.words))


class _Writer:
    """Ids, types and assets as they are given."""

    def __init__(self, catalogue: Catalogue, book: DiscoveryBook, feed: str, area: str) -> None:
        self._catalogue = catalogue
        self._found = {one.id: one for one in book.assets.values()}
        self._area = catalogue.areas[area]
        self._ids = set(catalogue.assets)
        self._kinds = set(catalogue.types)
        self._given: dict[str, str] = {}
        self._owner = {
            source: tag.partition(".")[0]
            for (source, _), (tag, _) in mapped_points(catalogue).get(feed, {}).items()
        }

    def types(self, points: Sequence[FoundPoint]) -> Iterable[AdoptedType]:
        """Types with their assets, edge nodes first."""
        by_asset: dict[str, list[FoundPoint]] = {}
        for point in points:
            by_asset.setdefault(point.asset, []).append(point)
        made: dict[tuple[object, ...], AdoptedType] = {}
        for found in sorted((self._found[one] for one in by_asset), key=lambda one: not one.node):
            own = tuple(by_asset[found.id])
            asset, template = self._name(found)
            shape = (template, *((p.name, p.offer.path, p.offer.kind, p.offer.unit) for p in own))
            kind = made.get(shape) if template else None
            if kind is None:
                name = _free(_kind_name(found), self._kinds)
                self._kinds.add(name)
                kind = made[shape if template else (found.id,)] = AdoptedType(
                    name, template or found.source, own
                )
            kind.assets.append(self._asset(found, asset, kind.id))
        return made.values()

    def _name(self, found: FoundAsset) -> tuple[str, str]:
        """The id of an asset, and the name of its source with a place for that; empty where it has none."""
        own = _own(found)
        if ID.fullmatch(own) and own not in self._ids and found.source.endswith(f"/{own}"):
            self._ids.add(own)
            return own, found.source.removesuffix(own) + "{asset}"
        name = slug(own, "-")
        # What the profile maps of the same source has the plain name already.
        name = _free(f"{name}-more" if found.source in self._owner else name, self._ids)
        self._ids.add(name)
        return name, ""

    def _asset(self, found: FoundAsset, asset: str, kind: str) -> Asset:
        self._given[found.id] = asset
        name = plain(_own(found)) or asset
        owner = self._catalogue.assets.get(self._owner.get(found.source, ""))
        place = owner or self._area
        return Asset(
            id=asset,
            type=kind,
            name=Text(name, name),
            area=self._area.id if owner is None else owner.area,
            lat=place.lat,
            lon=place.lon,
            parent=self._given.get(found.parent, "") if owner is None else owner.id,
        )


def _own(found: FoundAsset) -> str:
    """What a thing is called among its neighbours."""
    return found.title or found.source.rpartition("/")[2]


def _kind_name(found: FoundAsset) -> str:
    return f"{slug(_own(found), '-')}-{'node' if found.node else 'device'}"


def area_for(catalogue: Catalogue, feed: str, asked: str) -> str:
    """Where what is adopted of a feed stands at first."""
    declared = next(one for one in catalogue.site.feeds if one.id == feed)
    return area_of(catalogue, declared, asked)


def type_text(kind: AdoptedType, said: Saying, remark: Callable[[str], str]) -> str:
    """The file of a type; `remark` gives the words for what a person has to see to."""
    lines = [f"id = {_text(kind.id)}", f"label = {_both(kind.id)}", 'glyph = "device"']
    lines.append(f"headline = [{', '.join(_text(point.name) for point in kind.points[:4])}]")
    for point in kind.points:
        offer = point.offer
        lines += ["", "[[tag]]", f"name = {_text(point.name)}", f"label = {_both(offer.label or offer.path)}"]
        if offer.kind is ValueKind.NUMBER:
            unknown = offer.low is None or offer.high is None
            low, high = _UNKNOWN_RANGE if offer.low is None or offer.high is None else (offer.low, offer.high)
            lines += [f"unit = {_text(offer.unit)}", *([f"# {remark('range')}"] if unknown else [])]
            lines += [f"low = {low:g}", f"high = {high:g}", f"decimals = {0 if offer.whole else 2}"]
        else:
            lines += ['kind = "discrete"', f"states = [{', '.join(_states(point, said))}]"]
        lines += [f"# {remark('period')}", f"period_s = {_PERIOD_S:g}"]
    return "\n".join(lines) + "\n"


def _states(point: FoundPoint, said: Saying) -> list[str]:
    if point.offer.kind is ValueKind.FLAG:
        return [_pair(said.off), _pair(said.on)]
    return [_both(word) if plain(word) else _pair(said.empty) for word in point.offer.words]


def map_text(kinds: Sequence[AdoptedType]) -> str:
    """The maps of a feed."""
    lines: list[str] = []
    for kind in kinds:
        lines += ["", "[[feed.map]]", f"type = {_text(kind.id)}", f"source = {_text(kind.source)}"]
        lines += ["", "[feed.map.tags]", *(f"{point.name} = {_route(point)}" for point in kind.points)]
    return "\n".join(lines) + "\n"


def _route(point: FoundPoint) -> str:
    offer = point.offer
    if offer.kind is not ValueKind.TEXT:
        return _text(offer.path)
    states = ", ".join(f"{_text(word)} = {number}" for number, word in enumerate(offer.words))
    return f"{{ path = {_text(offer.path)}, states = {{ {states} }} }}"


def with_maps(feeds: str, order: Sequence[str], feed: str, maps: str) -> str:
    """`feeds.toml` with more maps at the end of a feed; `order` are the feeds of the file as they stand in it."""
    lines = feeds.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    place = order.index(feed) + 1
    end = heads[place] if place < len(heads) else len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    # Remarks above the next feed belong to it.
    while end and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    before, after = "".join(lines[:end]), "".join(lines[end:])
    return f"{before.rstrip()}\n{maps}{after if after.startswith(chr(10)) or not after else chr(10) + after}"


def with_assets(sheet: str, kinds: Sequence[AdoptedType]) -> str:
    """`assets.csv` with the adopted assets, in the columns that it has."""
    columns = next(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"))))
    out = io.StringIO()
    rows = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    for kind in kinds:
        for asset in kind.assets:
            rows.writerow(
                {
                    "id": asset.id,
                    "type": asset.type,
                    "ko": asset.name.ko,
                    "en": asset.name.en,
                    "area": asset.area,
                    "lat": asset.lat,
                    "lon": asset.lon,
                    "parent": asset.parent,
                }
            )
    return f"{sheet.rstrip()}\n{out.getvalue()}"


def _free(name: str, taken: set[str]) -> str:
    name = name.removeprefix(MARK)
    made, n = name, 2
    while made in taken:
        made, n = f"{name}-{n}", n + 1
    return made


def _both(text: str) -> str:
    """A name in both languages, as the source calls it; a person gives it its real ones."""
    named = _text(plain(text) or "-")
    return f"{{ ko = {named}, en = {named} }}"


def _pair(text: Text) -> str:
    return f"{{ ko = {_text(text.ko)}, en = {_text(text.en)} }}"


def _text(text: str) -> str:
    """A basic string of TOML: what JSON writes, and DEL escaped."""
    safe = text.encode("utf-8", "replace").decode()
    return json.dumps(safe, ensure_ascii=False).replace("\x7f", "\\u007f")
