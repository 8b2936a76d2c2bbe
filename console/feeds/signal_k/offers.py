"""What a Signal K source has beyond the profile: points heard of, in the words of their metadata; pure."""

from __future__ import annotations

import msgspec

from console.core.discovery import Offer, ValueKind
from console.feeds.base import Reading
from console.feeds.discovery import Heard
from console.feeds.signal_k.meta import Meta, MetaBook


class Offering:
    """Points of one connection; each is offered with its first value, and again when its metadata change."""

    def __init__(self, most: int) -> None:
        self._heard = Heard(most)
        self._kinds: dict[tuple[str, str], ValueKind] = {}

    def clear(self) -> None:
        """A new connection."""
        self._heard.clear()
        self._kinds.clear()

    def news(self, rows: list[Reading], changed: list[tuple[str, str]], book: MetaBook) -> list[Offer]:
        """Offers of what is new; `changed` are points with other metadata than before.

        A sensor that has only been null is of no kind yet, and waits.
        """
        said = [row for row in rows if row.value == row.value]
        found = {(one.source, one.path): one for one in self._heard.new(said, {})}
        for point in changed:
            kind = self._kinds.get(point)
            if kind is not None and point not in found:
                found[point] = Offer(source=point[0], path=point[1], kind=kind)
        self._kinds.update((point, offer.kind) for point, offer in found.items())
        return [_dressed(offer, book.of(*point)) for point, offer in found.items()]


def _dressed(offer: Offer, meta: Meta) -> Offer:
    text = offer.kind is ValueKind.TEXT
    return msgspec.structs.replace(
        offer,
        unit="" if text else meta.units,
        label=meta.label,
        low=None if text else meta.low,
        high=None if text else meta.high,
        words=(*offer.words, *meta.words) if text else (),
        silent_s=meta.timeout_s,
    )
