"""Options of the adapter `mqtt`; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from console.core.site import FeedDef
from console.feeds.answer_shape import AnswerShape, answer_words
from console.feeds.discovery import DISCOVERY_OPTIONS, discovery_of
from console.feeds.mqtt import observation, plain, senml
from console.feeds.mqtt.commands import CommandShape
from console.feeds.mqtt.decoded import Decoder, check_name
from console.feeds.mqtt.json_map import JsonMap
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options, publishable, subscriptions
from console.feeds.options import Options
from console.feeds.templates import check_template

OPTIONS = LINK_OPTIONS | DISCOVERY_OPTIONS | frozenset(
    {
        "topics", "qos", "retained", "decoder", "source", "point", "source_path", "values_path", "time_path",
        "each_path", "point_path", "text_numbers", "time_property", "sequence", "command_topic",
        "command_payload", "command_qos", "command_retain", "answer_topic", "answer_id_path", "answer_path",
        "answer_detail_path", "answer_progress_path", "answer_words", "answer_test_path", "presence_topic",
    }
)  # fmt: skip
_MAPPED = ("source_path", "values_path", "time_path", "each_path", "point_path")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttOptions:
    """One feed's topics, how their payloads are read and how commands are written."""

    link: LinkOptions
    topics: tuple[str, ...]
    qos: int
    retained: bool
    decode: Decoder
    source: str
    point: str
    zone: tzinfo | None
    time_property: str
    sequence: str
    presence_topic: str
    """Where devices may read whether we are there; empty: nowhere."""
    command: CommandShape
    discover: bool = False
    """Tell the hub of each point that is heard of."""


def mqtt_options(feed: FeedDef, others: Mapping[str, Decoder]) -> MqttOptions:
    """Options of one feed; `others` are decoders that stand elsewhere, by name."""
    options = Options(feed, OPTIONS)
    topics = subscriptions(feed.id, "topics", options.words("topics"))
    if not topics:
        raise ValueError(f"{feed.id}: option topics is missing")
    link = link_options(feed, options)
    time_property = options.text("time_property")
    sequence = options.text("sequence")
    if link.version != 5 and (time_property or sequence.startswith("user:")):
        raise ValueError(f"{feed.id}: option time_property or sequence: MQTT 3.1.1 has no user properties")
    return MqttOptions(
        link=link,
        topics=topics,
        qos=_qos(feed, options, "qos"),
        retained=options.flag("retained", True),
        decode=_decoder(feed, options, others),
        source=_name(feed, options, "source", "{topic}"),
        point=_name(feed, options, "point", "value"),
        zone=options.zone(),
        time_property=time_property,
        sequence=sequence,
        presence_topic=_presence(feed, options),
        command=_command(feed, options, link.version),
        discover=discovery_of(feed).on,
    )


def _qos(feed: FeedDef, options: Options, name: str) -> int:
    qos = options.number(name, 1)
    if qos not in (0, 1, 2):
        raise ValueError(f"{feed.id}: option {name} must be 0, 1 or 2")
    return int(qos)


def _name(feed: FeedDef, options: Options, name: str, default: str) -> str:
    template = options.text(name, default)
    try:
        check_name(template)
    except ValueError:
        raise ValueError(f"{feed.id}: option {name}: {template} has a place that is not known") from None
    return template


def _presence(feed: FeedDef, options: Options) -> str:
    topic = options.text("presence_topic")
    if topic and not publishable(topic):
        raise ValueError(f"{feed.id}: option presence_topic must be one topic without wildcards")
    return topic


def _decoder(feed: FeedDef, options: Options, others: Mapping[str, Decoder]) -> Decoder:
    shape = JsonMap(
        **{name: options.text(name) for name in _MAPPED}, text_numbers=options.flag("text_numbers")
    )
    known: dict[str, Decoder] = {
        "json": shape.decode,
        "senml": senml.decode,
        "sensorthings": observation.decode,
        "number": plain.number,
        "text": plain.word,
        "plain": plain.either,
        **others,
    }
    name = options.text("decoder", "json")
    if name not in known:
        raise ValueError(f"{feed.id}: option decoder: {name} is not one of {', '.join(known)}")
    if name != "json":
        for given in (*_MAPPED, "text_numbers"):
            if given in feed.options:
                raise ValueError(f"{feed.id}: option {given} belongs to the decoder json")
    return known[name]


def _command(feed: FeedDef, options: Options, version: int) -> CommandShape:
    words, causes = answer_words(feed, options)
    shape = CommandShape(
        topic=options.text("command_topic"),
        payload=options.text("command_payload"),
        qos=_qos(feed, options, "command_qos"),
        retain=options.flag("command_retain"),
        answer_topic=options.text("answer_topic"),
        answer_id_path=options.text("answer_id_path"),
        answer=AnswerShape(
            path=options.text("answer_path"),
            detail_path=options.text("answer_detail_path"),
            progress_path=options.text("answer_progress_path"),
            words=words,
            causes=causes,
            test_path=options.text("answer_test_path"),
        ),
    )
    if shape.payload:
        try:
            check_template(shape.payload)
        except ValueError:
            raise ValueError(f"{feed.id}: option command_payload is not JSON") from None
    if shape.answer_topic:
        if not publishable(shape.answer_topic):
            raise ValueError(f"{feed.id}: option answer_topic must be one topic without wildcards")
        if version != 5 and not shape.answer_id_path:
            raise ValueError(
                f"{feed.id}: option answer_id_path is missing: MQTT 3.1.1 has no correlation data"
            )
    return shape
