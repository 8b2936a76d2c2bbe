"""What sources offer beyond what a profile maps, and who is who over restarts; pure.

A point is known by feed, source, path and kind: one that comes back with another kind of value is another point,
so that a curve never mixes two meanings. Ids and names are given once and kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from console.core.plaintext import first_forbidden

MARK = "~"
"""First letter of every discovered id: no id of a profile can begin with it."""
MOST_WORDS = 32
"""Words that one point may have; what it says beyond them counts as some other word."""
LONGEST_NAME = 400
"""Characters of source and path together."""
RECORDED = 5
"""A feed may have so many times as many points on record, with those that are gone, as it may have at a time."""
_LONGEST_ID = 60
_LONGEST_TEXT = 120
_NOT_ID = re.compile(r"[^A-Za-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class ValueKind(StrEnum):
    """What a point says."""

    NUMBER = "number"
    FLAG = "bool"
    TEXT = "text"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One point as its source offers it."""

    source: str
    path: str
    kind: ValueKind
    unit: str = ""
    label: str = ""
    """What the source calls it; empty: as its path."""
    name: str = ""
    """A short name for the point, where its path is nothing to read; empty: made of the path."""
    title: str = ""
    """What the thing itself is called, where its name in the feed is nothing to read; empty: as that."""
    group: str = ""
    """Name of the source that this source belongs to, such as the edge node of a device; its own name, or empty, for
    one that belongs to none."""
    low: float | None = None
    high: float | None = None
    """Engineering range, where the source tells it."""
    whole: bool = False
    """Its numbers have no fraction."""
    words: tuple[str, ...] = ()
    """Words that a text has said."""
    silent_s: float = 0.0
    """Silence after which the source itself calls the value stale; 0: unsaid."""

    @property
    def key(self) -> tuple[str, str, ValueKind]:
        """What it is known by within its feed."""
        return self.source, self.path, self.kind


class FoundAsset(msgspec.Struct, frozen=True, kw_only=True):
    """A source as an asset; `parent` is the id of the one it belongs to."""

    id: str
    feed: str
    source: str
    parent: str = ""
    title: str = ""
    node: bool = False
    """Others belong to it, or it is said to be an edge node."""


class FoundPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A point that was offered once, with the names it keeps."""

    feed: str
    asset: str
    name: str
    offer: Offer
    gone: bool = False
    """The source no longer offers it."""

    @property
    def key(self) -> tuple[str, str, str, ValueKind]:
        """What it is known by."""
        return self.feed, *self.offer.key

    @property
    def tag(self) -> str:
        """Its name in the catalogue."""
        return f"{self.asset}.{self.name}"


@dataclass(slots=True)
class Found:
    """What some offers change: whatever is new or different, and how many points of each source were not taken."""

    assets: list[FoundAsset] = field(default_factory=list[FoundAsset])
    points: list[FoundPoint] = field(default_factory=list[FoundPoint])
    refused: dict[str, int] = field(default_factory=dict[str, int])

    def __bool__(self) -> bool:
        return bool(self.assets or self.points)


class DiscoveryBook:
    """All that was ever found. `look` only says what would change; `keep` takes it once it is durable."""

    def __init__(self, assets: Iterable[FoundAsset] = (), points: Iterable[FoundPoint] = ()) -> None:
        self.assets: dict[tuple[str, str], FoundAsset] = {}
        """By feed and source, in the order of being found."""
        self.points: dict[tuple[str, str, str, ValueKind], FoundPoint] = {}
        """By what they are known by, in the order of being found."""
        self._ids: set[str] = set()
        self._names: set[str] = set()
        self._of_source: dict[tuple[str, str], dict[tuple[str, ValueKind], FoundPoint]] = {}
        self._living: dict[str, int] = {}
        self._ever: Counter[str] = Counter()
        self.keep(Found([*assets], [*points]))

    def keep(self, found: Found) -> None:
        """Take changes."""
        for asset in found.assets:
            self.assets[asset.feed, asset.source] = asset
            self._ids.add(asset.id)
        for point in found.points:
            before = self.points.get(point.key)
            self._living.setdefault(point.feed, 0)
            self._ever[point.feed] += before is None
            self._living[point.feed] += (not point.gone) - (before is not None and not before.gone)
            self.points[point.key] = point
            self._names.add(point.tag)
            of_source = self._of_source.setdefault((point.feed, point.offer.source), {})
            of_source[point.offer.path, point.offer.kind] = point

    def living(self, feed: str) -> int:
        """Points of a feed that are offered still."""
        return self._living.get(feed, 0)

    def ever(self, feed: str) -> int:
        """Points of a feed on record, those that are gone with them."""
        return self._ever[feed]

    def without(self, points: Iterable[FoundPoint]) -> DiscoveryBook:
        """A book in which these have never been found."""
        gone = {point.key for point in points}
        return DiscoveryBook(
            self.assets.values(), (point for key, point in self.points.items() if key not in gone)
        )

    def faded(self, feed: str, most: int) -> list[FoundPoint]:
        """Points of a feed to be forgotten: of those that are gone, the first found beyond the last `most`."""
        gone = [point for point in self.points.values() if point.feed == feed and point.gone]
        return gone[: max(len(gone) - most, 0)]

    def of_source(self, feed: str, source: str) -> Iterable[FoundPoint]:
        """Points ever found of a source."""
        return self._of_source.get((feed, source), {}).values()

    def look(self, feed: str, offers: Sequence[Offer], whole: Iterable[str], most: int) -> Found:
        """What would change. Of the sources in `whole` these offers are all they have; a feed has at most `most`
        points at a time.
        """
        return _Look(self, feed, most).taken(offers, whole)

    def learn(self, feed: str, words: Mapping[tuple[str, str], Sequence[str]]) -> Found:
        """What new words of texts, by source and path, would change."""
        found = Found()
        for (source, path), said in words.items():
            point = self.points.get((feed, source, path, ValueKind.TEXT))
            if point is not None and not point.gone:
                offer = _merged(point.offer, msgspec.structs.replace(point.offer, words=tuple(said)))
                if offer != point.offer:
                    found.points.append(msgspec.structs.replace(point, offer=offer))
        return found

    def free_id(self, source: str, taken: set[str]) -> str:
        """An id that nothing has."""
        first = MARK + slug(source, "-")
        made, n = first, 2
        while made in self._ids or made in taken:
            made, n = f"{first}-{n}", n + 1
        return made

    def free_name(self, asset: str, path: str, taken: set[str]) -> str:
        """A name that no point of the asset has; `taken` are full names."""
        first = slug(path, "_")
        name = first if first[:1].isalpha() else f"t_{first}"
        made, n = name, 2
        while f"{asset}.{made}" in self._names or f"{asset}.{made}" in taken:
            made, n = f"{name}_{n}", n + 1
        return made


class _Look:
    """One look at some offers of a feed."""

    def __init__(self, book: DiscoveryBook, feed: str, most: int) -> None:
        self._book = book
        self._feed = feed
        self._room = most - book.living(feed)
        self._unused = most * RECORDED - book.ever(feed)
        self._assets: dict[str, FoundAsset] = {}
        self._points: dict[tuple[str, str, str, ValueKind], FoundPoint] = {}
        self._ids: set[str] = set()
        self._names: set[str] = set()

    def taken(self, offers: Sequence[Offer], whole: Iterable[str]) -> Found:
        """What the offers change, those that are gone first: they make room."""
        self._end_the_missing({offer.key for offer in offers}, whole)
        refused = Counter(offer.source for offer in offers if not self._take(offer))
        return Found([*self._assets.values()], [*self._points.values()], dict(refused))

    def _end_the_missing(self, offered: set[tuple[str, str, ValueKind]], whole: Iterable[str]) -> None:
        for source in dict.fromkeys(whole):
            for point in self._book.of_source(self._feed, source):
                if point.offer.key not in offered:
                    self._end(point)

    def _end(self, point: FoundPoint) -> None:
        if not point.gone:
            self._points[point.key] = msgspec.structs.replace(point, gone=True)
            self._room += 1

    def _take(self, offer: Offer) -> bool:
        key = (self._feed, *offer.key)
        before = self._present(key)
        for kind in _OTHERS[offer.kind]:
            other = self._present((self._feed, offer.source, offer.path, kind))
            if other is not None:
                self._end(other)
        if before is not None and not before.gone:
            self._put(before, _merged(before.offer, cleaned(offer)))
            return True
        full = self._room <= 0 or (before is None and self._unused <= 0)
        if full or len(offer.source) + len(offer.path) > LONGEST_NAME:
            return False
        offer = cleaned(offer)
        self._room -= 1
        self._unused -= before is None
        if before is not None:
            self._put(before, _merged(before.offer, offer))
        else:
            asset = self._asset(offer.source, offer.group, offer.title, node=offer.group == offer.source)
            name = self._book.free_name(asset, offer.name or offer.path, self._names)
            self._names.add(f"{asset}.{name}")
            self._points[key] = FoundPoint(feed=self._feed, asset=asset, name=name, offer=offer)
        return True

    def _present(self, key: tuple[str, str, str, ValueKind]) -> FoundPoint | None:
        """A point as it is by now."""
        return self._points.get(key) or self._book.points.get(key)

    def _put(self, before: FoundPoint, offer: Offer) -> None:
        """The point is offered, as the offer says now."""
        if before.gone or before.offer != offer:
            self._points[before.key] = msgspec.structs.replace(before, offer=offer, gone=False)

    def _asset(self, source: str, group: str, title: str = "", *, node: bool) -> str:
        known = self._book.assets.get((self._feed, source)) or self._assets.get(source)
        if known is not None:
            return known.id
        parent = self._asset(group, "", node=True) if group and group != source else ""
        made = FoundAsset(
            id=self._book.free_id(title or source, self._ids),
            feed=self._feed,
            source=source,
            parent=parent,
            title=title,
            node=node,
        )
        self._ids.add(made.id)
        self._assets[source] = made
        return made.id


_OTHERS = {kind: tuple(other for other in ValueKind if other is not kind) for kind in ValueKind}


def _merged(before: Offer, now: Offer) -> Offer:
    """As it is offered now, with the words it has ever said in their order."""
    words = dict.fromkeys((*before.words, *now.words))
    return msgspec.structs.replace(now, words=tuple(words)[:MOST_WORDS])


def cleaned(offer: Offer) -> Offer:
    """The offer with texts that a person can read: of a bounded length, without control or direction characters."""
    low, high = offer.low, offer.high
    if low is None or high is None or not -1e300 < low < high < 1e300:
        low = high = None
    return msgspec.structs.replace(
        offer,
        unit=plain(offer.unit)[:24],
        title=plain(offer.title),
        label=plain(offer.label),
        low=low,
        high=high,
        words=tuple(dict.fromkeys(offer.words))[:MOST_WORDS],
        silent_s=offer.silent_s if 0 < offer.silent_s < 1e9 else 0.0,
    )


def plain(text: str) -> str:
    """A text of a stranger as one short line."""
    if not first_forbidden(text):
        return text[:_LONGEST_TEXT].strip()
    return "".join("\ufffd" if first_forbidden(letter) else letter for letter in text[:_LONGEST_TEXT]).strip()


def slug(text: str, mark: str) -> str:
    """A text as a name of letters and digits with `mark` between its words; never empty."""
    return _NOT_ID.sub(mark, _HUMP.sub(mark, text)).strip(mark).lower()[:_LONGEST_ID].rstrip(mark) or "x"
