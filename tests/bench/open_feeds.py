"""Messages a second of the feeds without a broker, on one core: AIS sentences, AISStream, open data, JSON dialects.

python tests/bench/open_feeds.py [MESSAGES]
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Sequence

from pyais import encode_dict

from console.feeds.ais.aisstream import read_envelope
from console.feeds.ais.nmea import SentenceReader
from console.feeds.ais.reports import read_message
from console.feeds.ais.targets import KEEP_S, News, Targets
from console.feeds.json_guard import load_object
from console.feeds.json_ws.cloudevents import CloudEvents
from console.feeds.json_ws.ditto import Ditto
from console.feeds.json_ws.thingsboard import ThingsBoard
from console.feeds.rest.body import read_body
from console.feeds.rest.codec import ItemShape, read_items

VESSELS = 1_000
LIMIT = 1_000_000


def sentences(rounds: int = 1) -> list[bytes]:
    """So many position reports of each vessel by turns; between them it moves north."""
    made: list[bytes] = []
    for turn, number in itertools.product(range(rounds), range(VESSELS)):
        report: dict[str, str | int | float | bytes | bool] = {
            "type": 1, "mmsi": 440_000_000 + number, "lat": 35.1 + number / 1e4 + turn / 1e3, "lon": 129.05,
            "speed": 10.0, "course": 90.0, "heading": 95,
        }  # fmt: skip
        made += [line.encode() for line in encode_dict(report, sentence_type="VDM")]
    return made


def ais(lines: Sequence[bytes]) -> Callable[[int], None]:
    """From a line to a position."""
    reader, targets = SentenceReader(), Targets(KEEP_S)

    def one(index: int) -> None:
        whole = reader.take(lines[index % VESSELS], 0.0)
        report = read_message(whole.sentence) if whole is not None else None
        assert report is not None
        targets.take(report, 0, 0.0, News())

    return one


def aisstream() -> Callable[[int], None]:
    """From an envelope to a position."""
    targets = Targets(KEEP_S)
    frames = [
        json.dumps(
            {
                "MessageType": "PositionReport",
                "MetaData": {"MMSI": 440_000_000 + number, "time_utc": "2026-11-22 07:00:00.3 +0000 UTC"},
                "Message": {"PositionReport": {"UserID": 440_000_000 + number, "Latitude": 35.1, "Longitude": 129.0,
                                               "Sog": 10.0, "Cog": 90.0, "TrueHeading": 95, "Timestamp": 1}},
            }
        )
        for number in range(VESSELS)
    ]  # fmt: skip

    def one(index: int) -> None:
        heard = read_envelope(load_object(frames[index % VESSELS], LIMIT))
        assert heard.report is not None
        targets.take(heard.report, heard.at, 0.0, News())

    return one


def open_data(as_xml: bool) -> Callable[[int], None]:
    """From a page of 100 items with four values each to readings."""
    rows = [
        {"id": f"s{i}", "t": "2026-11-22T15:00:00Z", "a": "1.5", "b": "2", "c": "-", "d": "0.01"}
        for i in range(100)
    ]
    if as_xml:
        inner = "".join(
            "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</item>" for row in rows
        )
        body = f"<response><items>{inner}</items></response>".encode()
    else:
        body = json.dumps({"response": {"items": {"item": rows}}}).encode()
    shape = ItemShape(items_path="response.items.item", source_path="id", time_path="t")

    def one(index: int) -> None:
        assert len(read_items(read_body(body, "", LIMIT), shape).readings) == 400

    return one


def dialects() -> dict[str, Callable[[int], None]]:
    """One frame with two values in each dialect."""
    events, board, ditto = CloudEvents(), ThingsBoard({"d": "p1"}), Ditto()
    series = {"level": [[1_795_330_800_000, "2.5"]], "flow": [[1_795_330_800_000, "7"]]}
    update = json.dumps({"subscriptionId": 1, "errorCode": 0, "data": series})
    change = json.dumps({"topic": "org/p1/things/twin/events/modified", "path": "/features/w/properties",
                         "value": {"level": 2.5, "flow": 7}, "timestamp": "2026-11-22T07:00:00Z"})  # fmt: skip
    event = (
        '{"specversion":"1.0","id":"%d","source":"p1","type":"t","time":"2026-11-22T07:00:00Z",'
        '"data":{"level":2.5,"flow":7}}'
    )
    return {
        "CloudEvents": lambda index: _full(len(events.read(event % index, LIMIT).readings)),
        "ThingsBoard": lambda index: _full(len(board.read(update, LIMIT).readings)),
        "Ditto": lambda index: _full(len(ditto.read(change, LIMIT).readings)),
    }


def _full(values: int) -> None:
    assert values == 2


def timed(work: Callable[[int], None], count: int) -> float:
    """Microseconds of the processor for one call."""
    work(0)
    began = time.process_time()
    for index in range(1, count + 1):
        work(index)
    return (time.process_time() - began) / count * 1e6


def main(count: int) -> None:
    """Print what each costs."""
    for name, work in (("AIVDM sentences", ais(sentences())), ("AISStream envelopes", aisstream())):
        cost = timed(work, count)
        share = cost * VESSELS / 1e4
        print(f"{name:20} {1e6 / cost:10,.0f}/s   {VESSELS} vessels at 1 Hz: {share:.1f} % of a core")
    for name, work in (("open data, JSON", open_data(False)), ("open data, XML", open_data(True))):
        cost = timed(work, max(count // 100, 1))
        print(f"{name:20} {400e6 / cost:10,.0f} values/s")
    for name, work in dialects().items():
        cost = timed(work, count)
        print(f"{name:20} {2e6 / cost:10,.0f} values/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
