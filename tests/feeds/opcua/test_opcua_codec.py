"""Names, status codes and values of OPC UA."""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.opcua.codec import (
    NodeName,
    PointName,
    Value,
    overflowed,
    point_name,
    quality_of,
    read_node,
    reading_of,
    time_of,
)

NAMES = ("ns=2;s=p1", "level")
SOURCE = datetime(2026, 11, 22, 7, 0, 0, 250_001, tzinfo=UTC)
SERVER = datetime(2026, 11, 22, 7, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ns=2;s=Plant.P1", NodeName(2, "s", "Plant.P1")),
        ("s=a=b;c", NodeName(0, "s", "a=b;c")),
        ("i=2258", NodeName(0, "i", "2258")),
        ("nsu=http://plant.example/;s=P 1", NodeName("http://plant.example/", "s", "P 1")),
        ("nsu=urn:a%3Bb;i=7", NodeName("urn:a;b", "i", "7")),
        (
            "ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a",
            NodeName(1, "g", "09087e75-8e5e-499b-954f-f2a9603db28a"),
        ),
        ("ns=1;b=M/RbKBsRVkePCePcx24oRA==", NodeName(1, "b", "M/RbKBsRVkePCePcx24oRA==")),
        ("", None),
        ("ns=2", None),
        ("ns=x;s=a", None),
        ("ns=70000;s=a", None),
        ("nsu=;s=a", None),
        ("i=-1", None),
        ("i=4294967296", None),
        ("s=", None),
        ("q=1", None),
        ("pump", None),
    ],
)
def test_a_node_id_is_read_from_its_text_form(text: str, name: NodeName | None) -> None:
    assert read_node(text) == name


@pytest.mark.parametrize(
    ("source", "path", "point"),
    [
        ("ns=2;s=P1", "Level", PointName(NodeName(2, "s", "P1.Level"))),
        ("ns=2;s=P1", "", PointName(NodeName(2, "s", "P1"))),
        ("ns=2;s=P1", "/Motor/3:Speed", PointName(NodeName(2, "s", "P1"), ("Motor", "3:Speed"))),
        ("pump", "ns=4;i=17", PointName(NodeName(4, "i", "17"))),
        ("ns=2;s=P1", "Levels#3", PointName(NodeName(2, "s", "P1.Levels"), (), 3)),
        ("ns=2;i=9", "#0", PointName(NodeName(2, "i", "9"), (), 0)),
        ("ns=2;s=P1", "A#x", PointName(NodeName(2, "s", "P1.A#x"))),
    ],
)
def test_source_and_path_name_a_point(source: str, path: str, point: PointName) -> None:
    assert point_name(source, path, ".") == point


@pytest.mark.parametrize(
    ("source", "path"), [("pump", "level"), ("ns=2;i=9", "level"), ("ns=2;s=P1", "/a//b")]
)
def test_names_that_lead_nowhere_are_said(source: str, path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        point_name(source, path, ".")


@pytest.mark.parametrize(
    ("name", "quality"),
    [
        ("Good", Quality.GOOD),
        ("GoodClamped", Quality.GOOD),
        ("GoodLocalOverride", Quality.MANUAL),
        ("Uncertain", Quality.UNCERTAIN),
        ("UncertainSensorNotAccurate", Quality.UNCERTAIN),
        ("UncertainEngineeringUnitsExceeded", Quality.UNCERTAIN),
        ("UncertainLastUsableValue", Quality.STALE),
        ("UncertainSubstituteValue", Quality.MANUAL),
        ("UncertainTransducerInManual", Quality.MANUAL),
        ("UncertainSimulatedValue", Quality.SIMULATED),
        ("UncertainNoCommunicationLastUsableValue", Quality.DISCONNECTED),
        ("Bad", Quality.BAD),
        ("BadSensorFailure", Quality.BAD),
        ("BadOutOfService", Quality.BAD),
        ("BadWaitingForInitialData", Quality.BAD),
        ("BadNoCommunication", Quality.DISCONNECTED),
        ("BadCommunicationError", Quality.DISCONNECTED),
        ("BadServerNotConnected", Quality.DISCONNECTED),
        ("BadNotConnected", Quality.DISCONNECTED),
    ],
)
def test_a_status_code_is_a_quality(name: str, quality: Quality) -> None:
    """The numbers of the codes are those of the library, which has them from the standard."""
    code = int(getattr(ua.StatusCodes, name))
    assert quality_of(code) is quality
    assert quality_of(code | 0x0480) is quality, "info bits change nothing"


@given(st.integers(0, 2**32 - 1))
def test_every_status_code_has_a_quality_and_a_bad_one_is_never_usable(code: int) -> None:
    quality = quality_of(code)
    assert not (code >= 0x8000_0000 and quality.usable)


def test_the_overflow_bit_counts_only_with_the_info_type_of_a_value() -> None:
    assert overflowed(0x0480)
    assert overflowed(0x4000_0480)
    assert not overflowed(0x0080)
    assert not overflowed(0)


def test_the_time_is_the_sources_then_the_servers_then_none() -> None:
    both = Value(1.0, 0, SOURCE, SERVER)
    assert time_of(both) == 1795330800_250_001_000
    assert time_of(Value(1.0, 0, None, SERVER)) == 1795330801_000_000_000
    assert time_of(Value(1.0, 0, SOURCE.replace(tzinfo=None))) == time_of(both)
    assert time_of(Value(1.0)) == 0
    assert time_of(Value(1.0, 0, datetime(1601, 1, 1, tzinfo=UTC), None)) == 0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (2.5, 2.5),
        (True, True),
        (7, 7.0),
        ("on", "on"),
        (ua.LocalizedText("켜짐"), "켜짐"),
        (datetime(1970, 1, 2, tzinfo=UTC), 86_400.0),
        (ua.ServerState.Running, 0.0),
    ],
)
def test_values_of_every_plain_kind_are_told(data: object, told: object) -> None:
    assert reading_of(NAMES, Value(data)) == Reading(*NAMES, told, 0)  # type: ignore[arg-type]


def test_a_number_of_an_enumeration_becomes_its_word() -> None:
    words = {0: "off", 1: "on"}
    assert reading_of(NAMES, Value(1), words=words).value == "on"
    assert reading_of(NAMES, Value(9), words=words).value == "9"
    assert reading_of(NAMES, Value(2.5), words=words).value == 2.5


def test_an_element_of_an_array_is_told() -> None:
    assert reading_of(NAMES, Value([1.0, 2.0]), 1).value == 2.0


@pytest.mark.parametrize(
    ("data", "element", "reason"),
    [
        ([1.0], -1, "wrong_type"),
        ([], 0, "missing"),
        ([1.0], 1, "missing"),
        (1.0, 0, "wrong_type"),
        (b"x", -1, "wrong_type"),
        (object(), -1, "wrong_type"),
        ([[1.0]], 0, "wrong_type"),
    ],
)
def test_what_is_no_value_is_named(data: object, element: int, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        reading_of(NAMES, Value(data), element)
    assert caught.value.reason == reason


def test_nothing_and_what_comes_with_a_bad_status_is_no_measurement() -> None:
    for value in (Value(None), Value(2.5, int(ua.StatusCodes.BadSensorFailure)), Value(None, 0x8031_0000)):
        told = reading_of(NAMES, value)
        assert isinstance(told.value, float)
        assert math.isnan(told.value)
        assert told.quality is Quality.BAD


def test_a_last_known_value_keeps_its_number_and_its_quality() -> None:
    told = reading_of(NAMES, Value(2.5, int(ua.StatusCodes.UncertainLastUsableValue)))
    assert (told.value, told.quality) == (2.5, Quality.STALE)
    told = reading_of(NAMES, Value(2.5, int(ua.StatusCodes.BadNoCommunication)))
    assert (told.value, told.quality) == (2.5, Quality.DISCONNECTED)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_of_a_profile_breaks_the_reading_of_names(source: str, path: str) -> None:
    try:
        point_name(source, path, ".")
    except ValueError as error:
        assert str(error)
