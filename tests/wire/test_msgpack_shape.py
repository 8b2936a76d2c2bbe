"""Shape of a msgpack message before it is decoded."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.errors import WireError
from console.wire.limits import WireFault
from console.wire.msgpack_shape import check_shape


def fault_of(data: bytes) -> str:
    with pytest.raises(WireError) as found:
        check_shape(data)
    return found.value.code


SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=40),
    st.text(min_size=300, max_size=301),
)
TREES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=3), inner, max_size=20),
    max_leaves=12,
)


def depth(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + max((depth(value) for value in cast("dict[str, Any]", node).values()), default=0)
    if isinstance(node, list):
        return 1 + max((depth(value) for value in cast("list[Any]", node)), default=0)
    return 0


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_whatever_an_encoder_writes_is_in_shape_up_to_eight_levels(tree: object) -> None:
    data = msgspec.msgpack.encode(tree)
    if depth(tree) > 8:
        assert fault_of(data) == WireFault.TOO_DEEP
    else:
        assert check_shape(data) is None


WIDE: list[object] = [["x"] * 70_000, {str(n): n for n in range(70_000)}, "x" * 70_000, [[1]] * 20]


@pytest.mark.parametrize("value", WIDE)
def test_wide_lengths_are_read(value: object) -> None:
    assert check_shape(msgspec.msgpack.encode(value)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\xc4\x01x",
        b"\xd6\xff\x00\x00\x00\x00",
        b"\xc7\x00\x01",
        b"\x81\x01\x02",
        b"\x81\x81\xa1a\x01\x01",
        b"\x82\xa1a\x01\xa1a\x02",
        b"\xc0\xc0",
        b"\xa5abc",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xcb\x00",
        b"\x81",
    ],
)
def test_what_is_no_message_is_malformed(data: bytes) -> None:
    """Binary, extensions, keys that are no strings or stand twice, ends that come early or late."""
    assert fault_of(data) == WireFault.MALFORMED
