"""A first profile from what was heard: kinds of things with their points, and where each stands; pure.

Things of one kind share a type where their names can be told from the name of the asset; else each has its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from console.core.plaintext import first_forbidden
from console.core.profile.feed_maps import MOVERS
from console.feeds.scout import Place, Scout, word
from console.hub.district.heard import Heard, PointHeard

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PERIODS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 86400)
_PART = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class DraftTag:
    """One point of a type; `states` are the words of the source in the order of their numbers."""

    name: str
    path: str
    period_s: float
    low: float = 0.0
    high: float = 1.0
    decimals: int = 0
    states: tuple[str, ...] = ()
    flag: bool = False


@dataclass(frozen=True, slots=True)
class DraftAsset:
    """One thing; `place` is None where the source does not tell it."""

    id: str
    source: str
    place: Place | None


@dataclass(slots=True)
class DraftType:
    """Things of one kind; `source` is their name with `{asset}` for the id."""

    id: str
    source: str
    tags: tuple[DraftTag, ...]
    assets: list[DraftAsset] = field(default_factory=list[DraftAsset])


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that can be written, and how many points could not."""

    types: tuple[DraftType, ...]
    movers: str
    left_out: int

    @property
    def assets(self) -> int:
        """How many things."""
        return sum(len(kind.assets) for kind in self.types)

    @property
    def unplaced(self) -> int:
        """How many of them have no place."""
        return sum(asset.place is None for kind in self.types for asset in kind.assets)


def draft(heard: Heard, scout: Scout, longest_s: float) -> Draft:
    """A draft of everything heard; `longest_s` stands in for periods of points that came once."""
    things: dict[str, dict[str, PointHeard]] = {}
    left_out = 0
    for (source, path), point in heard.points.items():
        if source in heard.kinds:
            continue
        told = (source, path, *point.words)
        if not point.usable or not path or any(first_forbidden(text) for text in told):
            left_out += 1
        else:
            things.setdefault(source, {})[path] = point
    book = _Book(scout, heard.places)
    for source, points in things.items():
        book.add(source, points)
    kinds = sorted({kind for kind in heard.kinds.values() if kind in MOVERS}, reverse=True)
    return Draft(tuple(book.types(longest_s)), "+".join(kinds), left_out)


class _Book:
    """Things as they are sorted into types."""

    def __init__(self, scout: Scout, places: dict[str, Place]) -> None:
        self._scout = scout
        self._places = places
        self._assets: set[str] = set()
        self._kinds: dict[tuple[str, str], tuple[list[DraftAsset], dict[str, list[PointHeard]]]] = {}

    def add(self, source: str, points: dict[str, PointHeard]) -> None:
        """One thing."""
        kind, own = self._scout.name(source)
        shared = _ID.fullmatch(own) is not None and own not in self._assets
        asset = own if shared else _free(word(own), self._assets)
        self._assets.add(asset)
        at = source.rindex(own) if shared else -1
        template = source[:at] + "{asset}" + source[at + len(own) :] if shared else source
        assets, paths = self._kinds.setdefault((kind, template), ([], {}))
        assets.append(DraftAsset(asset, source, self._places.get(source)))
        for path, point in points.items():
            paths.setdefault(path, []).append(point)

    def types(self, longest_s: float) -> Iterable[DraftType]:
        """All types, each with a file name of its own."""
        taken: set[str] = set()
        for (kind, template), (assets, paths) in self._kinds.items():
            name = _free(kind, taken)
            taken.add(name)
            yield DraftType(name, template, tuple(_tags(paths, longest_s)), assets)


def _tags(paths: dict[str, list[PointHeard]], longest_s: float) -> Iterable[DraftTag]:
    taken: set[str] = set()
    for path, points in paths.items():
        name = _free(tag_name(path), taken, "_")
        taken.add(name)
        words = sorted({found for point in points for found in point.words})
        period = nice_period(max(point.period_s for point in points) or longest_s)
        if words:
            yield DraftTag(name, path, period, states=tuple(words))
        elif all(point.flags for point in points):
            yield DraftTag(name, path, period, flag=True)
        else:
            low, high = nice_range(min(p.low for p in points), max(p.high for p in points))
            yield DraftTag(name, path, period, low, high, max(point.decimals for point in points))


def tag_name(path: str) -> str:
    """A path of the source as a name of a tag."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path)
    name = _PART.sub("_", split).strip("_").lower()[:60]
    return name if name[:1].isalpha() else f"t_{name}".rstrip("_")


def nice_period(seconds: float) -> float:
    """The first usual period that is not shorter; a little above the mean is still the same."""
    return next((usual for usual in _PERIODS if seconds <= usual * 1.15), _PERIODS[-1])


def nice_range(low: float, high: float) -> tuple[float, float]:
    """A round range around what was seen, with room above: a first guess that a person has to mend."""
    reach = max(abs(low), abs(high))
    if reach == 0:
        return 0.0, 1.0
    step = 10.0 ** math.floor(math.log10(reach))
    top = next(step * times for times in (1.5, 2, 3, 5, 7.5, 10, 15) if reach <= step * times)
    return (-top if low < 0 else 0.0), top


def _free(name: str, taken: set[str], mark: str = "-") -> str:
    if name not in taken:
        return name
    return next(made for n in range(2, len(taken) + 3) if (made := f"{name}{mark}{n}") not in taken)
