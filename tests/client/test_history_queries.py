"""History queries from asking to their page, and what is kept."""

from __future__ import annotations

import numpy as np

from console.client.history import HistoryQueries
from console.client.history_facts import LINK_LOST, NO_ANSWER, Span
from console.core.history import Series

HOUR = 3600 * 10**9
LONG_AGO = (Span(1, 0, HOUR, 100), Span(2, 0, HOUR, 100))
NOW_NS = 100 * HOUR


def series(tag: int) -> Series:
    value = np.array([1.0])
    return Series(tag, np.array([5], np.int64), value, value, value, np.zeros(1, np.uint8), True)


def answered(queries: HistoryQueries, spans: tuple[Span, ...]) -> None:
    query, request = queries.ask(spans, now=0.0, now_ns=NOW_NS)
    assert query is not None
    for tag in query.tags:
        queries.series(request, series(tag))
    queries.done(request)


def test_page_has_the_series_in_the_order_asked() -> None:
    queries = HistoryQueries()
    query, request = queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)
    assert query is not None
    assert query.tags == (1, 2)
    queries.series(request, series(2))
    queries.series(request, series(1))
    page = queries.done(request)
    assert page is not None
    assert [one.tag for one in page.series] == [1, 2]
    assert page.reason == ""


def test_settled_span_is_asked_once() -> None:
    queries = HistoryQueries()
    answered(queries, LONG_AGO)
    query, request = queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)
    assert query is None
    page = queries.done(request)
    assert page is not None
    assert [one.tag for one in page.series] == [1, 2]


def test_only_missing_tags_are_asked() -> None:
    queries = HistoryQueries()
    answered(queries, LONG_AGO[:1])
    query, _ = queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)
    assert query is not None
    assert query.tags == (2,)


def test_span_that_may_still_grow_is_not_kept() -> None:
    queries = HistoryQueries()
    recent = (Span(1, 0, NOW_NS - 10**9, 100),)
    answered(queries, recent)
    assert queries.ask(recent, now=0.0, now_ns=NOW_NS)[0] is not None


def test_least_recently_used_series_goes_first() -> None:
    queries = HistoryQueries(kept=2)
    first, second, third = (Span(tag, 0, HOUR, 100) for tag in (1, 2, 3))
    answered(queries, (first, second))
    queries.done(queries.ask((first,), now=0.0, now_ns=NOW_NS)[1])
    answered(queries, (third,))
    assert queries.ask((first,), now=0.0, now_ns=NOW_NS)[0] is None
    assert queries.ask((second,), now=0.0, now_ns=NOW_NS)[0] is not None


def test_overdue_query_gives_what_came_and_says_why_it_is_not_all() -> None:
    queries = HistoryQueries(timeout_s=10.0)
    _, request = queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)
    queries.series(request, series(2))
    assert queries.expire(9.9) == []
    (page,) = queries.expire(10.0)
    assert ([one.tag for one in page.series], page.reason) == ([2], NO_ANSWER)
    assert queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)[0] is not None


def test_series_nobody_waits_for_is_dropped() -> None:
    queries = HistoryQueries()
    queries.series(77, series(1))
    assert queries.done(77) is None


def test_loss_of_the_link_answers_all_queries() -> None:
    queries = HistoryQueries()
    queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)
    assert [page.reason for page in queries.lost()] == [LINK_LOST]
    assert len(queries) == 0


def test_another_catalogue_forgets_what_was_kept() -> None:
    queries = HistoryQueries()
    answered(queries, LONG_AGO)
    queries.forget()
    assert queries.ask(LONG_AGO, now=0.0, now_ns=NOW_NS)[0] is not None
