"""Updates a second of every protocol on one core, from the frame as it came to readings, in one table.

python tests/bench/feed_codecs.py [FRAMES]

Each room reads its frames as it reads those of a recording, which is its codec from end to end. Time is that of the
processor: what else runs on the machine does not count.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from broker_feeds import METRICS, NAMES
from ngsi_ld_feed import POINTS_OF, Count, notification
from open_feeds import VESSELS, sentences

from console.core.batch import batch_of
from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.base import PointedFeed, Position
from console.feeds.columns.codec import read_columns
from console.feeds.json_guard import load_object
from console.feeds.json_ws.codec import Shape
from console.feeds.json_ws.presets import Shaped
from console.feeds.registry import Registry
from console.feeds.signal_k.codec import SignalKDecoder
from console.feeds.sparkplug.payload import Metric, Payload, write_payload
from console.feeds.tap import PlayedFeed, about_of
from console.wire.frames import pack_telemetry

AT = 1_795_334_441_000
Frame = bytes | str
Option = str | float | bool


class Updates(Count):
    """Values and positions."""

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""
        self.values += len(rows)


@dataclass(frozen=True)
class Case:
    """Frames of one protocol, each with what its tap tells of it."""

    name: str
    adapter: str
    url: str
    frames: list[tuple[Frame, str]]
    options: dict[str, Option] = field(default_factory=dict[str, Option])
    points: tuple[tuple[str, str], ...] = ()


def _values(number: int) -> dict[str, float]:
    return dict.fromkeys(NAMES, number / 8)


def _mqtt() -> list[Case]:
    topics = {"topics": "city/#", "source": "{1}", "point": "{2}"}
    told: list[tuple[Frame, str]] = [
        (json.dumps({"ts": AT + i, **_values(i)}).encode(), f"city/s{i % 500}/state") for i in range(2000)
    ]
    senml = json.dumps([{"bn": "urn:dev:1/", "bt": AT / 1e3}] + [{"n": n, "v": 2.5} for n in NAMES]).encode()
    seen = json.dumps({"result": 2.5, "phenomenonTime": "2026-11-22T07:00:00Z", "Datastream": {"@iot.id": 7}})
    url = "mqtt://127.0.0.1:9"
    return [
        Case("MQTT, JSON of 4 values", "mqtt", url, told, {**topics, "time_path": "ts"}),
        Case("MQTT, SenML of 4 values", "mqtt", url, [(senml, "city/s1/x")], {**topics, "decoder": "senml"}),
        Case("MQTT, SensorThings", "mqtt", url, [(seen, "city/s1/x")], {**topics, "decoder": "sensorthings"}),
        Case("MQTT, plain number", "mqtt", url, [(b"2.5", "city/s1/x")], {**topics, "decoder": "number"}),
    ]


def _sparkplug() -> Case:
    born = [Metric(name=f"m{i}", alias=i, datatype=9, value=1.0) for i in range(METRICS)]
    frames: list[tuple[Frame, str]] = [
        (write_payload(Payload(at=AT, seq=0, metrics=born)), "spBv1.0/g/NBIRTH/e")
    ]
    for k in range(1, 256):
        values = [Metric(alias=i, at=AT + k, datatype=9, value=2.0) for i in range(METRICS)]
        frames.append((write_payload(Payload(at=AT + k, seq=k, metrics=values)), "spBv1.0/g/NDATA/e"))
    return Case("Sparkplug B, 20 metrics", "sparkplug", "mqtt://127.0.0.1:9", frames)


def _ngsi() -> list[Case]:
    return [
        Case(
            f"NGSI-LD, {form}", "ngsi_ld", "http://127.0.0.1:9", [(notification(form), "POST /n")],
            {"receive": "http://127.0.0.1:0/n"}, POINTS_OF,
        )
        for form in ("normalized", "concise", "simplified", "GeoJSON")
    ]  # fmt: skip


def sockets() -> dict[str, Callable[[], int]]:
    """Rooms of WebSockets, whose recordings are played over one; each call reads a frame."""
    values = [{"path": f"electrical.a.{name}", "value": 2.5} for name in NAMES]
    told = {"context": "facilities.a", "updates": [{"timestamp": "2026-11-22T07:00:00Z", "values": values}]}
    delta = json.dumps(told)
    item = json.dumps({"id": "p1", "ts": AT, "v": _values(3)})
    signal_k = SignalKDecoder(600.0)
    shaped = Shaped(Shape(source_path="id", time_path="ts", values_path="v"), "")
    rows = 2_000
    frame = pack_telemetry(batch_of(list(range(rows)), [AT * 1_000_000] * rows, [2.5] * rows, [0] * rows))
    return {
        "Signal K, delta of 4": lambda: len(signal_k.delta(load_object(delta), 0.0).readings),
        "JSON over WebSocket, 4 values": lambda: len(shaped.read(item, 65_536).readings),
        "columns, 2,000 rows": lambda: len(read_columns(frame).point),
    }


def _onem2m() -> Case:
    con = json.dumps(_values(3))
    instance = {"m2m:cin": {"con": con, "ct": "20261122T070000,250000", "ri": "cin1"}}
    sgn = {"m2m:sgn": {"nev": {"rep": instance, "net": 3}, "sur": "s"}}
    told = json.dumps({"op": 5, "rqi": "1", "fr": "/in", "to": "C", "pc": sgn})
    points = tuple(("cse-in/p1", f"state.{name}") for name in NAMES)
    options: dict[str, Option] = {"cse": "cse-in", "cse_id": "in", "ae": "C"}
    return Case("oneM2M, notification of 4", "onem2m", "ws://127.0.0.1:9/", [(told, "cse-in/p1/state")],
                options, points)  # fmt: skip


def _others() -> list[Case]:
    value = json.dumps({"value": 2.5, "status": "0x00000000", "source": "2026-11-22T07:00:00+00:00"})
    rows = [{"id": f"s{i}", "t": "2026-11-22T15:00:00Z", "a": "1.5", "b": "2"} for i in range(100)]
    page = json.dumps({"items": rows}).encode()
    answer = about_of("http://127.0.0.1/", ("status", "200"), ("content-type", "application/json"))
    rest: dict[str, Option] = {"items_path": "items", "source_path": "id", "time_path": "t"}
    return [
        Case("AIS, AIVDM", "ais", "tcp://127.0.0.1:9", [(line, "") for line in sentences()[:VESSELS]]),
        Case("OPC UA, value as recorded", "opcua", "opc.tcp://127.0.0.1:9",
             [(value, about_of("ns=2;s=a", ("path", "c")))]),
        Case("REST, page of 100 items", "rest", "http://127.0.0.1:9", [(page, answer)], rest),
    ]  # fmt: skip


def rate(case: Case, frames: int) -> tuple[float, float]:
    """Updates and frames a second of the processor's time."""
    made = FeedDef(id="f", adapter=case.adapter, url=case.url, label=Text("", ""), options=case.options)
    feed = Registry(found=()).make(made)
    if isinstance(feed, PointedFeed):
        feed.expect(dict.fromkeys(case.points, 5.0))
    assert isinstance(feed, PlayedFeed)
    sink = Updates()
    read = feed.played(sink)
    began = time.process_time()
    for index in range(frames):
        data, about = case.frames[index % len(case.frames)]
        read(data, about, AT * 1_000_000 + index)
    took = time.process_time() - began
    if not sink.values:
        raise RuntimeError(f"{case.name}: nothing was read")
    return sink.values / took, frames / took


def rate_of(read: Callable[[], int], frames: int) -> tuple[float, float]:
    """The same of a call that says how many updates it has read."""
    began = time.process_time()
    updates = sum(read() for _ in range(frames))
    took = time.process_time() - began
    return updates / took, frames / took


def main(frames: int) -> None:
    """Print the table."""
    print(f"{'from frame to readings':32}{'updates/s':>14}{'frames/s':>12}")
    for case in (*_mqtt(), _sparkplug(), *_ngsi(), _onem2m(), *_others()):
        # A frame of many updates is told less often.
        updates, whole = rate(case, frames // 10 if case.adapter in ("rest", "ngsi_ld") else frames)
        print(f"{case.name:32}{updates:>14,.0f}{whole:>12,.0f}")
    for name, read in sockets().items():
        updates, whole = rate_of(read, frames)
        print(f"{name:32}{updates:>14,.0f}{whole:>12,.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
