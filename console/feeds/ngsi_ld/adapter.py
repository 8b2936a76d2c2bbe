"""Connection to an NGSI-LD event socket without a broker beside it; the subscription lives and dies with the socket.

A feed that names a broker is made here too, and is `broker_feed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, Feed, FeedDown, FeedSink
from console.feeds.discovery import DISCOVERY_OPTIONS, Discovery, discovery_of
from console.feeds.http_door import HttpDoors
from console.feeds.json_guard import load
from console.feeds.ngsi_ld.broker_feed import BrokerFeed
from console.feeds.ngsi_ld.commands import RESULT, patch_frame, read_result, subscribe_frame
from console.feeds.ngsi_ld.intake import EntityIntake
from console.feeds.ngsi_ld.options import ngsi_ld_options
from console.feeds.options import Options
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options

OPTIONS = DISCOVERY_OPTIONS | frozenset({"subscription", "entities"})


class NgsiLdFeed:
    """One event socket."""

    def __init__(self, options: SocketOptions, hello: str, zone: tzinfo | None, discovery: Discovery) -> None:
        self._options = options
        self._hello = hello
        self._zone = zone
        self._discovery = discovery
        self._points: Mapping[tuple[str, str], float] = {}
        self._answers = Answers()
        self._socket: FeedSocket | None = None

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed: names of attributes as the profile writes them."""
        self._points = dict(points)

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        intake = EntityIntake(sink, self._points, self._zone, self._options.frame_limit, self._discovery)
        async with open_socket(self._options, sink) as socket:
            await socket.send(self._hello)
            self._socket = socket
            try:
                while True:
                    frame = await socket.receive()
                    try:
                        self._frame(frame, intake)
                    except DecodeError as error:
                        sink.malformed(error.where, error.reason, frame[:200])
            finally:
                self._socket = None
                self._answers.clear()

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Patch an attribute; answers come when the source gives a result. Raises FeedDown."""
        if self._socket is None:
            raise FeedDown("not_connected")
        self._answers.expect(command.command_id, answer)
        try:
            await self._socket.send(patch_frame(command))
        except FeedDown:
            self._answers.forget(command.command_id)
            raise

    def _frame(self, frame: bytes | str, intake: EntityIntake) -> None:
        tree: object = load(frame, self._options.frame_limit)
        node = cast("dict[str, object]", tree) if isinstance(tree, dict) else {}
        if node.get("type") == RESULT:
            self._result(node)
            return
        intake.told(cast("object", tree), frame)

    def _result(self, tree: dict[str, object]) -> None:
        result = read_result(tree)
        if result is None:
            raise DecodeError("requestId or status", "missing")
        request, answer = result
        # A second result ends what was accepted before: the device has done it, not only taken it.
        if answer.kind == "accepted_final" and self._answers.was_accepted(request):
            answer = DeviceAnswer("done", detail=answer.detail)
        elif answer.kind in ("rejected", "busy") and self._answers.was_accepted(request):
            answer = DeviceAnswer("failed", detail=answer.detail)
        self._answers.give(request, answer)


def make(feed: FeedDef, doors: HttpDoors | None = None) -> Feed:
    """Adapter `ngsi_ld`: a broker (url `http://…`, or option `broker`), else an event socket alone.

    Options of a broker are those of `ngsi_ld.options`; of a socket alone `subscription` (its id) and `entities`
    (ids with commas, empty for all). Feeds that receive on one port share `doors`.
    """
    if "broker" in feed.options or feed.url.startswith(("http://", "https://")):
        return BrokerFeed(ngsi_ld_options(feed), doors or HttpDoors())
    options = Options(feed, OPTIONS)
    subscription = options.text("subscription", f"urn:ngsi-ld:Subscription:gwanje:{feed.id}")
    hello = subscribe_frame(subscription, options.words("entities"))
    return NgsiLdFeed(socket_options(feed, options), hello, options.zone(), discovery_of(feed))
