"""Frames of a columnar source."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.batch import batch_of
from console.core.errors import DecodeError
from console.feeds.columns.codec import read_columns, read_points
from console.wire.frames import pack_telemetry

LIMIT = 1024 * 1024


def test_a_declaration_names_the_points() -> None:
    frame = json.dumps({"points": [["a", "x"], ["a", "y"]]})
    assert read_points(frame, LIMIT) == [("a", "x"), ("a", "y")]


@pytest.mark.parametrize(
    ("frame", "where"),
    [
        ("{}", "points"),
        ('{"points": 5}', "points"),
        ('{"points": [["a", "x"], ["a"]]}', "points[1]"),
        ('{"points": [["a", 5]]}', "points[0]"),
        ("[]", "frame"),
        ("x", "byte 0"),
    ],
)
def test_a_wrong_declaration_is_refused_by_place(frame: str, where: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_points(frame, LIMIT)
    assert caught.value.where == where


def test_a_telemetry_frame_is_columns() -> None:
    frame = pack_telemetry(batch_of([1, 0], [10, 20], [1.5, -2.0], [0, 2]))
    found = read_columns(frame)
    assert [list(column) for column in (found.point, found.at, found.value, found.quality)] == [
        [1, 0], [10, 20], [1.5, -2.0], [0, 2]
    ]  # fmt: skip
    assert found.value.dtype == np.float64


@given(st.binary(max_size=100))
def test_other_bytes_are_refused_by_name(frame: bytes) -> None:
    try:
        found = read_columns(frame)
    except DecodeError as error:
        assert error.reason == "not_telemetry"
        return
    assert len(found.point) == (len(frame) - 8) // 21


def test_a_length_that_lies_is_refused() -> None:
    frame = pack_telemetry(batch_of([1], [10], [1.5], [0]))
    for broken in (frame[:-1], frame + b"x", frame[:4] + b"\xff\xff\xff\xff" + frame[8:]):
        with pytest.raises(DecodeError):
            read_columns(broken)
