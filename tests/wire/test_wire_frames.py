"""Binary frames of columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from console.core.batch import Batch, batch_of, empty_batch
from console.core.errors import WireError
from console.core.history import Series
from console.core.mover import PositionBatch
from console.wire import frames
from console.wire.limits import WireFault

BATCH = batch_of([1, 2, 2**32 - 1], [-1, 0, 2**62], [1.5, np.nan, -np.inf], [0, 3, 255])
SERIES = Series(
    7,
    np.array([1, 2], np.int64),
    np.array([0.5, np.nan]),
    np.array([1.5, 2.0]),
    np.array([1.0, 2.0]),
    np.array([0, 4], np.uint8),
    True,
)
POSITIONS = PositionBatch(
    np.array([1, 2], np.uint32),
    np.array([3, 4], np.int64),
    np.array([35.1, 35.2]),
    np.array([129.0, 129.1]),
    np.array([90.0, np.nan], np.float32),
    np.array([5.0, np.nan], np.float32),
)


def same(a: object, b: object) -> bool:
    return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)


def test_an_update_takes_21_bytes() -> None:
    assert len(frames.pack_telemetry(BATCH)) == 8 + 3 * 21


def test_telemetry_survives_the_way() -> None:
    found = frames.unpack_telemetry(frames.pack_telemetry(BATCH))
    for name in ("tag", "at", "value", "quality"):
        assert same(getattr(found, name), getattr(BATCH, name))
        assert getattr(found, name).dtype == getattr(BATCH, name).dtype
    assert len(frames.unpack_telemetry(frames.pack_telemetry(empty_batch()))) == 0


def test_columns_that_are_views_are_packed_whole() -> None:
    every_second = BATCH.take(np.array([True, False, True]))
    strided = Batch(BATCH.tag[::2], BATCH.at[::2], BATCH.value[::2], BATCH.quality[::2])
    assert frames.pack_telemetry(strided) == frames.pack_telemetry(every_second)


def test_positions_survive_the_way() -> None:
    found = frames.unpack_positions(frames.pack_positions(POSITIONS))
    for name in ("mover", "at", "lat", "lon", "heading", "speed"):
        assert same(getattr(found, name), getattr(POSITIONS, name))


def test_history_survives_the_way() -> None:
    request, found = frames.unpack_series(frames.pack_series(42, SERIES))
    assert (request, found.tag, found.raw) == (42, 7, True)
    for name in ("at", "low", "high", "mean", "quality"):
        assert same(getattr(found, name), getattr(SERIES, name))


def test_the_first_byte_tells_frames_from_messages() -> None:
    packed = (frames.pack_telemetry(BATCH), frames.pack_positions(POSITIONS), frames.pack_series(1, SERIES))
    assert [frames.kind_of(frame) for frame in packed] == [1, 2, 3]
    assert frames.kind_of(b"\x82\xa1t") == 0
    assert frames.kind_of(b"") == 0


def code(frame: bytes, kind: str) -> str:
    unpack = {"t": frames.unpack_telemetry, "p": frames.unpack_positions, "h": frames.unpack_series}[kind]
    with pytest.raises(WireError) as found:
        unpack(frame)
    return found.value.code


def test_a_frame_of_another_kind_is_named() -> None:
    assert code(frames.pack_positions(POSITIONS), "t") == WireFault.UNKNOWN_TYPE
    assert code(frames.pack_telemetry(BATCH), "h") == WireFault.UNKNOWN_TYPE
    assert code(frames.pack_telemetry(BATCH), "p") == WireFault.UNKNOWN_TYPE


@pytest.mark.parametrize("kind", ["t", "p", "h"])
def test_a_frame_of_another_length_is_malformed(kind: str) -> None:
    """Every cut, and anything behind the end."""
    packed = {
        "t": frames.pack_telemetry(BATCH),
        "p": frames.pack_positions(POSITIONS),
        "h": frames.pack_series(1, SERIES),
    }[kind]
    for cut in range(len(packed)):
        assert code(packed[:cut], kind) == WireFault.MALFORMED
    assert code(packed + b"\x00", kind) == WireFault.MALFORMED


def test_a_row_count_that_lies_is_malformed() -> None:
    packed = bytearray(frames.pack_telemetry(BATCH))
    packed[4:8] = (2**32 - 1).to_bytes(4, "little")
    assert code(bytes(packed), "t") == WireFault.MALFORMED


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([1, 2, 3]))
def test_any_bytes_are_a_frame_or_a_named_fault(data: bytes, kind: int) -> None:
    """TST-08."""
    for unpack in (frames.unpack_telemetry, frames.unpack_positions, frames.unpack_series):
        try:
            unpack(bytes([kind]) + data)
        except WireError as error:
            assert error.code in set(WireFault)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 50).flatmap(lambda n: st.tuples(*(hnp.arrays(d, n) for d in ("u4", "i8", "f8", "u1")))))
def test_any_columns_survive_the_way(columns: tuple[np.ndarray, ...]) -> None:
    batch = Batch(*columns)
    found = frames.unpack_telemetry(frames.pack_telemetry(batch))
    assert all(same(getattr(found, n), getattr(batch, n)) for n in ("tag", "at", "value", "quality"))
