"""JSON of strangers within bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds.json_guard import load, load_object

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert load(json.dumps(value)) == value
    assert load(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("data", "where", "reason"),
    [
        ('{"v": NaN}', "byte 6", "not_finite"),
        ('{"NaN": "Infinity", "v": -Infinity}', "byte 25", "not_finite"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "c", "duplicate_key"),
        ('{"v": 1', "byte 7", "not_json"),
        ("", "byte 0", "not_json"),
        ('{"v": 01}', "byte 7", "not_json"),
        ("{'v': 1}", "byte 1", "not_json"),
        (b'{"v": "\xff"}', "byte 7", "encoding"),
        (b'\xff\xfe{\x00}\x00', "byte 0", "encoding"),
        ('{"name": "\\ud800"}', "frame", "encoding"),
        ('{"\\udfff": 1}', "frame", "encoding"),
        ("[" * 40 + "]" * 40, "frame", "too_deep"),
        ("[" * 100_000, "frame", "too_deep"),
        ('{"a":' * 100_000, "frame", "too_deep"),
        ('{"v": ' + "9" * 5000 + "}", "frame", "not_json"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(data: bytes | str, where: str, reason: str) -> None:
    """SEC-26: a defined error for NaN, a key twice, broken characters, depth and syntax."""
    with pytest.raises(DecodeError) as caught:
        load(data)
    assert (caught.value.where, caught.value.reason) == (where, reason)
    assert len(caught.value.offending) <= 200


def test_a_frame_over_the_limit_is_not_parsed() -> None:
    """A 10 MB frame costs a comparison of lengths."""
    with pytest.raises(DecodeError) as caught:
        load("[" * 10_000_000)
    assert caught.value.reason == "too_large"


def test_pairs_of_surrogates_are_characters() -> None:
    assert load('"\\ud83d\\udea2 \\uad00\\uc81c"') == "🚢 관제"


def test_a_byte_order_mark_is_passed_over() -> None:
    assert load(b'\xef\xbb\xbf{"v": 1}') == {"v": 1}


def test_a_depth_within_the_limit_passes() -> None:
    assert load("[" * 32 + "]" * 32) is not None


@pytest.mark.parametrize("data", ["[]", "1", '"text"', "null", "true"])
def test_a_frame_that_must_be_an_object_is_one(data: str) -> None:
    with pytest.raises(DecodeError) as caught:
        load_object(data)
    assert caught.value.reason == "not_an_object"


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    try:
        load(data)
    except DecodeError as error:
        assert error.reason
