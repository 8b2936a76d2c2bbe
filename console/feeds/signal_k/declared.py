"""Units that a profile says its source sends in, held against those that the source itself tells; pure."""

from __future__ import annotations

import unicodedata

from console.core.site import FeedDef

MOST_TOLD = 10_000


class DeclaredUnits:
    """Routes of a feed that name a unit of the source."""

    def __init__(self, feed: FeedDef) -> None:
        self._routes: dict[str, list[tuple[str, str, str]]] = {}
        for part in feed.map:
            before, asset, after = part.source.partition("{asset}")
            for route in part.tags.values():
                if route.unit:
                    ends = (before, after if asset else "\0", route.unit)
                    self._routes.setdefault(route.path, []).append(ends)
        self._told: set[tuple[str, str, str]] = set()

    def __bool__(self) -> bool:
        return bool(self._routes)

    def contradiction(self, source: str, path: str, units: str) -> str:
        """The unit that the profile says instead, once for each unit that a source tells of a point; else empty."""
        said = self._said(source, path) if units else ""
        told = (source, path, units)
        if not said or _same(said, units) or told in self._told or len(self._told) >= MOST_TOLD:
            return ""
        self._told.add(told)
        return said

    def _said(self, source: str, path: str) -> str:
        for before, after, unit in self._routes.get(path, ()):
            if source == before if after == "\0" else _between(source, before, after):
                return unit
        return ""


def _between(source: str, before: str, after: str) -> bool:
    named = len(source) > len(before) + len(after)
    return named and source.startswith(before) and source.endswith(after)


def _same(one: str, other: str) -> bool:
    """Whether two units are one, however their exponents are written."""
    return unicodedata.normalize("NFKC", one).strip() == unicodedata.normalize("NFKC", other).strip()
