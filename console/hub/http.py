"""Read-only HTTP: health, metrics, and the state of the hub as JSON; all but health need the bearer secret."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from console.hub.clerks.history import MAX_POINTS
from console.hub.clerks.records import MAX_RECORDS
from console.hub.columns import series_payload
from console.hub.hub import Hub
from console.hub.snapshot import public
from console.wire.codec import hub_codec
from console.wire.limits import SUBPROTOCOL_JSON

METRICS = "/metrics"
Answer = Callable[[Request], Awaitable[Response]]


class HubMetrics(Collector):
    """Counts of the hub for Prometheus."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Metrics at this moment."""
        hub = self._hub
        yield CounterMetricFamily("gwanje_updates", "Tag updates taken from feeds", hub.pipeline.updates)
        yield CounterMetricFamily(
            "gwanje_late", "Updates older than the last of their tag", hub.pipeline.late
        )
        yield CounterMetricFamily(
            "gwanje_history_rows", "Rows on disk since the start", hub.historian.written
        )
        yield CounterMetricFamily(
            "gwanje_history_dropped", "Rows the disk was too slow for", hub.historian.dropped
        )
        yield GaugeMetricFamily("gwanje_seats", "Consoles connected", hub.seats)
        yield GaugeMetricFamily("gwanje_alarms", "Alarms listed or suppressed", len(hub.alarms.facts()))
        yield GaugeMetricFamily("gwanje_sequence", "Events since the start", hub.ring.sequence)
        yield GaugeMetricFamily("gwanje_disk_free_bytes", "Free disk", hub.backbone.health().disk_free)
        rate = GaugeMetricFamily("gwanje_feed_rate_hz", "Updates a second", labels=["feed"])
        bad = CounterMetricFamily("gwanje_feed_malformed", "Frames that could not be read", labels=["feed"])
        state = GaugeMetricFamily("gwanje_feed_state", "1 for the present state", labels=["feed", "state"])
        for fact in hub.feeds.facts():
            rate.add_metric([fact.feed], fact.rate_hz)
            bad.add_metric([fact.feed], fact.malformed)
            state.add_metric([fact.feed, fact.state], 1)
        refused = CounterMetricFamily("gwanje_refused", "Connections and messages refused", labels=["cause"])
        for cause, count in hub.refusals.counts.items():
            refused.add_metric([cause], count)
        yield from (rate, bad, state, refused)


class Api:
    """Handlers over one hub."""

    def __init__(self, hub: Hub, secret: str) -> None:
        self._hub = hub
        self._expected = f"Bearer {secret}".encode()
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(HubMetrics(hub))
        self._json = hub_codec(SUBPROTOCOL_JSON)

    def guarded(self, answer: Answer) -> Answer:
        """`answer` for who has the secret, 401 for anyone else."""
        return _checked(answer, self._has_secret)

    def seen(self, answer: Answer) -> Answer:
        """`answer` about the city: where everybody signs in, for who has the token of a session that may see it."""
        return _checked(answer, self._has_secret if self._hub.local else self._has_session)

    def _has_secret(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._expected)

    def _has_session(self, given: str) -> bool:
        scheme, _, token = given.partition(" ")
        return scheme == "Bearer" and self._hub.sessions.sees(token)

    async def health(self, request: Request) -> Response:
        """200 while records become durable, else 503; says nothing to strangers but that."""
        well = not self._hub.backbone.health().why and not self._hub.historian.failure
        return _json({"status": "ok" if well else "failing"}, 200 if well else 503)

    async def metrics(self, request: Request) -> Response:
        """Prometheus text."""
        return Response(generate_latest(self._registry), media_type="text/plain; version=0.0.4")

    async def catalogue(self, request: Request) -> Response:
        """The site without its endpoints; `grown` is what sources have declared beyond it."""
        site = msgspec.to_builtins(public(self._hub.site))
        return _json({**site, "grown": self._hub.catalogue.growth()})

    async def alarms(self, request: Request) -> Response:
        """Alarms that are listed or suppressed."""
        return _json(self._hub.alarms.facts())

    async def feeds(self, request: Request) -> Response:
        """Facts of all feeds."""
        return _json(self._hub.feeds.facts())

    async def commands(self, request: Request) -> Response:
        """Commands of the last day."""
        return _json(self._hub.broker.facts())

    async def journal(self, request: Request) -> Response:
        """Newest records: `subject`, `limit`."""
        limit = _whole(request, "limit", 50)
        if limit is None:
            return _bad("limit")
        records = await self._hub.records(
            request.query_params.get("subject", ""), min(max(limit, 1), MAX_RECORDS)
        )
        return _json(records)

    async def history(self, request: Request) -> Response:
        """One tag: `tag` as asset.tag, `start` and `end` in UTC ns, `points`."""
        now = self._hub.clock.at()
        end = _whole(request, "end", now)
        start = _whole(request, "start", now - 3_600_000_000_000)
        points = _whole(request, "points", 1000)
        if start is None or end is None or points is None or not 0 <= start <= end < 2**62:
            return _bad("start, end or points")
        try:
            tag = self._hub.catalogue.tag_index(request.query_params.get("tag", ""))
        except KeyError:
            return _bad("tag")
        series = await self._hub.history(tag, start, end, min(max(points, 1), MAX_POINTS))
        return Response(series_payload(0, series, self._json), media_type="application/json")


def http_routes(hub: Hub, secret: str) -> list[Route]:
    """Routes of the read-only HTTP; any method but GET and HEAD is answered 405."""
    api = Api(hub, secret)
    kept = {
        METRICS: api.metrics,
        "/api/v1/catalogue": api.catalogue,
        "/api/v1/alarms": api.alarms,
        "/api/v1/feeds": api.feeds,
        "/api/v1/commands": api.commands,
        "/api/v1/journal": api.journal,
        "/api/v1/history": api.history,
    }
    routes = [Route("/healthz", api.health, methods=["GET"])]
    for path, answer in kept.items():
        checked = api.guarded(answer) if path == METRICS else api.seen(answer)
        routes.append(Route(path, checked, methods=["GET"]))
    return routes


def _checked(answer: Answer, known: Callable[[str], bool]) -> Answer:
    async def checked(request: Request) -> Response:
        if not known(request.headers.get("authorization", "")):
            return PlainTextResponse("NOT_AUTHENTICATED", 401, {"WWW-Authenticate": "Bearer"})
        return await answer(request)

    return checked


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def _bad(where: str) -> Response:
    return _json({"code": "BAD_FIELD", "where": where}, 400)


def _whole(request: Request, name: str, default: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        return None
