"""Which entities a feed is about, as subscriptions and queries name them; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from console.feeds.ngsi_ld.names import type_of

IDS_AT_ONCE = 40
"""Ids in one query: an address must stay short enough for every proxy on the way."""
TYPES_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Types, ids or a pattern of ids; types alone mean all their entities."""

    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    pattern: str = ""

    def __bool__(self) -> bool:
        return bool(self.types or self.ids)

    def completed(self, sources: tuple[str, ...]) -> Selection:
        """The same with types from the ids of mapped sources, where nothing was named."""
        if self.types:
            return self
        named = (type_of(source) for source in self.ids or sources)
        return replace(self, types=tuple(dict.fromkeys(name for name in named if name)))

    def entities(self) -> list[dict[str, str]]:
        """`entities` of a subscription (clause 5.2.8)."""
        if self.ids:
            return [{"id": name, "type": type_of(name) or self._first()} for name in self.ids]
        more = {"idPattern": self.pattern} if self.pattern else {}
        return [{**more, "type": name} for name in self.types]

    def queries(self) -> Iterator[str]:
        """Parameters of the queries that find all of them (clause 6.4.3.2)."""
        pattern = f"&idPattern={quote(self.pattern, safe='')}" if self.pattern else ""
        if not self.ids:
            for part in _parts(self.types, TYPES_AT_ONCE):
                yield f"{_types(part)}{pattern}"
        for part in _parts(self.ids, IDS_AT_ONCE):
            named = (
                tuple(dict.fromkeys(type_of(name) for name in part))
                if all(map(type_of, part))
                else self.types
            )
            yield f"{_types(named)}&id=" + ",".join(quote(name, safe=":") for name in part)

    def _first(self) -> str:
        return self.types[0] if self.types else ""


def _types(names: tuple[str, ...]) -> str:
    return "type=" + ",".join(quote(name, safe="") for name in names)


def _parts(names: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    for at in range(0, len(names), size):
        yield names[at : at + size]
