"""A binary payload in words, for who looks at raw frames."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.feeds.sparkplug.explain import LARGEST, MOST_SHOWN, explained
from console.feeds.sparkplug.payload import Metric, Payload, write_payload

AT = 1795330800250
DATA = "spBv1.0/City/DDATA/Edge/p1"


def test_a_payload_is_told_metric_by_metric() -> None:
    payload = Payload(
        at=AT,
        seq=7,
        metrics=[
            Metric(name="level", alias=1, datatype=10, value=2.5, at=AT),
            Metric(name="run", datatype=11, value=True, historical=True),
            Metric(name="gone", datatype=9, null=True),
        ],
    )
    assert explained("spBv1.0/City/DBIRTH/Edge/p1", write_payload(payload)).splitlines() == [
        "DBIRTH seq=7 2026-11-22T07:00:00.250Z",
        "  level (alias 1) = 2.5 DOUBLE 2026-11-22T07:00:00.250Z",
        "  run = True BOOLEAN historical",
        "  gone = null FLOAT",
    ]


def test_an_alias_is_told_by_the_name_and_the_type_of_its_birth() -> None:
    payload = Payload(
        seq=8, metrics=[Metric(alias=4, datatype=0, value=4294967295), Metric(alias=5, value="auto")]
    )
    raw = write_payload(Payload(seq=8, metrics=[Metric(alias=4, datatype=7, value=4294967295)]))
    assert payload.seq == 8
    told = explained(DATA, raw, lambda alias: ("count", 3) if alias == 4 else ("", 0))
    assert told.splitlines()[1] == "  count (alias 4) = 4294967295 UINT32"
    assert explained(DATA, raw).splitlines()[1] == "  (alias 4) = 4294967295 UINT32"


def test_what_is_no_payload_says_why_and_a_huge_one_is_not_read_twice() -> None:
    assert explained(DATA, b"\xff\xff\xff").startswith("! ")
    assert explained("city/p1", b"\x00") == "! city/p1: topic"
    assert explained("spBv1.0/STATE/host", b"{}") == ""
    assert explained(DATA, bytes(LARGEST + 1)) == ""
    many = Payload(
        seq=1, metrics=[Metric(name=f"m{n}", datatype=10, value=1.0) for n in range(MOST_SHOWN + 5)]
    )
    assert explained(DATA, write_payload(many)).splitlines()[-1] == "… +5"


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    assert isinstance(explained(DATA, data), str)
