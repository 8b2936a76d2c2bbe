"""Messages and values a second of the feeds behind a broker, on one core: packets, JSON, Sparkplug, and the whole way.

python tests/bench/broker_feeds.py [MESSAGES]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.site import Area, Asset, AssetType, FeedDef, FeedMap, Site, TagDef, TagRoute
from console.core.words import Text
from console.feeds.base import Reading
from console.feeds.mapping import FeedMapping
from console.feeds.mqtt.adapter import make
from console.feeds.mqtt_session import Greeting, MqttSession
from console.feeds.mqtt_wire import Message, publish
from console.feeds.sparkplug.host import SparkplugHost
from console.feeds.sparkplug.payload import Metric, Payload, write_payload

LABEL = Text("벤치", "bench")
NAMES = ("level", "flow", "power", "gate")
SENSORS = 500
METRICS = 20
CHUNK = 65_536


class Rows:
    """A sink that only keeps readings."""

    def __init__(self) -> None:
        self.rows: list[Reading] = []

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        self.rows += rows

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """A bench with faults measures nothing."""
        raise AssertionError((where, reason))


def site() -> Site:
    """Sensors of four tags."""
    kind = AssetType(
        id="s", label=LABEL, glyph="pump", tags=tuple(TagDef(name=n, label=LABEL) for n in NAMES)
    )
    assets = tuple(
        Asset(id=f"s{i}", type="s", name=LABEL, area="a", lat=35.0, lon=129.0) for i in range(SENSORS)
    )
    area = Area(id="a", name=LABEL, lat=35.0, lon=129.0)
    return Site(
        id="bench", name=LABEL, time_zone="Asia/Seoul", areas=(area,), types=(kind,), assets=assets,
        south=34.0, west=128.0, north=36.0, east=130.0,
    )  # fmt: skip


def messages(count: int) -> list[Message]:
    """JSON of four values and a time, as sensors send it."""
    return [
        Message(
            f"city/s{i % SENSORS}/state",
            json.dumps({"ts": 1_795_334_441_000 + i, **dict.fromkeys(NAMES, i / 8)}).encode(),
            1,
        )
        for i in range(count)
    ]


def per_second(count: int, work: Callable[[], object]) -> float:
    """The best of three, by the time of the processor."""
    times: list[float] = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return count / min(times)


def main() -> None:
    """Print one line for each part."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    sent = messages(count)
    stream = b"".join(publish(message, 7, 5) for message in sent)
    mapped = FeedMap(type="s", source="{asset}", tags={name: TagRoute(path=name) for name in NAMES})
    options: dict[str, str | float | bool] = {"topics": "city/#", "source": "{1}", "time_path": "ts"}
    feed_def = FeedDef(
        id="f", adapter="mqtt", url="mqtt://127.0.0.1", label=LABEL, options=options, map=(mapped,)
    )
    mapping = FeedMapping(Catalogue(site()), feed_def)

    def packets() -> list[Message]:
        session = MqttSession(Greeting(client_id="bench"), 1 << 20)
        return [
            message
            for at in range(0, len(stream), CHUNK)
            for message in session.receive(stream[at : at + CHUNK]).messages
        ]

    def decoded(arrived: list[Message]) -> list[Reading]:
        sink = Rows()
        make(feed_def)._take(arrived, sink, time.time_ns())  # type: ignore[arg-type]
        return sink.rows

    def whole() -> Batch:
        return mapping.batch(decoded(packets()), time.time_ns()).batch

    assert len(whole()) == count * len(NAMES)
    print(f"MQTT packets            {per_second(count, packets):>10,.0f} messages/s")
    print(f"JSON of four values     {per_second(count, lambda: decoded(sent)):>10,.0f} messages/s")
    print(f"packets to tag columns  {per_second(count, whole):>10,.0f} messages/s")
    print(f"Sparkplug data          {sparkplug(count):>10,.0f} values/s")


def sparkplug(count: int) -> float:
    """Data of one node by alias."""
    host = SparkplugHost(2.0, 10.0)
    born = [Metric(name=f"m{i}", alias=i, datatype=9, value=1.0) for i in range(METRICS)]
    host.message("spBv1.0/g/NBIRTH/e", write_payload(Payload(at=1, seq=255, metrics=born)), 0.0, 1)
    at = 1_795_334_441_000
    rounds = max(count // METRICS // 256, 1) * 256

    def data(k: int) -> bytes:
        values = [Metric(alias=i, at=at + k, datatype=9, value=2.0) for i in range(METRICS)]
        return write_payload(Payload(at=at + k, seq=k % 256, metrics=values))

    told = [data(k) for k in range(rounds)]

    def work() -> None:
        for data in told:
            assert not host.message("spBv1.0/g/NDATA/e", data, 0.0, 1).faults

    return per_second(rounds * METRICS, work)


if __name__ == "__main__":
    main()
