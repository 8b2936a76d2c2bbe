"""What of the discovered points the profile maps by now; pure."""

from __future__ import annotations

from console.core.catalogue import Catalogue
from console.core.discovery import DiscoveryBook, ValueKind
from console.core.site import TagRoute


def mapped_points(catalogue: Catalogue) -> dict[str, dict[tuple[str, str], tuple[str, TagRoute]]]:
    """Of each feed the points that the profile maps, by source and path: name of the tag, and its route."""
    found: dict[str, dict[tuple[str, str], tuple[str, TagRoute]]] = {}
    for feed in catalogue.site.feeds:
        points = found.setdefault(feed.id, {})
        for part in feed.map:
            for asset in (one for one in catalogue.site.assets if one.type == part.type):
                source = part.source.replace("{asset}", asset.id)
                for name, route in part.tags.items():
                    points[source, route.path] = (f"{asset.id}.{name}", route)
    return found


def heirs(catalogue: Catalogue, book: DiscoveryBook) -> dict[str, str]:
    """Tags that go on with the history of a discovered point: adopted as it was, number for number."""
    mapped, found = mapped_points(catalogue), dict[str, str]()
    for point in book.points.values():
        offer = point.offer
        tag, route = mapped.get(point.feed, {}).get((offer.source, offer.path), ("", None))
        if route is None or (route.scale, route.offset) != (1.0, 0.0):
            continue
        words = {word: float(number) for number, word in enumerate(offer.words)}
        same = all(words.get(word) == number for word, number in route.states.items())
        if same if offer.kind is ValueKind.TEXT else not route.states:
            found.setdefault(tag, point.tag)
    return found
