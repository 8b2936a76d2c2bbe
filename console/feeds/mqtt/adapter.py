"""Connection to a broker whose messages are read by a decoder that the profile names."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink, Reading
from console.feeds.discovery import Heard, offers_to
from console.feeds.drops import tell_dropped
from console.feeds.json_guard import load
from console.feeds.json_paths import find
from console.feeds.mqtt.commands import of_broker, read, write
from console.feeds.mqtt.decoded import Decoded, Envelope, name_of, user_property
from console.feeds.mqtt.entities import EntityReader, decoder
from console.feeds.mqtt.options import MqttOptions, mqtt_options
from console.feeds.mqtt_drops import BrokerDrops, Sequences
from console.feeds.mqtt_frames import message_of, show_message
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_wire import Message
from console.feeds.socket import HARD_LIMIT
from console.feeds.tap import FrameReader, frames_of
from console.feeds.times import read_time

MOST_POINTS = 50_000
"""Points remembered for a later catalogue."""


class MqttFeed:
    """Topics of one broker."""

    def __init__(self, options: MqttOptions) -> None:
        self._options = options
        self._answers = Answers()
        self._drops = BrokerDrops()
        self._sequences = Sequences()
        self._points: dict[tuple[str, str], tuple[str, str]] = {}
        self._heard = Heard() if options.discover else None
        self._link: MqttLink | None = None

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        topic = self._options.presence_topic
        gone = Message(topic, b"offline", 1, True) if topic else None
        if self._heard is not None:
            self._heard.clear()
        async with open_link(self._options.link, sink, will=gone, farewell=gone, drops=self._drops) as link:
            await self._subscribe(link, sink)
            if topic:
                await link.publish(Message(topic, b"online", 1, True))
            sink.state(FeedState.LIVE)
            self._link = link
            try:
                while True:
                    self._take(await link.receive(), sink, time.time_ns())
            finally:
                self._link = None
                self._answers.clear()
                self._sequences.clear()

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Publish a command; a device answers on the response topic if the options name one. Raises FeedDown."""
        message = write(command, self._options.command, self._options.link.version)
        if self._link is None:
            raise FeedDown("not_connected")
        self._answers.expect(command.command_id, answer)
        try:
            await self._link.publish(message, partial(self._acknowledged, command.command_id))
        except FeedDown:
            self._answers.forget(command.command_id)
            raise

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed."""
        self._sequences.clear()

        def take(data: bytes | str, about: str, at: int) -> None:
            self._take([message_of(data, about)], sink, at)

        return take

    def discovered(self) -> list[tuple[str, str, str, str]]:
        """Points heard of, as (source, path, unit, type of value: number, boolean or text)."""
        return [(source, path, unit, kind) for (source, path), (unit, kind) in self._points.items()]

    async def _subscribe(self, link: MqttLink, sink: FeedSink) -> None:
        options = self._options
        refused = await link.subscribe(options.topics, options.qos, retained=options.retained)
        if len(refused) == len(options.topics):
            raise FeedDown("not_subscribed", ", ".join(refused)[:200], refused=True)
        if options.command.answer_topic:
            refused += await link.subscribe((options.command.answer_topic,), 1, retained=False)
        for topic in refused:
            sink.malformed(topic, "not_subscribed")

    def _acknowledged(self, command_id: str, code: int) -> None:
        said = of_broker(code)
        if said is not None:
            self._answers.give(command_id, said)

    def _take(self, messages: list[Message], sink: FeedSink, received_at: int) -> None:
        """Read some messages; the readings of all of them travel together."""
        rows: list[Reading] = []
        units: dict[tuple[str, str], str] = {}
        lost = 0
        frames = frames_of(sink)
        for message in messages:
            show_message(frames, message)
            try:
                if message.topic == self._options.command.answer_topic:
                    self._answers.give(*read(message, self._options.command))
                    continue
                lost += self._missing(message, sink)
                decoded = self._decode(message, received_at)
            except DecodeError as error:
                sink.malformed(f"{message.topic} {error.where}", error.reason, message.payload[:200])
                continue
            for where, reason in decoded.faults:
                sink.malformed(f"{message.topic} {where}", reason, message.payload[:200])
            rows += self._aged(decoded.readings) if message.retain else decoded.readings
            units |= decoded.units
            self._remember(decoded)
        if self._heard is not None and (offers := self._heard.new(rows, units)):
            offers_to(sink)(offers, ())
        sink.readings(rows)
        if lost:
            tell_dropped(sink, "overrun", lost)

    def _decode(self, message: Message, received_at: int) -> Decoded:
        options = self._options
        at = 0
        if options.time_property:
            name = options.time_property
            at = read_time(user_property(message, name), options.zone, f"user property {name}")
        return options.decode(
            Envelope(
                message,
                name_of(options.source, message),
                name_of(options.point, message),
                received_at,
                at,
                options.zone,
            )
        )

    @staticmethod
    def _aged(readings: list[Reading]) -> list[Reading]:
        """A retained value without a time may be of any age: it must not look fresh."""
        return [
            Reading(row.source, row.path, row.value, 0, Quality.UNCERTAIN)
            if row.at == 0 and row.quality is Quality.GOOD
            else row
            for row in readings
        ]

    def _missing(self, message: Message, sink: FeedSink) -> int:
        """Messages lost before this one, by the number it carries; one without a number is read all the same."""
        place = self._options.sequence
        if not place or message.retain:
            return 0
        if place.startswith("user:"):
            found = [value for name, value in message.properties.user if name == place[5:]]
            number: object = found[-1] if found else None
        else:
            tree = load(message.payload, HARD_LIMIT)
            number = find(place, tree, tree)
        if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 19:
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool):
            sink.malformed(f"{message.topic} {place}", "wrong_type", message.payload[:200])
            return 0
        return self._sequences.missing(message.topic, number)

    def _remember(self, decoded: Decoded) -> None:
        for row in decoded.readings:
            key = (row.source, row.path)
            if key not in self._points and len(self._points) < MOST_POINTS:
                kind = (
                    "boolean"
                    if isinstance(row.value, bool)
                    else "text"
                    if isinstance(row.value, str)
                    else "number"
                )
                self._points[key] = (decoded.units.get(key, ""), kind)


def make(feed: FeedDef, entities: EntityReader | None = None) -> MqttFeed:
    """Adapter `mqtt`; option `topics` is needed, `decoder` is json unless another is named.

    `entities` reads NGSI-LD for the decoder `ngsi_ld`.
    """
    others = {} if entities is None else {"ngsi_ld": decoder(entities)}
    return MqttFeed(mqtt_options(feed, others))
