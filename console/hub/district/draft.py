"""A first profile from what was heard: kinds of things with their points, and where each stands; pure.

Things of one kind share a type where their names can be told from the name of the asset; else each has its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from console.core.discovery import Offer, cleaned
from console.core.plaintext import first_forbidden
from console.core.profile.feed_maps import MOVERS
from console.feeds.scout import Place, Scout, SourceName, word
from console.hub.district.heard import Heard, PointHeard

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PERIODS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 86400)
STAND_IN = "receiver"
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
    unit: str = ""
    label: str = ""
    """What the source calls it; empty: as its path."""


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


def draft(
    heard: Heard, scout: Scout, longest_s: float, names: Mapping[str, SourceName] | None = None
) -> Draft:
    """A draft of everything heard; `longest_s` stands in for periods of points that came once.

    `names` are those that the source itself has given to things.
    """
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
    book = _Book(scout, heard, names or {})
    for source, points in things.items():
        book.add(source, points)
    kinds = sorted({kind for kind in heard.kinds.values() if kind in MOVERS}, reverse=True)
    types = tuple(book.types(longest_s))
    if not types and kinds:
        types = (_stand_in(heard),)
    return Draft(types, "+".join(kinds), left_out)


def _stand_in(heard: Heard) -> DraftType:
    """What a profile needs besides moving objects: one thing, in the middle of them, which the feed does not map."""
    places = [place for source, place in heard.places.items() if source in heard.kinds]
    lats, lons = [place.lat for place in places], [place.lon for place in places]
    middle = Place(STAND_IN, sum(lats) / len(lats), sum(lons) / len(lons)) if places else None
    tag = DraftTag("state", "state", 60.0, states=("fault", "normal"))
    return DraftType(STAND_IN, "", (tag,), [DraftAsset(f"{STAND_IN}-1", "", middle)])


@dataclass(slots=True)
class _Group:
    """Things that have most of their points in common."""

    assets: list[DraftAsset] = field(default_factory=list[DraftAsset])
    paths: dict[str, list[tuple[str, PointHeard]]] = field(
        default_factory=dict[str, "list[tuple[str, PointHeard]]"]
    )

    def is_like(self, points: Mapping[str, PointHeard]) -> bool:
        """Whether a thing with these points is one more of them: it has half of all points that either has."""
        return 2 * len(self.paths.keys() & points.keys()) >= len(self.paths.keys() | points.keys())


class _Book:
    """Things as they are sorted into types."""

    def __init__(self, scout: Scout, heard: Heard, names: Mapping[str, SourceName]) -> None:
        self._scout = scout
        self._heard = heard
        self._names = names
        self._assets: set[str] = set()
        self._kinds: dict[tuple[str, str], list[_Group]] = {}

    def add(self, source: str, points: dict[str, PointHeard]) -> None:
        """One thing."""
        kind, own = self._names.get(source) or self._scout.name(source)
        shared = _ID.fullmatch(own) is not None and own in source and own not in self._assets
        asset = own if shared else _free(word(own), self._assets)
        self._assets.add(asset)
        at = source.rindex(own) if shared else -1
        template = source[:at] + "{asset}" + source[at + len(own) :] if shared else source
        groups = self._kinds.setdefault((kind, template), [])
        group = next((one for one in groups if one.is_like(points)), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.assets.append(DraftAsset(asset, source, self._heard.places.get(source)))
        for path, point in points.items():
            group.paths.setdefault(path, []).append((source, point))

    def types(self, longest_s: float) -> Iterable[DraftType]:
        """All types, each with a file name of its own."""
        taken: set[str] = set()
        for (kind, template), groups in self._kinds.items():
            for group in groups:
                name = _free(kind, taken)
                taken.add(name)
                yield DraftType(name, template, tuple(self._tags(group, longest_s)), group.assets)

    def _tags(self, group: _Group, longest_s: float) -> Iterable[DraftTag]:
        offers = self._heard.offers
        taken: set[str] = set()
        for path, points in group.paths.items():
            found = (offers.get((source, path)) for source, _ in points)
            offer = next((cleaned(one) for one in found if one is not None), None)
            tag = _tag(path, [point for _, point in points], longest_s)
            if offer is not None:
                tag = _described(tag, offer)
            tag = replace(tag, name=_free(tag.name, taken, "_"))
            taken.add(tag.name)
            yield tag


def _tag(path: str, points: list[PointHeard], longest_s: float) -> DraftTag:
    name = tag_name(path)
    words = sorted({found for point in points for found in point.words})
    period = nice_period(max(point.period_s for point in points) or longest_s)
    if words:
        return DraftTag(name, path, period, states=tuple(words))
    if all(point.flags for point in points):
        return DraftTag(name, path, period, flag=True)
    low, high = nice_range(min(p.low for p in points), max(p.high for p in points))
    return DraftTag(name, path, period, low, high, max(point.decimals for point in points))


def _described(tag: DraftTag, offer: Offer) -> DraftTag:
    """The tag with the name, the unit and the range that the source tells, which a guess cannot know."""
    if offer.label:
        id_only = tag.path.startswith(("ns=", "nsu="))
        tag = replace(tag, label=offer.label, name=tag_name(offer.label) if id_only else tag.name)
    if tag.states or tag.flag:
        return tag
    if offer.low is not None and offer.high is not None:
        tag = replace(tag, low=offer.low, high=offer.high)
    return replace(tag, unit=offer.unit)


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
