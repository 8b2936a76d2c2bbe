"""A server's variables that no profile maps are offered and subscribed to as soon as they are found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from feed_stage import Heard, run
from opcua_feeds import PUMP, definition, points, told
from opcua_stage import URI, Plant

from console.core.discovery import Offer, ValueKind
from console.feeds.opcua.adapter import make


class Curious(Heard):
    """What a feed has told, with what it offers."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        assert not whole
        self.offers += offers


def test_unmapped_variables_are_offered_and_their_values_follow(plant: Plant) -> None:
    async def scene() -> None:
        feed, heard = make(definition(plant.url, discover=True)), Curious()
        feed.expect(points("level") | {(PUMP, "gone long ago"): 0.0})
        task = asyncio.create_task(feed.run(heard), name="feed")
        await heard.until(lambda: bool(heard.offers))
        kinds = {offer.path.removeprefix(f"{PUMP}."): offer.kind for offer in heard.offers}
        assert (kinds["flow"], kinds["running"], kinds["name"], kinds["count"]) == (
            ValueKind.NUMBER,
            ValueKind.FLAG,
            ValueKind.TEXT,
            ValueKind.NUMBER,
        )
        # Mapped already, under another name; a list; bytes.
        assert not {"level", "many", "raw"} & kinds.keys()
        path = f"nsu={URI};s=p1.flow"
        flow = next(offer for offer in heard.offers if offer.path == path)
        assert (flow.name, flow.source) == ("flow", PUMP)
        await heard.until(lambda: bool(told(heard, path)))
        await asyncio.to_thread(plant.set, "flow", 7.5)
        await heard.until(lambda: told(heard, path)[-1].value == 7.5)
        assert not [fault for fault in heard.faults if "gone long ago" in fault[0]]
        task.cancel()
        await asyncio.wait((task,))

    run(scene())


def test_nothing_is_offered_unless_the_profile_asks_for_it(plant: Plant) -> None:
    async def scene() -> None:
        feed, heard = make(definition(plant.url)), Curious()
        feed.expect(points("level"))
        task = asyncio.create_task(feed.run(heard), name="feed")
        await heard.until(lambda: bool(told(heard, "level")))
        assert not heard.offers
        task.cancel()
        await asyncio.wait((task,))

    run(scene())
