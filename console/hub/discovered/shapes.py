"""What was found as the catalogue has it: types made for the purpose, assets of the tree, tags; pure.

Every text of the source stands as the source has written it, in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.core.catalogue import Catalogue
from console.core.discovery import MARK, MOST_WORDS, FoundAsset, FoundPoint, ValueKind, plain
from console.core.growth import GrownAsset, GrownTag
from console.core.site import Asset, AssetType, FeedDef, TagDef, TagKind
from console.core.words import Text, Words, parse_words
from console.feeds.mapping import GrownRoute
from resources import read_words_sources

NODE = f"{MARK}node"
DEVICE = f"{MARK}device"
FILE = "discovered.toml"


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of what is made here."""

    node: Text
    device: Text
    off: Text
    on: Text
    other: Text
    empty: Text


def discovered_words() -> Words:
    """The words of this room."""
    return parse_words({FILE: read_words_sources()[FILE]})


def saying(words: Words) -> Saying:
    """From `discovered.toml`."""
    text = words.text
    return Saying(
        text("discovered.type.node"),
        text("discovered.type.device"),
        text("discovered.state.off"),
        text("discovered.state.on"),
        text("discovered.word.other"),
        text("discovered.word.empty"),
    )


def types(said: Saying) -> tuple[AssetType, ...]:
    """The types of all that is found: they have no points of their own, for each asset has others."""
    return (
        AssetType(id=NODE, label=said.node, glyph="edge_node", tags=()),
        AssetType(id=DEVICE, label=said.device, glyph="device", tags=()),
    )


def area_of(catalogue: Catalogue, feed: FeedDef, asked: str) -> str:
    """Where what a feed brings stands: as asked, else where most of what it maps stands, else the first area."""
    if asked in catalogue.areas:
        return asked
    kinds = {part.type for part in feed.map}
    areas = [asset.area for asset in catalogue.site.assets if asset.type in kinds]
    first = next(iter(catalogue.areas), "")
    return max(dict.fromkeys(areas), key=areas.count, default=first)


def asset(found: FoundAsset, parent: FoundAsset | None, area: str, catalogue: Catalogue) -> GrownAsset:
    """An asset of the tree; where it is, nobody has said: it stands in the middle of its area, and on no map."""
    name = found.title or plain(found.source) or "-"
    if not found.title and parent is not None and found.source.startswith(f"{parent.source}/"):
        name = plain(found.source[len(parent.source) + 1 :]) or name
    place = catalogue.areas.get(area)
    return GrownAsset(
        asset=Asset(
            id=found.id,
            type=NODE if found.node else DEVICE,
            name=Text(name, name),
            area=area,
            lat=place.lat if place else 0.0,
            lon=place.lon if place else 0.0,
            parent=found.parent,
        ),
        feed=found.feed,
        source=found.source,
    )


def tag(point: FoundPoint, index: int, said: Saying, stale_s: float) -> GrownTag:
    """A tag; one of an unknown range has none (`low` and `high` are both 0)."""
    offer = point.offer
    name = offer.label or plain(offer.path) or "-"
    made = TagDef(
        name=point.name,
        label=Text(name, name),
        kind=TagKind.ANALOG if offer.kind is ValueKind.NUMBER else TagKind.DISCRETE,
        unit=offer.unit,
        low=offer.low or 0.0,
        high=offer.high or 0.0,
        decimals=0 if offer.whole or offer.kind is not ValueKind.NUMBER else 2,
        period_s=stale_s / 3,
        states=_states(point, said),
    )
    return GrownTag(index=index, asset=point.asset, tag=made, path=offer.path, gone=point.gone)


def _states(point: FoundPoint, said: Saying) -> tuple[Text, ...]:
    if point.offer.kind is ValueKind.FLAG:
        return (said.off, said.on)
    words = point.offer.words
    states = tuple(Text(name, name) if (name := plain(word)) else said.empty for word in words)
    return (*states, said.other) if len(words) >= MOST_WORDS else states


def route(point: FoundPoint, index: int) -> GrownRoute:
    """How its values come to the tag."""
    offer = point.offer
    text = offer.kind is ValueKind.TEXT
    full = len(offer.words) >= MOST_WORDS
    return GrownRoute(
        source=offer.source,
        path=offer.path,
        tag=index,
        kind=offer.kind,
        words={word: float(number) for number, word in enumerate(offer.words)} if text else {},
        other=float(MOST_WORDS) if text and full else None,
    )
