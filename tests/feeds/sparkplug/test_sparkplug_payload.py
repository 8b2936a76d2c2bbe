"""The payload codec: round trips, captured bytes of a stranger's edge node, and bytes that nobody should send."""

from __future__ import annotations

import json
import math
import struct
import zlib
from typing import Any

import pytest
from house import ROOT
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds.sparkplug import protobuf as pb
from console.feeds.sparkplug.payload import (
    DataType,
    Metric,
    Payload,
    read_payload,
    typed,
    write_metric,
    write_payload,
)

CAPTURES = ROOT / "tests/fixtures/sparkplug"
RANGES = {1: (-128, 127), 2: (-(2**15), 2**15 - 1), 3: (-(2**31), 2**31 - 1), 4: (-(2**63), 2**63 - 1),
          5: (0, 255), 6: (0, 2**16 - 1), 7: (0, 2**32 - 1), 8: (0, 2**64 - 1), 13: (0, 2**64 - 1)}  # fmt: skip


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    kind = draw(st.sampled_from([*RANGES, 9, 10, 11, 12, 14]))
    if kind in RANGES:
        value: Any = draw(st.integers(*RANGES[kind]))
    elif kind == DataType.FLOAT:
        value = draw(st.floats(width=32, allow_nan=False))
    elif kind == DataType.DOUBLE:
        value = draw(st.floats(allow_nan=False))
    elif kind == DataType.BOOLEAN:
        value = draw(st.booleans())
    else:
        value = draw(st.text(max_size=20))
    return Metric(
        name=draw(st.text(max_size=20)),
        alias=draw(st.none() | st.integers(0, 2**64 - 1)),
        at=draw(st.integers(0, 2**63 - 1)),
        datatype=kind,
        historical=draw(st.booleans()),
        value=value,
    )


@given(st.lists(metrics(), max_size=5), st.integers(0, 255), st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_back(written: list[Metric], seq: int, at: int) -> None:
    found = read_payload(write_payload(Payload(at=at, metrics=written, seq=seq)))
    assert (found.at, found.seq, found.faults, len(found.metrics)) == (at, seq, [], len(written))
    for metric, back in zip(written, found.metrics, strict=True):
        assert (back.name, back.alias, back.at, back.datatype, back.historical) == (
            metric.name, metric.alias, metric.at, metric.datatype, metric.historical,
        )  # fmt: skip
        assert typed(back, metric.datatype) == metric.value
        assert type(typed(back, metric.datatype)) is type(metric.value)


@pytest.mark.parametrize(
    ("datatype", "written", "meant"),
    [
        (DataType.INT8, 255, -1),
        (DataType.INT8, 2**64 - 1, -1),
        (DataType.INT16, 2**32 - 2, -2),
        (DataType.INT32, 2**31, -(2**31)),
        (DataType.INT64, 2**64 - 5, -5),
        (DataType.UINT8, 255, 255),
        (DataType.UINT64, 2**64 - 1, 2**64 - 1),
        (DataType.BOOLEAN, 1, True),
        (DataType.DOUBLE, 7, 7),
    ],
)
def test_signed_numbers_travel_as_twos_complement_of_any_width(
    datatype: int, written: int, meant: object
) -> None:
    assert typed(Metric(name="a", value=written), datatype) == meant


def test_null_is_no_value_and_a_text_is_no_number() -> None:
    back = read_payload(
        write_payload(Payload(metrics=[Metric(name="a", datatype=9, null=True, value=1.0)]))
    ).metrics[0]
    assert back.null
    assert typed(back, 9) is None
    with pytest.raises(DecodeError):
        typed(Metric(name="a", value="high"), DataType.DOUBLE)
    with pytest.raises(DecodeError):
        typed(Metric(name="a", value=1.5), DataType.STRING)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [(5, 256), (5, -1), (1, 128), (8, 2**64), (3, 1.5), (12, 5), (9, "x"), (9, 1e39), (16, 1), (19, 1)],
)
def test_a_value_that_its_type_cannot_hold_is_not_written(datatype: int, value: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        write_metric(Metric(name="a", datatype=datatype, value=value))


def property_set(**values: bytes) -> bytes:
    keys = b"".join(pb.write_bytes(1, key.encode()) for key in values)
    return pb.write_bytes(9, keys + b"".join(pb.write_bytes(2, value) for value in values.values()))


def test_unit_and_quality_stand_in_properties() -> None:
    unit = pb.write_number(1, 12) + pb.write_bytes(8, b"Cel")
    data = pb.write_bytes(1, b"t") + property_set(engUnit=unit, Quality=pb.write_number(3, 500), Other=b"")
    metric = read_payload(pb.write_bytes(2, data)).metrics[0]
    assert (metric.unit, metric.quality) == ("Cel", 500)


def test_a_template_keeps_its_members_and_bytes_are_no_value() -> None:
    inner = write_metric(Metric(name="speed", datatype=9, value=2.0))
    data = pb.write_bytes(1, b"motor") + pb.write_bytes(
        18, pb.write_bytes(1, b"v1") + pb.write_bytes(2, inner)
    )
    raw = pb.write_bytes(1, b"blob") + pb.write_bytes(16, b"\0\1")
    found = read_payload(pb.write_bytes(2, data) + pb.write_bytes(2, raw)).metrics
    assert [(one.name, one.value, len(one.members)) for one in found] == [
        ("motor", None, 1),
        ("blob", None, 0),
    ]
    assert found[0].members[0].value == 2.0


@pytest.mark.parametrize("bits", [15, 31])
def test_a_compressed_payload_is_unpacked_once_and_within_bounds(bits: int) -> None:
    def packed(data: bytes) -> bytes:
        packer = zlib.compressobj(wbits=bits)
        body = packer.compress(data) + packer.flush()
        return pb.write_bytes(4, b"SPBV1.0_COMPRESSED") + pb.write_bytes(5, body)

    inside = write_payload(Payload(seq=7, metrics=[Metric(name="a", datatype=11, value=True)]))
    assert read_payload(packed(inside)).seq == 7
    for broken, reason in (
        (packed(packed(inside)), "compression"),
        (packed(b"\0" * (17 * 1024 * 1024)), "too_large"),
        (packed(inside)[:-3], "truncated"),
        (pb.write_bytes(4, b"SPBV1.0_COMPRESSED") + pb.write_bytes(5, b"no"), "compression"),
    ):
        with pytest.raises(DecodeError) as caught:
            read_payload(broken)
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x08", "truncated"),
        (b"\x08" + b"\xff" * 11, "length"),
        (b"\x12\x05ab", "truncated"),
        (b"\x12\xff\xff\xff\xff\x0f", "truncated"),
        (b"\x00\x01", "wrong_type"),
        (b"\x0b", "wrong_type"),
        (b"\x22\x01\xff", "encoding"),
        (b'{"online": true}', "truncated"),
        (b"\x0d\0\0", "truncated"),
        (b"\x22\x00\x2a\x01", "truncated"),
    ],
)
def test_what_is_no_payload_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_payload(data)
    assert caught.value.reason in (reason, "wrong_type")


def test_a_fault_in_one_metric_costs_that_metric() -> None:
    good = pb.write_bytes(2, write_metric(Metric(name="a", datatype=11, value=True)))
    bad = [b"\x0a\x01\xff", b"\x55\0\0", b"\x62\x01\0", b"\x12\x01\0", b"\x92\x01\x05ab"]
    found = read_payload(good + b"".join(pb.write_bytes(2, one) for one in bad) + good)
    assert len(found.metrics) == 2
    assert [where for where, _ in found.faults] != []
    assert len(found.faults) == len(bad)


def test_templates_within_templates_end() -> None:
    data = write_metric(Metric(name="x", datatype=11, value=True))
    for _ in range(50):
        data = pb.write_bytes(1, b"t") + pb.write_bytes(18, pb.write_bytes(2, data))
    found = read_payload(pb.write_bytes(2, data))
    assert [reason for _, reason in found.faults] == ["too_deep"]


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_named_fault(data: bytes) -> None:
    try:
        payload = read_payload(data)
    except DecodeError as error:
        assert error.reason
        return
    for metric in payload.metrics:
        try:
            typed(metric, metric.datatype)
        except DecodeError as error:
            assert error.reason == "wrong_type"


@given(st.lists(metrics(), min_size=1, max_size=4), st.data())
def test_a_payload_with_one_byte_changed_or_cut_is_read_or_named(
    written: list[Metric], data: st.DataObject
) -> None:
    good = bytearray(write_payload(Payload(at=1, metrics=written, seq=3)))
    place = data.draw(st.integers(0, len(good) - 1))
    if data.draw(st.booleans()):
        good[place] = data.draw(st.integers(0, 255))
    else:
        del good[place:]
    try:
        found = read_payload(bytes(good))
    except DecodeError as error:
        assert error.reason
        return
    assert len(found.metrics) + len(found.faults) <= len(good)


def plain(metric: dict[str, Any]) -> object:
    for name in ("intValue", "longValue", "floatValue", "doubleValue", "booleanValue", "stringValue"):
        if name in metric:
            return int(metric[name]) if name == "longValue" else metric[name]
    return None


def test_captured_payloads_of_another_library_are_read_as_it_meant_them() -> None:
    told = {one["file"]: one for one in json.loads((CAPTURES / "decoded.json").read_text())}
    seen = 0
    for path in sorted(CAPTURES.glob("*.bin")):
        decoded = told[path.name]["decoded"]
        if "~STATE~" in path.name:
            with pytest.raises(DecodeError):
                read_payload(path.read_bytes())
            continue
        found = read_payload(path.read_bytes())
        assert found.faults == []
        assert found.at == int(decoded.get("timestamp", 0))
        assert found.seq == (int(decoded["seq"]) if "seq" in decoded else None)
        for metric, want in zip(found.metrics, decoded.get("metrics", []), strict=True):
            assert metric.name == want.get("name", "")
            assert metric.alias == (int(want["alias"]) if "alias" in want else None)
            value = typed(metric, metric.datatype)
            wanted = plain(want)
            if isinstance(wanted, float):
                assert isinstance(value, (int, float))
                assert math.isclose(value, wanted, rel_tol=1e-6)
            else:
                assert value == wanted
            seen += 1
    assert seen >= 30


def test_a_float_travels_in_four_bytes() -> None:
    assert pb.write_float(12, 1.5) == b"\x65" + struct.pack("<f", 1.5)
    assert pb.real(struct.pack("<d", 0.1), "x") == 0.1
