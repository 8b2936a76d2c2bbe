"""Grows the catalogue while the hub runs: what sources offer is looked at, made durable, and then shown to everyone.

A point is shown only once its identity is on the disk, so that no restart can give its number to another.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from console.core.catalogue import Catalogue
from console.core.discovery import DiscoveryBook, Found, FoundPoint, Offer
from console.core.growth import Growth
from console.core.journal import Record, RecordKind
from console.core.site import FeedDef
from console.feeds.discovery import Discovery, discovery_of
from console.hub.backbone.base import Entry
from console.hub.clock import Clock
from console.hub.discovered import shapes
from console.hub.discovered.adopted import heirs, mapped_points
from console.hub.discovered.shapes import Saying
from console.hub.discovered.store import DiscoveredStore
from console.hub.feeddesk import FeedDesk
from console.hub.historian.numbers import Numbering, TagNumbers
from console.hub.pipeline import Pipeline
from console.hub.recorder import Recorder
from console.hub.snapshot import growth_parts
from console.wire.messages import CatalogueGrew

log = logging.getLogger("feed")

GATHER_S = 0.2
"""Births come in crowds: what comes within this time is shown together."""
RETRY_S = 5.0
_NAMED = 5


@dataclass(slots=True)
class _Told:
    """What a feed has told since the last look."""

    offers: list[Offer] = field(default_factory=list[Offer])
    whole: list[str] = field(default_factory=list[str])
    words: dict[tuple[str, str], list[str]] = field(default_factory=dict[tuple[str, str], list[str]])

    def points(self) -> dict[tuple[str, str], None]:
        """Points whose values wait."""
        return dict.fromkeys((*((offer.source, offer.path) for offer in self.offers), *self.words))


class GrownCatalogue:
    """The catalogue, with everything found before put into it when this is made; numbers of all histories."""

    def __init__(
        self, catalogue: Catalogue, store: DiscoveredStore, numbers: TagNumbers, said: Saying
    ) -> None:
        self.catalogue = catalogue
        self.store = store
        self.numbers = numbers
        self.said = said
        self.rules = {feed.id: (feed, discovery_of(feed)) for feed in catalogue.site.feeds}
        self.book = self._tidied(store.read())
        self._areas = {
            name: shapes.area_of(catalogue, feed, rule.area) for name, (feed, rule) in self.rules.items()
        }
        self.mapped = mapped_points(catalogue)
        # An heir first, for its old name is not to be given a number again.
        declared = [point.key for point in catalogue.tags]
        numbers.of(declared, heirs(catalogue, self.book))
        self.index: dict[str, int] = {}
        """Of each point that is in the catalogue, by its name there."""
        self.grow(tuple(point for point in self.book.points.values() if not point.gone))
        self.numbering = Numbering(numbers.of([point.key for point in catalogue.tags]))

    def _tidied(self, book: DiscoveryBook) -> DiscoveryBook:
        """Without what has been gone for long: a source that names its points anew each time must not fill the disk."""
        faded = [point for name, (_, rule) in self.rules.items() for point in book.faded(name, rule.most)]
        if not faded:
            return book
        # The names first: they must be free before the points that had them are forgotten.
        self.numbers.retire([point.tag for point in faded])
        self.store.forget(faded)
        return book.without(faded)

    def rule(self, feed: str) -> tuple[FeedDef, Discovery] | None:
        """How a feed discovers; None if it does not."""
        found = self.rules.get(feed)
        return found if found is not None and found[1].on else None

    def listed(self, point: FoundPoint) -> bool:
        """Whether a point belongs into the catalogue: its feed discovers, and the profile does not map it."""
        offer = point.offer
        return self.rule(point.feed) is not None and (offer.source, offer.path) not in self.mapped[point.feed]

    def grow(self, points: Sequence[FoundPoint]) -> tuple[Growth, list[FoundPoint]]:
        """Put points in, or anew; what was put in, and those of them that have tags."""
        known = [point for point in points if self.listed(point)]
        known = [point for point in known if not point.gone or point.tag in self.index]
        tags = [self._tag(point) for point in known]
        growth = Growth(types=shapes.types(self.said), assets=tuple(self._assets(known)), tags=tuple(tags))
        if tags:
            self.catalogue.grow(growth)
        return growth, known

    def _tag(self, point: FoundPoint) -> shapes.GrownTag:
        index = self.index.setdefault(point.tag, self.catalogue.declared + len(self.index))
        return shapes.tag(point, index, self.said, self.rules[point.feed][1].silence_s(point.offer))

    def _assets(self, points: Sequence[FoundPoint]) -> list[shapes.GrownAsset]:
        """Assets of points that the catalogue does not have yet, those they belong to before them."""
        by_id = {asset.id: asset for asset in self.book.assets.values()}
        made: dict[str, shapes.GrownAsset] = {}
        for point in points:
            found, area = by_id[point.asset], self._areas[point.feed]
            for one in (by_id.get(found.parent), found):
                if one is not None and one.id not in made and one.id not in self.catalogue.assets:
                    made[one.id] = shapes.asset(one, by_id.get(one.parent), area, self.catalogue)
        return [*made.values()]

    def routes(self, feed: str, points: Sequence[FoundPoint]) -> list[shapes.GrownRoute]:
        """How values of points of a feed come to their tags."""
        return [
            shapes.route(point, self.index[point.tag])
            for point in points
            if point.feed == feed and point.tag in self.index and not point.gone
        ]

    def restored(self, feed: str) -> list[shapes.GrownRoute]:
        """Routes of everything of a feed that was found before."""
        return self.routes(feed, tuple(self.book.points.values()))

    def offered_now(self, feed: str) -> int:
        """Points of a feed that are in the catalogue and offered still."""
        return sum(
            point.feed == feed and not point.gone and point.tag in self.index
            for point in self.book.points.values()
        )


class DiscoveryService:
    """`OfferReceiver` of the hub; `run` does the work."""

    def __init__(
        self, grown: GrownCatalogue, pipeline: Pipeline, feeds: FeedDesk, recorder: Recorder, clock: Clock
    ) -> None:
        self._grown = grown
        self._pipeline = pipeline
        self._feeds = feeds
        self._recorder = recorder
        self._clock = clock
        self._told: dict[str, _Told] = {}
        self._wake = asyncio.Event()
        self._refused: dict[str, dict[str, int]] = {}
        """Points not taken, by feed and source."""
        self._failing = False
        pipeline.offer_listener = self

    def offered(self, feed: str, offers: Sequence[Offer], whole: Sequence[str]) -> None:
        """What a source has; looked at soon."""
        told = self._told.setdefault(feed, _Told())
        told.offers += offers
        told.whole += whole
        self._wake.set()

    def learned(self, feed: str, words: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """New words of discovered texts."""
        told = self._told.setdefault(feed, _Told())
        for key, said in words.items():
            told.words.setdefault(key, []).extend(said)
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER_S)
            self._wake.clear()
            told, self._told = self._told, {}
            for feed, one in told.items():
                await self._look(feed, one)

    async def _look(self, feed: str, told: _Told) -> None:
        found = self._found(feed, told)
        if found and not await self._kept(found):
            # Nothing is shown that would not be known after a restart; its source is asked again when it is born.
            found = Found(refused=dict(Counter(offer.source for offer in told.offers)))
        self._grown.book.keep(found)
        self._count(feed, told, found)
        if found:
            self._show(feed, found)
        runner = self._feeds.runners.get(feed)
        if runner is not None:
            not_taken = sum(self._refused.get(feed, {}).values())
            runner.settle(told.points(), self._grown.offered_now(feed), not_taken)

    def _found(self, feed: str, told: _Told) -> Found:
        rule = self._grown.rule(feed)
        if rule is None:
            return Found()
        mapped = self._grown.mapped[feed]
        offers = [offer for offer in told.offers if (offer.source, offer.path) not in mapped]
        book = self._grown.book
        found = book.look(feed, offers, told.whole, rule[1].most)
        learned = book.learn(feed, told.words)
        new = {point.key for point in found.points}
        found.points += [point for point in learned.points if point.key not in new]
        return found

    async def _kept(self, found: Found) -> bool:
        names = [point.tag for point in found.points if not point.gone and point.tag not in self._grown.index]
        try:
            await asyncio.to_thread(self._keep, found, names)
        except sqlite3.Error as error:
            if not self._failing:
                log.error("what was discovered cannot be kept: %s", error)
            self._failing = True
            return False
        self._failing = False
        return True

    def _keep(self, found: Found, names: Sequence[str]) -> None:
        self._grown.store.write(found)
        self._grown.numbers.of(names)

    def _count(self, feed: str, told: _Told, found: Found) -> None:
        refused = self._refused.setdefault(feed, {})
        before = dict(refused)
        for source in told.whole:
            refused.pop(source, None)
        for source, n in found.refused.items():
            refused[source] = refused.get(source, 0) + n
            if not self._failing and refused[source] != before.get(source):
                log.warning(
                    "feed %s: %d points of %r are not taken (option discover_most)", feed, n, source[:80]
                )

    def _show(self, feed: str, found: Found) -> None:
        grown, first = self._grown, len(self._grown.catalogue.tags)
        growth, points = grown.grow(found.points)
        if not growth.tags:
            return
        more = grown.catalogue.tags[first:]
        self._pipeline.grow([point.tag.period_s for point in more])
        grown.numbering.grow(grown.numbers.of([point.key for point in more]))
        runner = self._feeds.runners.get(feed)
        if runner is not None:
            runner.grow(grown.routes(feed, points))
        for part in growth_parts(growth):
            total = len(grown.index)
            self._feeds.ring.push(
                lambda n, part=part, total=total: CatalogueGrew(sequence=n, growth=part, total=total)
            )
        gone = [grown.index[point.tag] for point in points if point.gone]
        if gone:
            self._pipeline.retire(np.array(gone, np.uint32))
        self._note(feed, growth, first, len(gone), sum(found.refused.values()))

    def _note(self, feed: str, growth: Growth, first: int, gone: int, refused: int) -> None:
        """Said once in log and ledger; words alone are no news."""
        new = [tag for tag in growth.tags if tag.index >= first]
        if not new and not gone:
            return
        log.info("feed %s: %d points discovered, %d no longer offered", feed, len(new), gone)
        fields = {"points": str(len(new)), "gone": str(gone)}
        if refused:
            fields["not_taken"] = str(refused)
        if new:
            fields["names"] = ", ".join(f"{tag.asset}.{tag.tag.name}" for tag in new[:_NAMED])
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.FEED,
            who="system:feeds",
            subject=feed,
            what="DISCOVERED",
            fields=fields,
        )
        self._recorder.put([(f"discovered:{feed}", Entry(record))])
