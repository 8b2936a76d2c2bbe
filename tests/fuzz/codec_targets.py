"""Every codec of the feeds as a function of bytes, with seeds; it may raise DecodeError and nothing else.

Rooms whose frames can be played from a recording are entered there, as that is their codec from the frame to the
readings. No sockets, no clock, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from codec_seeds import (
    AIS,
    AIS_TWO,
    DELTA,
    ENDED,
    ENTITY,
    META_DELTA,
    NOTICE,
    REST,
    SENML,
    XML,
    as_json,
    fixtures,
)

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.core.words import Text
from console.feeds import mqtt_wire
from console.feeds.base import Columns, MoverFacts, PointedFeed, Position, Reading
from console.feeds.columns.codec import read_columns, read_points
from console.feeds.json_guard import load, load_object
from console.feeds.json_ws.cloudevents import CloudEvents
from console.feeds.json_ws.codec import Shape
from console.feeds.json_ws.ditto import Ditto
from console.feeds.json_ws.presets import Dialect, Shaped
from console.feeds.json_ws.thingsboard import ThingsBoard
from console.feeds.mqtt_session import Greeting, MqttSession
from console.feeds.ngsi_ld.codec import read_frame
from console.feeds.ngsi_ld.subscription import read_standing
from console.feeds.onem2m.codec import Request, read_notices, read_primitive
from console.feeds.registry import Registry
from console.feeds.replay import tape
from console.feeds.signal_k.codec import SignalKDecoder
from console.feeds.signal_k.commands import read_response
from console.feeds.signal_k.offers import Offering
from console.feeds.sparkplug.explain import explained
from console.feeds.sparkplug.payload import read_payload
from console.feeds.tap import PlayedFeed
from console.feeds.times import read_time

Codec = Callable[[bytes], object]
Option = str | float | bool
T = TypeVar("T")
LIMIT = 65_536
AT = 1_795_316_400 * 10**9
_STAND = 5_000
"""Frames after which a codec that remembers begins anew, so that memory measures the codec and not the harness."""


class Ear:
    """A sink that forgets; it looks at what it is given as the hub would."""

    def readings(self, rows: list[Reading]) -> None:
        """Names are texts and times whole."""
        for row in rows:
            assert isinstance(row.source, str)
            assert isinstance(row.path, str)
            assert isinstance(row.at, int)
            assert isinstance(row.value, (float, int, bool, str))

    def declare(self, points: list[tuple[str, str]]) -> None:
        """Names of columns."""

    def columns(self, columns: Columns) -> None:
        """Values in columns."""

    def positions(self, rows: list[Position]) -> None:
        """On the earth, or not at all."""
        for row in rows:
            assert -90 <= row.lat <= 90
            assert -180 <= row.lon <= 180

    def movers(self, rows: list[MoverFacts]) -> None:
        """Static data."""

    def gone(self, sources: list[str]) -> None:
        """Silent ones."""

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """Words for the feed page."""
        assert isinstance(where, str)
        assert reason

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """A gap, perhaps."""


@dataclass(frozen=True)
class Target:
    """One codec, made anew now and then, and frames it should know."""

    make: Callable[[], Codec]
    seeds: tuple[bytes, ...]

    def codec(self) -> Codec:
        """What takes any bytes without an exception, unless there is a fault in the code."""
        made, left = self.make(), _STAND

        def take(data: bytes) -> None:
            nonlocal made, left
            left -= 1
            if not left:
                made, left = self.make(), _STAND
            try:
                made(data)
            except DecodeError:
                return

        return take


def turned(*codecs: Codec) -> Codec:
    """The first byte says which one takes the rest."""

    def take(data: bytes) -> None:
        if data:
            codecs[data[0] % len(codecs)](data[1:])

    return take


def played(adapter: str, about: str, **options: Option) -> Callable[[], Codec]:
    """A room as it reads the frames of a recording; `about` is what its tap would tell of the frame."""

    def make() -> Codec:
        url = {"rest": "http://127.0.0.1:9/a", "opcua": "opc.tcp://127.0.0.1:9"}.get(
            adapter, "mqtt://127.0.0.1:9"
        )
        if adapter == "ais":
            url = "ws://127.0.0.1:9" if "envelope" in options else "tcp://127.0.0.1:9"
        named = FeedDef(id="f", adapter=adapter, url=url, label=Text("", ""), options=dict(options))
        feed = Registry(found=()).make(named)
        if isinstance(feed, PointedFeed):
            feed.expect({("a/b", "c"): 5.0, ("ns=2;s=a", "c"): 5.0})
        assert isinstance(feed, PlayedFeed)
        reader = feed.played(Ear())
        clock = AT

        def take(data: bytes) -> None:
            nonlocal clock
            clock += 10**7
            reader(data, about, clock)

        return take

    return make


def _wire() -> Codec:
    sessions = {version: MqttSession(Greeting(client_id="f", version=version), LIMIT) for version in (4, 5)}

    def session(version: int) -> Codec:
        def take(data: bytes) -> None:
            try:
                sessions[version].receive(data)
            except DecodeError:
                sessions[version] = MqttSession(Greeting(client_id="f", version=version), LIMIT)
                raise

        return take

    def packets(data: bytes) -> None:
        for packet in mqtt_wire.Framer(LIMIT).feed(data):
            mqtt_wire.read_publish(packet, 5)

    return turned(session(4), session(5), packets)


def _decoders() -> Codec:
    common: dict[str, Option] = {"topics": "#"}
    names = ("number", "text", "plain", "senml", "sensorthings", "ngsi_ld")
    simple = [played("mqtt", "city/pump/level", **common, decoder=name) for name in names]
    mapped = played("mqtt", "city/pump/level", **common, values_path="data", time_path="at")
    return turned(*(make() for make in (*simple, mapped)))


def _sparkplug() -> Codec:
    topics = [f"spBv1.0/G/{kind}/E" for kind in ("NBIRTH", "NDATA", "NDEATH")]
    topics += [f"spBv1.0/G/{kind}/E/D" for kind in ("DBIRTH", "DDATA", "DDEATH")]
    readers = [played("sparkplug", topic)() for topic in (*topics, "spBv1.0/STATE/h", "spBv1.0/G")]
    return turned(*readers, read_payload, lambda data: explained(topics[0], data))


def _ngsi_ld() -> Codec:
    def frame(data: bytes) -> None:
        read_frame(load(data, LIMIT))

    def standing(data: bytes) -> None:
        read_standing(load(data, LIMIT), "http://127.0.0.1/x", AT)

    return turned(frame, frame, standing)


def _signal_k() -> Codec:
    decoder, offering = SignalKDecoder(600.0, measured=frozenset({"vessels"})), Offering(_STAND)
    now, frames = 0.0, 0

    def take(data: bytes) -> None:
        nonlocal now, frames
        now, frames = now + 1.0, frames + 1
        if frames % _STAND == 0:
            decoder.connected()
            offering.clear()
        tree = load_object(data, LIMIT)
        if not decoder.hello(tree) and read_response(tree, accepted=True) is None:
            found = decoder.delta(tree, now, AT)
            assert all(
                offer.unit.strip() == offer.unit
                for offer in offering.news(found.readings, found.metas, decoder.metas)
            )
            Ear().readings(found.readings)
            Ear().positions(found.positions)
        decoder.gone(now)

    return take


def _json_ws() -> Codec:
    shape = Shape(source_path="id", values_path="v", time_path="t", each_path="all", text_numbers=True)
    plain = Shape(
        source_path="$.id", values_path="$.v", command_frame="{}", answer_id_path="id", answer_path="ok"
    )
    dialects: list[Dialect] = [Shaped(shape, ""), Shaped(plain, ""), CloudEvents(), Ditto()]
    dialects.append(ThingsBoard({"f3bd7a20-f16a-11e9-9b58-7b9d4b5d5a1c": "press"}))

    def of(dialect: Dialect) -> Codec:
        return lambda data: Ear().readings(dialect.read(data, LIMIT).readings)

    return turned(*(of(dialect) for dialect in dialects))


def _onem2m() -> Codec:
    def frame(data: bytes) -> None:
        primitive = read_primitive(data, LIMIT)
        if isinstance(primitive, Request):
            read_notices(primitive.content)

    options: dict[str, Option] = {"cse": "cse-in", "cse_id": "in", "ae": "C"}
    return turned(frame, played("onem2m", "", **options)())


def _columns() -> Codec:
    return turned(read_columns, lambda data: read_points(data.decode("utf-8", "replace"), LIMIT))


def _shared() -> Codec:
    def when(data: bytes) -> None:
        read_time(load(data, LIMIT))

    def text(data: bytes) -> None:
        read_time(data.decode("utf-8", "replace"))

    return turned(lambda data: load(data, LIMIT), when, text, tape.read_head, tape.read_frame)


_JSON_ANSWER = "http://x\tstatus=200\tcontent-type=application/json"
_XML_ANSWER = "http://x\tstatus=200\tcontent-type=text/xml; charset=euc-kr"
_ITEMS: dict[str, Option] = {"items_path": "response.body.items.item", "source_path": "stationName"}
_BOXES = "34, 128, 36, 130"

TARGETS: dict[str, Target] = {
    "mqtt_wire": Target(
        _wire,
        (
            b"\x00" + mqtt_wire.publish(mqtt_wire.Message("a/b", b"1.5"), 0, 4),
            b"\x01" + mqtt_wire.publish(mqtt_wire.Message("a/b", b"1.5", 1), 7, 5),
            b"\x01\x20\x03\x00\x00\x00",
            b"\x02\x30\x05\x00\x01a\x001",
        ),
    ),
    "mqtt_decoders": Target(
        _decoders,
        (
            b"\x00" + b"1.5",
            b"\x02on",
            *as_json(SENML, before=b"\x03"),
            *as_json({"result": 1.5, "phenomenonTime": "2026-11-22T03:00:00Z"}, before=b"\x04"),
            *as_json({"metadata": {}, "body": {"id": "n", "data": [ENTITY]}}, before=b"\x05"),
            *as_json({"at": 1.795e12, "data": {"level": 1.5, "deep": {"on": True}}}, before=b"\x06"),
        ),
    ),
    "sparkplug": Target(_sparkplug, fixtures("sparkplug")),
    "ngsi_ld": Target(
        _ngsi_ld,
        as_json(
            ENTITY,
            [ENTITY],
            {
                "id": "n",
                "type": "Notification",
                "subscriptionId": "s",
                "notifiedAt": "2026-11-22T03:00:00Z",
                "data": [ENTITY],
            },
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "id": "urn:x", "properties": ENTITY}],
            },
            {"id": "s", "status": "active", "isActive": True, "expiresAt": "2026-11-22T03:00:00Z"},
            before=b"\x00",
        ),
    ),
    "signal_k": Target(
        _signal_k,
        as_json(
            DELTA,
            META_DELTA,
            {"self": "urn:mrn:imo:mmsi:1", "version": "2"},
            {"requestId": "1", "state": "COMPLETED", "statusCode": 200},
        ),
    ),
    "ais": Target(
        lambda: turned(
            played("ais", "")(), played("ais", "", envelope="aisstream", secret="ais", boxes=_BOXES)()
        ),
        (b"\x00" + AIS, b"\x00" + AIS_TWO),
    ),
    "onem2m": Target(
        _onem2m, as_json(NOTICE, {"rsc": 2001, "rqi": "1", "pc": {"m2m:sub": {"ri": "sub1"}}}, before=b"\x00")
    ),
    "opcua": Target(
        played("opcua", "ns=2;s=a\tpath=c"),
        as_json(
            {
                "value": 1.5,
                "status": "0x00000000",
                "source": "2026-11-22T03:00:00+00:00",
                "words": {"0": "off"},
            }
        ),
    ),
    "rest": Target(
        lambda: turned(played("rest", _JSON_ANSWER, **_ITEMS)(), played("rest", _XML_ANSWER, **_ITEMS)()),
        (*as_json(REST, before=b"\x00"), b"\x01" + XML),
    ),
    "json_ws": Target(
        _json_ws,
        (
            *as_json({"all": [{"id": "a", "t": 1.795e9, "v": {"x": "1.5"}}]}, before=b"\x00"),
            *as_json(
                {
                    "specversion": "1.0",
                    "id": "1",
                    "source": "a",
                    "type": "t",
                    "time": "2026-11-22T03:00:00Z",
                    "data": {"x": 1},
                },
                before=b"\x02",
            ),
            *as_json(ENDED, before=b"\x03"),
            *as_json(
                {"subscriptionId": 1, "errorCode": 0, "data": {"x": [[1795316400000, "1.5"]]}}, before=b"\x04"
            ),
        ),
    ),
    "columns": Target(_columns, (b"\x00" + bytes(64), *as_json([["a", "b"]], before=b"\x01"))),
    "shared": Target(
        _shared,
        (
            b"\x02" + b"2026-11-22T03:00:00.5+09:00",
            b"\x01" + b'"20261122T030000,5"',
            *as_json({"a": [1, 2.5, None]}, before=b"\x00"),
        ),
    ),
}
