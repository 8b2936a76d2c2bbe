"""What a birth offers: names, kinds, units and ranges as its node tells them."""

from __future__ import annotations

import pytest

from console.core.discovery import Offer, ValueKind
from console.feeds.sparkplug import protobuf as pb
from console.feeds.sparkplug.births import offer_of
from console.feeds.sparkplug.host import Outcome, SparkplugHost
from console.feeds.sparkplug.payload import DataType, Metric, Payload, write_metric, write_payload

EDGE, PRESS = "Busan/Line1", "Busan/Line1/Press"
AT = 1_795_334_441_000_000_000


def with_properties(metric: Metric, **properties: bytes) -> bytes:
    """A metric with a property set: keys and values stand in two lists."""
    keys = b"".join(pb.write_bytes(1, name.encode()) for name in properties)
    values = b"".join(pb.write_bytes(2, value) for value in properties.values())
    return write_metric(metric) + pb.write_bytes(9, keys + values)


def text(value: str) -> bytes:
    return pb.write_number(1, DataType.STRING) + pb.write_bytes(8, value.encode())


def whole(value: int, datatype: int) -> bytes:
    return pb.write_number(1, datatype) + pb.write_number(3, value)


def born(*metrics: bytes | Metric, host: SparkplugHost | None = None) -> Outcome:
    """The birth of a press whose node was born before."""
    host = host or SparkplugHost(2.0, 10.0)
    host.message("spBv1.0/Busan/NBIRTH/Line1", write_payload(Payload(at=1, seq=0)), 1.0, AT)
    data = write_payload(Payload(at=1, seq=1))
    for one in metrics:
        data += pb.write_bytes(2, write_metric(one) if isinstance(one, Metric) else one)
    return host.message("spBv1.0/Busan/DBIRTH/Line1/Press", data, 1.0, AT)


def offered(outcome: Outcome) -> dict[str, Offer]:
    return {offer.path: offer for offer in outcome.offers}


def test_unit_range_and_name_come_from_the_properties() -> None:
    metric = Metric(name="Temp", datatype=9, value=41.5)
    full = with_properties(
        metric,
        engUnit=text("Cel"),
        engLow=whole(2**32 - 40, DataType.INT32),
        engHigh=pb.write_number(1, DataType.FLOAT) + pb.write_float(5, 120.5),
        displayName=text("주축 온도"),
        description=text("of the spindle"),
    )
    assert offered(born(full))["Temp"] == Offer(
        source=PRESS,
        path="Temp",
        kind=ValueKind.NUMBER,
        unit="Cel",
        label="주축 온도",
        group=EDGE,
        low=-40.0,
        high=120.5,
    )


@pytest.mark.parametrize(
    ("datatype", "value", "kind", "is_whole"),
    [
        (DataType.INT32, 5, ValueKind.NUMBER, True),
        (DataType.DOUBLE, 5.0, ValueKind.NUMBER, False),
        (DataType.DATETIME, 5, ValueKind.NUMBER, True),
        (DataType.BOOLEAN, True, ValueKind.FLAG, False),
        (DataType.STRING, "on", ValueKind.TEXT, False),
        (DataType.UUID, "a-b", ValueKind.TEXT, False),
        (DataType.UNKNOWN, 1.5, ValueKind.NUMBER, False),
        (DataType.UNKNOWN, False, ValueKind.FLAG, False),
        (DataType.UNKNOWN, "x", ValueKind.TEXT, False),
    ],
)
def test_the_type_of_a_metric_tells_its_kind(
    datatype: int, value: float | bool | str, kind: ValueKind, is_whole: bool
) -> None:
    offer = offer_of(PRESS, EDGE, Metric(name="m", datatype=datatype, value=value))
    assert offer is not None
    assert (offer.kind, offer.whole) == (kind, is_whole)
    assert offer.words == ((value,) if kind is ValueKind.TEXT else ())


@pytest.mark.parametrize(
    "metric",
    [
        Metric(name="table", datatype=DataType.DATASET),
        Metric(name="picture", datatype=DataType.BYTES),
        Metric(name="file", datatype=DataType.FILE),
        Metric(name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=False),
        Metric(name="Device Control/Reboot", datatype=DataType.BOOLEAN, value=False),
        Metric(name="nothing", datatype=DataType.UNKNOWN),
    ],
)
def test_what_is_no_plain_value_is_not_offered(metric: Metric) -> None:
    assert offer_of(PRESS, EDGE, metric) is None


def test_a_birth_is_all_that_its_source_has_and_data_offer_nothing() -> None:
    host = SparkplugHost(2.0, 10.0)
    outcome = born(
        Metric(name="bdSeq", datatype=8, value=1), Metric(name="a", datatype=9, value=1.0), host=host
    )
    assert (list(offered(outcome)), outcome.whole) == (["a"], [PRESS])
    data = write_payload(Payload(at=2, seq=2, metrics=[Metric(name="a", datatype=9, value=2.0)]))
    later = host.message("spBv1.0/Busan/DDATA/Line1/Press", data, 2.0, AT)
    assert (later.offers, later.whole, len(later.readings)) == ([], [], 1)


def test_a_birth_without_metrics_takes_back_all_it_had() -> None:
    outcome = born()
    assert (outcome.offers, outcome.whole) == ([], [PRESS])
