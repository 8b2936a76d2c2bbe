"""History queries that wait for their series, and the answers kept. Time is an argument: monotonic s."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from console.client.history_facts import LINK_LOST, NO_ANSWER, SeriesPage, Span
from console.core.history import Series
from console.wire.messages import QueryHistory

_SETTLED_NS = 60 * 1_000_000_000
"""A span that ended longer ago than this may be kept: late samples have come in by then."""


@dataclass(slots=True)
class _Waiting:
    spans: tuple[Span, ...]
    deadline: float
    keep: bool
    found: dict[int, Series] = field(default_factory=dict[int, Series])


class HistoryQueries:
    """Queries by request number, and the last `kept` series of settled spans."""

    def __init__(self, timeout_s: float = 10.0, kept: int = 256) -> None:
        self._timeout_s = timeout_s
        self._most = kept
        self._kept: OrderedDict[Span, Series] = OrderedDict()
        self._waiting: dict[int, _Waiting] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def number(self) -> int:
        """A request number of its own."""
        self._last += 1
        return self._last

    def ask(self, spans: tuple[Span, ...], now: float, now_ns: int) -> tuple[QueryHistory | None, int]:
        """Begin a query of spans with equal bounds: what to send (None: all is known) and its number."""
        request = self.number()
        first = spans[0]
        waiting = _Waiting(spans, now + self._timeout_s, first.end < now_ns - _SETTLED_NS)
        for span in spans:
            if span in self._kept:
                self._kept.move_to_end(span)
                waiting.found[span.tag] = self._kept[span]
        self._waiting[request] = waiting
        missing = tuple(span.tag for span in spans if span.tag not in waiting.found)
        if not missing:
            return None, request
        query = QueryHistory(
            request=request, tags=missing, start=first.start, end=first.end, points=first.points
        )
        return query, request

    def series(self, request: int, series: Series) -> None:
        """One series came; those of queries nobody waits for are dropped."""
        waiting = self._waiting.get(request)
        if waiting is not None:
            waiting.found[series.tag] = series

    def done(self, request: int, reason: str = "") -> SeriesPage | None:
        """All series of a query have come, or it was refused; None when nobody waits for it."""
        waiting = self._waiting.pop(request, None)
        if waiting is None:
            return None
        if waiting.keep and not reason:
            self._keep(waiting)
        found = tuple(waiting.found[span.tag] for span in waiting.spans if span.tag in waiting.found)
        return SeriesPage(request, found, reason)

    def next_deadline(self) -> float | None:
        """When `expire` has something to do."""
        return min((waiting.deadline for waiting in self._waiting.values()), default=None)

    def expire(self, now: float) -> list[SeriesPage]:
        """Queries whose answer is overdue, with the series that did come."""
        late = [request for request, waiting in self._waiting.items() if waiting.deadline <= now]
        return [page for request in late if (page := self.done(request, NO_ANSWER))]

    def lost(self) -> list[SeriesPage]:
        """The link went: what is waited for will not come."""
        return [page for request in [*self._waiting] if (page := self.done(request, LINK_LOST))]

    def forget(self) -> None:
        """A new catalogue: tag numbers mean something else now."""
        self._kept.clear()

    def _keep(self, waiting: _Waiting) -> None:
        for span in waiting.spans:
            if span.tag in waiting.found:
                self._kept[span] = waiting.found[span.tag]
                self._kept.move_to_end(span)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
