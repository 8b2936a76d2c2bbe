"""Connection of a Sparkplug host application to its broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink, Reading
from console.feeds.discovery import DISCOVERY_OPTIONS, discovery_of, offers_to
from console.feeds.drops import tell_dropped
from console.feeds.mqtt_drops import BrokerDrops
from console.feeds.mqtt_frames import message_of, show_message
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options, publishable
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options
from console.feeds.sparkplug.births import CONTROL
from console.feeds.sparkplug.commands import NO_REPLIES, Confirmations, rebirth, write
from console.feeds.sparkplug.explain import explained
from console.feeds.sparkplug.host import Outcome, SparkplugHost
from console.feeds.sparkplug.namespace import SPACE, says_offline, state_message, state_topic
from console.feeds.sparkplug.replies import REPLY_OPTIONS, ReplyShape, read_reply, reply_shape
from console.feeds.tap import FrameReader, frames_of

OPTIONS = (
    LINK_OPTIONS
    | REPLY_OPTIONS
    | DISCOVERY_OPTIONS
    | frozenset({"groups", "nodes", "host_id", "reorder_s", "rebirth_s", "alias_only"})
)
TICK_S = 0.25
"""How late a deadline may be noticed."""
STATE_AGAIN_S = 1.0
"""Two hosts of one name would contradict each other without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """One host application."""

    link: LinkOptions
    groups: tuple[str, ...] = ("+",)
    nodes: tuple[tuple[str, str], ...] = ()
    """Nodes asked to be born again as soon as we are there, besides those of mapped points: group and edge."""
    host_id: str = ""
    """Name under which nodes wait for us; empty: no state is published."""
    reorder_s: float = 2.0
    rebirth_s: float = 10.0
    """A node is asked for a rebirth at most this often; 0: never, for an account that may not write."""
    alias_only: bool = False
    replies: ReplyShape = NO_REPLIES
    discover: bool = True
    """Tell the hub of all that births declare."""


class SparkplugFeed:
    """One host application."""

    def __init__(self, options: HostOptions) -> None:
        self._options = options
        self._host = SparkplugHost(options.reorder_s, options.rebirth_s, options.rebirth_s > 0)
        self._answers = Answers()
        self._waiting = Confirmations(self._answers)
        self._drops = BrokerDrops()
        self._mapped: tuple[tuple[str, str], ...] = ()
        self._points: frozenset[tuple[str, str]] = frozenset()
        self._link: MqttLink | None = None
        self._stated_at = 0.0
        self._contradicted = False
        self._since = 0

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """Nodes of the mapped points are asked for a rebirth at each connection: they may be silent for hours."""
        self._points = frozenset(points)
        nodes = dict.fromkeys(tuple(source.split("/")[:2]) for source, _ in points)
        self._mapped = tuple(
            (node[0], node[1]) for node in nodes if len(node) == 2 and publishable("".join(node))
        )

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        options, host = self._options, self._options.host_id
        # The will carries the time of the birth it takes back (clause 6.4.28).
        self._since = time.time_ns() // 1_000_000
        will = state_message(host, False, self._since) if host else None
        async with open_link(options.link, sink, will=will, farewell=will, drops=self._drops) as link:
            await self._subscribe(link)
            await self._state(link)
            for group, edge in dict.fromkeys((*options.nodes, *self._mapped, *self._host.lost())):
                if options.rebirth_s:
                    await link.publish(rebirth(group, edge, _ms()))
            sink.state(FeedState.LIVE)
            self._link = link
            ageing = asyncio.create_task(self._age(link, sink), name="sparkplug deadlines")
            try:
                frames = frames_of(sink)
                while True:
                    for message in await link.receive():
                        show_message(frames, message)
                        await self._message(link, message, sink)
            finally:
                self._link = None
                self._waiting.clear()
                self._answers.clear()
                ageing.cancel()
                await asyncio.wait((ageing,))

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Publish a command; the next report of its value confirms it. Raises FeedDown."""
        if self._link is None:
            raise FeedDown("not_connected")
        found = self._host.find(command.source, command.path)
        if found is None:
            raise FeedDown("not_born", f"{command.source} {command.path}"[:200])
        options = self._options
        message, value = write(command, found[2], _ms(), options.alias_only, options.replies)
        self._answers.expect(command.command_id, answer)
        if not command.test:
            # Only what a device says itself can end a test: nothing moves.
            self._waiting.expect(command, value)
        try:
            await self._link.publish(message)
        except FeedDown:
            self._answers.forget(command.command_id)
            self._waiting.forget(command)
            raise

    def discovered(self) -> list[tuple[str, str, str, str]]:
        """Points that births have declared, as (source, path, unit, type)."""
        return self._host.discovered()

    def sources(self) -> list[tuple[str, bool]]:
        """Nodes and devices known, and whether they are online."""
        return self._host.sources()

    async def _subscribe(self, link: MqttLink) -> None:
        topics = tuple(f"{SPACE}/{group}/#" for group in self._options.groups)
        if self._options.host_id and "+" not in self._options.groups:
            topics += (state_topic(self._options.host_id),)
        refused = await link.subscribe(topics, 1)
        if refused:
            raise FeedDown("not_subscribed", ", ".join(refused)[:200], refused=True)

    async def _state(self, link: MqttLink) -> None:
        """Tell nodes that wait for us that we are there."""
        self._contradicted = False
        if self._options.host_id:
            self._stated_at = _now()
            await link.publish(state_message(self._options.host_id, True, self._since))

    async def _message(self, link: MqttLink, message: Message, sink: FeedSink) -> None:
        try:
            if self._options.host_id and message.topic == state_topic(self._options.host_id):
                self._contradicted = says_offline(message.payload)
                return
            outcome = self._host.message(message.topic, message.payload, _now(), time.time_ns())
        except DecodeError as error:
            sink.malformed(f"{message.topic} {error.where}", error.reason, message.payload[:200])
            return
        await self._tell(outcome, message, link, sink)

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed: a host of its own, whose deadlines pass by the clock of the recording."""
        host = SparkplugHost(self._options.reorder_s, self._options.rebirth_s, rebirths=False)

        def take(data: bytes | str, about: str, at: int) -> None:
            message, now = message_of(data, about), at / 1e9
            due = host.next_deadline()
            if due is not None and due <= now:
                self._hand_over(host.expire(now, at), None, sink)
            try:
                outcome = host.message(message.topic, message.payload, now, at)
            except DecodeError as error:
                sink.malformed(f"{message.topic} {error.where}", error.reason, message.payload[:200])
                return
            self._hand_over(outcome, message, sink)

        return take

    def explain(self, data: bytes | str, about: str) -> str:
        """As ExplainingFeed."""
        message = message_of(data, about)
        return explained(message.topic, message.payload, partial(self._host.declared, message.topic))

    async def _tell(self, outcome: Outcome, message: Message | None, link: MqttLink, sink: FeedSink) -> None:
        self._hand_over(outcome, message, sink)
        for group, edge in outcome.rebirths:
            await link.publish(rebirth(group, edge, _ms()))

    def _hand_over(self, outcome: Outcome, message: Message | None, sink: FeedSink) -> None:
        for where, reason in outcome.faults:
            sink.malformed(where, reason, message.payload[:200] if message is not None else b"")
        if self._options.discover and outcome.whole:
            reply = self._options.replies.metric
            offers_to(sink)([offer for offer in outcome.offers if offer.path != reply], outcome.whole)
        sink.readings(self._values(outcome))
        self._waiting.seen(outcome.news)
        self._replied(outcome, sink)
        self._waiting.died(outcome.died)
        if outcome.lost:
            tell_dropped(sink, "overrun", outcome.lost)

    def _values(self, outcome: Outcome) -> list[Reading]:
        """Readings without replies, and without what a birth says of metrics that are only there to be written."""
        reply = self._options.replies.metric
        if not reply and not outcome.whole:
            return outcome.readings
        return [
            row
            for row in outcome.readings
            if (row.path != reply and not row.path.startswith(CONTROL))
            or (row.source, row.path) in self._points
        ]

    def _replied(self, outcome: Outcome, sink: FeedSink) -> None:
        for row in outcome.news if self._options.replies.metric else ():
            try:
                reply = read_reply(row, self._options.replies)
            except DecodeError as error:
                sink.malformed(f"{row.source} {row.path} {error.where}", error.reason, str(row.value)[:200])
                continue
            if reply is not None and self._answers.give(*reply):
                self._waiting.answered(reply[0])

    async def _age(self, link: MqttLink, sink: FeedSink) -> None:
        """Runs beside the reader, so that deadlines pass also while nothing comes."""
        try:
            while True:
                await asyncio.sleep(TICK_S)
                if self._contradicted and _now() - self._stated_at >= STATE_AGAIN_S:
                    # An old will of ours, or another host of our name: nodes must not believe it.
                    await self._state(link)
                due = self._host.next_deadline()
                if due is not None and due <= _now():
                    await self._tell(self._host.expire(_now(), time.time_ns()), None, link, sink)
        except FeedDown:
            # The reader ends for the same cause and tells it.
            return


def _now() -> float:
    return asyncio.get_running_loop().time()


def _ms() -> int:
    return time.time_ns() // 1_000_000


def make(feed: FeedDef) -> SparkplugFeed:
    """Adapter `sparkplug`; options `groups` and `nodes` with commas, `host_id`, `reorder_s`, `rebirth_s`."""
    options = Options(feed, OPTIONS)
    groups = options.words("groups") or ("+",)
    for group in groups:
        if group != "+" and (not publishable(group) or "/" in group):
            raise ValueError(f"{feed.id}: option groups: {group} is not a group")
    host_id = options.text("host_id")
    if host_id and (not publishable(host_id) or "/" in host_id):
        raise ValueError(f"{feed.id}: option host_id: {host_id} is not a name")
    return SparkplugFeed(
        HostOptions(
            link=link_options(feed, options),
            groups=groups,
            nodes=tuple(_node(feed, word) for word in options.words("nodes")),
            host_id=host_id,
            reorder_s=options.number("reorder_s", 2.0, 0.05),
            rebirth_s=options.number("rebirth_s", 10.0),
            alias_only=options.flag("alias_only"),
            replies=reply_shape(feed, options),
            discover=discovery_of(feed).on,
        )
    )


def _node(feed: FeedDef, word: str) -> tuple[str, str]:
    group, _, edge = word.partition("/")
    if not publishable(word) or not group or not edge or "/" in edge:
        raise ValueError(f"{feed.id}: option nodes: {word} is not group/edge")
    return group, edge
